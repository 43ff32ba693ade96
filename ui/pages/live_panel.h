// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

#include "ui/model/live_board.h"

class QComboBox;

namespace cachescope::ui {

class InspectPresenter;
class StatTile;
class TimeSeriesChart;

/// The tiles with the present figures of a live cache, and the chart with the course of one of them
/// over the last minutes: that of the tile that was clicked, or another one. The page places both.
/// GUI thread.
class LivePanel : public QObject {
    Q_OBJECT

public:
    LivePanel(InspectPresenter& presenter, QObject* parent = nullptr);

    /// For the page to place, which owns them then.
    QWidget* tiles() const { return m_row; }
    TimeSeriesChart* chart() const { return m_chart; }

    void refresh();

    /// How much of the past the chart shows, in seconds, where so much is known: it grows in steps
    /// that are never much wider, up to a quarter of an hour.
    static double spanFor(double known);

private:
    struct Subject;
    static const QList<Subject>& subjects();

    void choose(int subject);
    void refreshTiles();
    void refreshChart();

    InspectPresenter& m_presenter;
    QWidget* m_row;
    QComboBox* m_figure;
    QList<StatTile*> m_tiles;
    TimeSeriesChart* m_chart;
    int m_chosen = 0;
};

}  // namespace cachescope::ui
