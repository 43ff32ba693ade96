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
/// says what it removed. Where a lane heeds marks, by tag, by space and everything by mark, too.
/// GUI thread.
class InvalidateControls : public QWidget {
    Q_OBJECT

public:
    explicit InvalidateControls(LabPresenter& presenter, QWidget* parent = nullptr);

    void setSelectedLane(sim::LaneId id) { m_selected = id; }
    QLineEdit* pattern() const { return m_pattern; }

private:
    enum class Kind { keys, tag, space, everything };  // in the order of m_kind
    Kind kind() const;
    void refresh();
    void invalidate();
    std::optional<sim::LaneId> lane() const;

    LabPresenter& m_presenter;
    sim::LaneId m_selected = 0;
    QComboBox* m_kind;
    QLineEdit* m_pattern;
    QComboBox* m_scope;
    QPushButton* m_matching;
    QPushButton* m_all;
    QLabel* m_result;
};

}  // namespace cachescope::ui
