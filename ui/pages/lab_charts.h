// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

#include "ui/model/sample_history.h"

class QGridLayout;

namespace cachescope::ui {

class LabPresenter;
class StatTile;
class TimeSeriesChart;

/// The middle of the Lab: tiles with the present figures, and below them latency, hit ratio,
/// origin calls and expirations over one time axis, with a mark for everything that was done.
///
/// One refresh() a frame draws them all. GUI thread.
class LabCharts : public QWidget {
    Q_OBJECT

public:
    explicit LabCharts(LabPresenter& presenter, QWidget* parent = nullptr);

    void refresh();
    /// The charts as they are on the screen.
    QPixmap picture();

private:
    struct Curve {
        TimeSeriesChart* chart;
        qsizetype series;
        quint32 lane;
        Metric metric;
    };

    void rebuild();
    void refreshTiles();
    void refreshMarks();

    LabPresenter& m_presenter;
    QList<StatTile*> m_tiles;
    TimeSeriesChart* m_latency;
    TimeSeriesChart* m_hitRatio;
    TimeSeriesChart* m_originCalls;
    TimeSeriesChart* m_expirations;
    QList<TimeSeriesChart*> m_charts;
    QList<Curve> m_curves;
    Duration m_describedWindow{};
};

}  // namespace cachescope::ui
