// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "engine/sim/scenario.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace cachescope::ui {

class LabPresenter;

/// Invalidation by hand: a key or a pattern, or all, on one lane or on all of them, and a line that
/// says what it removed. GUI thread.
class InvalidateControls : public QWidget {
    Q_OBJECT

public:
    explicit InvalidateControls(LabPresenter& presenter, QWidget* parent = nullptr);

    void setSelectedLane(sim::LaneId id) { m_selected = id; }
    QLineEdit* pattern() const { return m_pattern; }

private:
    std::optional<sim::LaneId> lane() const;

    LabPresenter& m_presenter;
    sim::LaneId m_selected = 0;
    QLineEdit* m_pattern;
    QComboBox* m_scope;
    QPushButton* m_matching;
    QPushButton* m_all;
    QLabel* m_result;
};

}  // namespace cachescope::ui
