// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include "engine/core/result.h"
#include "engine/sim/scenario.h"
#include "ui/model/tune_study.h"

namespace cachescope::ui {

class LabPresenter;
class TunePresenter;

/// What was measured in the Lab at one TTL for all keys.
struct MeasuredTtl {
    double ttl = 0;  ///< seconds
    double originShare =
        0;  ///< of the requests since the run's start, those that called the origin
    QString label;
};

/// The way between Tune and the Lab: the Lab's requests become a study, Tune's TTLs become lanes,
/// and what these measure comes back. GUI thread.
class TuneLive : public QObject {
    Q_OBJECT

public:
    TuneLive(TunePresenter& tune, LabPresenter& lab, QObject* parent = nullptr);

    /// Opens the requests of the Lab's present run in Tune.
    void takeLab();
    /// Runs the study's requests in the Lab, past one lane with the TTL for all keys and one with
    /// those of the namespaces. missing without a study.
    Result<void> runInLab();

    /// Of the lanes that run the study's requests and have one TTL. Calls of the origin, because
    /// the Lab's hit ratio leaves out requests that wait for a load under way, of which a curve
    /// knows nothing. Empty where none does.
    QList<MeasuredTtl> measured() const;
    /// How the lanes of runInLab() do beside what was predicted; empty where they do not run.
    QString comparison() const;

Q_SIGNALS:
    void measuredChanged();
    /// The Lab had no requests yet.
    void labIsEmpty();

private:
    bool runsStudy() const;

    TunePresenter& m_tune;
    LabPresenter& m_lab;
    std::shared_ptr<const Trace> m_taken;             // the Lab's requests that were opened last
    std::optional<sim::Scenario> m_base;              // that they came from
    std::shared_ptr<const tune::Timeline> m_running;  // of the study whose requests the Lab has
    bool m_ownLanes = false;                          // made by runInLab()
    std::string m_scenario;                           // whose lanes are measured
    double m_predictedOne = 0;
    double m_predictedEach = 0;
};

/// The scenario of TuneLive::runInLab(). `base` is what the Lab ran when its requests were taken,
/// if the study is of these.
sim::Scenario tuneScenario(const TunePresenter& tune, const std::optional<sim::Scenario>& base);

}  // namespace cachescope::ui
