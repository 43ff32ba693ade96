// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QString>
#include <memory>
#include <mutex>
#include <optional>

#include "engine/core/worker.h"
#include "engine/redis/redis_trial.h"

namespace cachescope::ui {

/// One step of a trial, as a person reads it.
struct TrialLine {
    enum class Outcome { done, failed, skipped };
    Outcome outcome = Outcome::done;
    QString what;    ///< "Connect to 10.0.0.1:6379"
    QString answer;  ///< "TLS 1.3, certificate of redis.example, valid until 2027-01-31"
    QString took;    ///< "0.4 ms"; empty where it was not measured
};

struct TrialText {
    QList<TrialLine> lines;
    bool works = false;
    QString conclusion;  ///< what is wrong and what to do, or what one gets
};

/// The words for what a RedisTrial found. Any thread.
TrialText trialText(const RedisTrial& trial);

/// Tries connections out on a thread of its own, one at a time; of several that wait, the latest
/// wins. Signals come on the GUI thread. GUI thread.
class ConnectionTrial : public QObject {
    Q_OBJECT

public:
    explicit ConnectionTrial(QObject* parent = nullptr);
    ~ConnectionTrial() override;

    /// `url` with its passwords; finished() follows, unless another one is begun.
    void begin(const QString& url);
    /// Nobody wants to know any more.
    void cancel();

Q_SIGNALS:
    void finished(const cachescope::ui::TrialText& trial);

private:
    void work(Worker& self, const std::stop_token& stop);

    std::mutex m_mutex;
    std::optional<QString> m_question;
    quint64 m_number = 0;  // of the latest question
    std::unique_ptr<Worker> m_worker;
};

}  // namespace cachescope::ui
