// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "engine/sim/scenario.h"

class QComboBox;
class QLabel;

namespace cachescope::ui {

class ElidedLabel;
class LabPresenter;
class ValueField;
class ValueSlider;

/// Who asks for what: rate and kind of arrivals, number and popularity of keys, how often the data
/// changes, or a recorded trace instead. GUI thread.
class WorkloadControls : public QWidget {
    Q_OBJECT

public:
    explicit WorkloadControls(LabPresenter& presenter, QWidget* parent = nullptr);

private:
    void load();
    void apply();
    void chooseTrace();
    void importTrace(const QString& file);

    LabPresenter& m_presenter;
    bool m_loading = false;
    QComboBox* m_source;
    ElidedLabel* m_trace;
    QLabel* m_traceNote;
    ValueField* m_traceSpeed;
    ValueSlider* m_rate;
    QComboBox* m_arrivals;
    ValueField* m_keys;
    QComboBox* m_popularity;
    ValueField* m_exponent;
    ValueField* m_hotKeys;
    ValueField* m_hotTraffic;
    ValueField* m_updates;
    ValueField* m_users;
    ValueField* m_valueBytes;
};

}  // namespace cachescope::ui
