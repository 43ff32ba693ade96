// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QButtonGroup>
#include <QWidget>

#include "engine/sim/scenario.h"

class QPushButton;
class QVBoxLayout;

namespace cachescope::ui {

class LabPresenter;
class LaneCard;

/// The lanes of the run as cards, one of them selected, with a menu each and a button that adds
/// one. Cards keep their place and the selection while figures change. GUI thread.
class LaneList : public QWidget {
    Q_OBJECT

public:
    explicit LaneList(LabPresenter& presenter, QWidget* parent = nullptr);

    sim::LaneId selected() const { return m_selected; }
    void select(sim::LaneId id);

Q_SIGNALS:
    void selectionChanged(sim::LaneId id);

private:
    void rebuild();
    void updateFigures();
    void showMenu(sim::LaneId id, const QPoint& at);

    LabPresenter& m_presenter;
    QVBoxLayout* m_cards;
    QPushButton* m_add;
    QButtonGroup m_group;
    sim::LaneId m_selected = 0;
};

}  // namespace cachescope::ui
