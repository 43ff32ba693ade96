// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "engine/sim/scenario.h"

class QComboBox;
class QPushButton;

namespace cachescope::ui {

class Disclosure;
class LabPresenter;
class ValueField;
class ValueSlider;

/// The slow handler behind all lanes: its latency and how it is spread, calls at once, failures,
/// what its answers say about keeping them, and a button that takes it down. GUI thread.
class OriginControls : public QWidget {
    Q_OBJECT

public:
    explicit OriginControls(LabPresenter& presenter, QWidget* parent = nullptr);

private:
    void load();
    void apply();
    void updateOutage();

    LabPresenter& m_presenter;
    bool m_loading = false;
    ValueSlider* m_latency;
    QComboBox* m_kind;
    ValueField* m_sigma;
    ValueField* m_slow;
    ValueField* m_slowShare;
    ValueField* m_concurrency;
    ValueField* m_failures;
    ValueField* m_absent;
    ValueField* m_ownTtlShare;
    ValueField* m_ownTtl;
    ValueField* m_unstored;
    ValueField* m_personal;
    Disclosure* m_answers;
    QPushButton* m_outage;
};

}  // namespace cachescope::ui
