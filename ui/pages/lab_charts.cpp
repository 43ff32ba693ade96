// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/lab_charts.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/charts/time_series_chart.h"
#include "ui/model/formats.h"
#include "ui/model/lab_presenter.h"
#include "ui/model/lane_text.h"
#include "ui/model/printable_text.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/stat_tile.h"

namespace cachescope::ui {

namespace {

constexpr int kSparklinePoints = 60;

struct Tile {
    Metric metric;
    QString (*format)(double, const QLocale&);
};
constexpr std::array kTiles{
    Tile{Metric::hitRatio, formatPercent},    Tile{Metric::staleRatio, formatPercent},
    Tile{Metric::leakedRatio, formatPercent}, Tile{Metric::p99, formatLatency},
    Tile{Metric::originCalls, formatRate},
};

Outcome outcomeOf(const sim::Action& action) {
    const bool outage = std::holds_alternative<sim::OriginOutage>(action) ||
                        std::holds_alternative<sim::BackendOutage>(action) ||
                        std::holds_alternative<sim::RestartLane>(action);
    return outage ? Outcome::error : Outcome::invalidated;
}

}  // namespace

LabCharts::LabCharts(LabPresenter& presenter, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_tiles{new StatTile(tr("Hit ratio")), new StatTile(tr("Stale")),
              new StatTile(tr("Another user's")), new StatTile(tr("Latency p99")),
              new StatTile(tr("Origin calls"))},
      m_latency(new TimeSeriesChart(tr("Latency"), QString())),
      m_hitRatio(new TimeSeriesChart(tr("Hit ratio"), QString())),
      m_originCalls(new TimeSeriesChart(tr("Origin calls"), tr("per second, failed ones thin"))),
      m_expirations(new TimeSeriesChart(tr("Expirations"), tr("per second"))),
      m_charts{m_latency, m_hitRatio, m_originCalls, m_expirations} {
    m_latency->setValueAxis(ValueAxisKind::logTime);
    m_hitRatio->setValueAxis(ValueAxisKind::percent);
    m_originCalls->setValueAxis(ValueAxisKind::linear, QStringLiteral("/s"));
    m_expirations->setValueAxis(ValueAxisKind::linear, QStringLiteral("/s"));

    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(space::kLarge, space::kLarge, space::kLarge, space::kLarge);
    layout->setSpacing(space::kMedium);
    auto* tiles = new QHBoxLayout;
    tiles->setSpacing(space::kMedium);
    for (StatTile* tile : m_tiles) {
        tiles->addWidget(tile, 1);
    }
    m_tiles[2]->setToolTip(tr("Answers that were made for another user than the one who asked"));
    layout->addLayout(tiles, 0, 0, 1, 2);
    for (int i = 0; i < 4; ++i) {
        TimeSeriesChart* chart = m_charts[i];
        chart->setEmptyText(tr("Press Run: the first requests appear here"));
        layout->addWidget(chart, 1 + i / 2, i % 2);
        for (TimeSeriesChart* other : m_charts) {
            connect(chart, &TimeSeriesChart::cursorMoved, other, &TimeSeriesChart::setCursor);
        }
    }
    layout->setRowStretch(1, 1);
    layout->setRowStretch(2, 1);
    layout->setColumnStretch(0, 1);
    layout->setColumnStretch(1, 1);

    connect(&m_presenter, &LabPresenter::lanesChanged, this, &LabCharts::rebuild);
}

void LabCharts::rebuild() {
    m_curves.clear();
    QList<ChartSeries> latency;
    QList<ChartSeries> hitRatio;
    QList<ChartSeries> originCalls;
    QList<ChartSeries> expirations;
    for (const sim::LaneState& lane : m_presenter.state().lanes) {
        const QString name = printableText(lane.spec.name);
        const int group = static_cast<int>(lane.id) - 1;
        const auto add = [&](TimeSeriesChart* chart, QList<ChartSeries>& list, Metric metric,
                             const QString& part, qreal width) {
            m_curves.append({chart, list.size(), lane.id, metric});
            ChartSeries series;
            series.name = part.isEmpty() ? name : name + QStringLiteral(", ") + part;
            series.group = group;
            series.part = part;
            series.width = width;
            list.append(series);
        };
        add(m_latency, latency, Metric::p50, tr("p50"), 1);
        add(m_latency, latency, Metric::p95, tr("p95"), 1);
        add(m_latency, latency, Metric::p99, tr("p99"), 2);
        if (lane.spec.cached()) {
            add(m_hitRatio, hitRatio, Metric::hitRatio, tr("hits"), 2);
            add(m_hitRatio, hitRatio, Metric::staleRatio, tr("stale"), 1);
        }
        add(m_originCalls, originCalls, Metric::originCalls, tr("calls"), 2);
        add(m_originCalls, originCalls, Metric::failures, tr("failed"), 1);
        if (lane.spec.cached()) {
            add(m_expirations, expirations, Metric::expirations, {}, 1.5);
        }
    }
    m_latency->setSeries(latency);
    m_hitRatio->setSeries(hitRatio);
    m_originCalls->setSeries(originCalls);
    m_expirations->setSeries(expirations);
    refresh();
}

void LabCharts::refresh() {
    const TimePoint now = m_presenter.state().time;
    const Duration window = m_presenter.window();
    const SampleHistory& history = m_presenter.history();
    for (TimeSeriesChart* chart : m_charts) {
        chart->setWindow(seconds(window));
        chart->setNow(seconds(now.time_since_epoch()));
    }
    if (window != m_describedWindow) {
        m_describedWindow = window;
        const QString ratioSpan = formatSpan(seconds(window) / 12);
        m_latency->setTitle(tr("Latency"), tr("p50, p95 thin, p99 thick, over %1").arg(ratioSpan));
        m_hitRatio->setTitle(tr("Hit ratio"),
                             tr("thick, stale answers thin, over %1").arg(ratioSpan));
    }
    for (const Curve& curve : m_curves) {
        curve.chart->setPoints(curve.series, history.points(curve.lane, curve.metric, now, window));
    }
    refreshMarks();
    for (TimeSeriesChart* chart : m_charts) {
        chart->refresh();
    }
    refreshTiles();
}

void LabCharts::refreshMarks() {
    const TimePoint now = m_presenter.state().time;
    const Duration window = m_presenter.window();
    const Tokens& tokens = tokensFor(palette());
    QList<ChartMark> marks;
    for (const sim::Mark& mark : m_presenter.history().marks()) {
        if (mark.time >= now - window && mark.time <= now) {
            marks.append({seconds(mark.time - now), LaneText::mark(mark),
                          tokens.outcome(outcomeOf(mark.action))});
        }
    }
    for (TimeSeriesChart* chart : m_charts) {
        chart->setMarks(marks);
    }
}

void LabCharts::refreshTiles() {
    const TimePoint now = m_presenter.state().time;
    const Duration window = m_presenter.window();
    for (qsizetype i = 0; i < m_tiles.size(); ++i) {
        const Tile& tile = kTiles[static_cast<std::size_t>(i)];
        if (tile.metric == Metric::leakedRatio) {
            m_tiles[i]->setVisible(m_presenter.state().workload.users > 1);
        }
        QList<StatRow> rows;
        for (const sim::LaneState& lane : m_presenter.state().lanes) {
            StatRow row;
            row.lane = static_cast<int>(lane.id) - 1;
            row.name = printableText(lane.spec.name);
            const bool applies = lane.spec.cached() || tile.metric == Metric::p99 ||
                                 tile.metric == Metric::originCalls;
            if (applies) {
                const auto points = m_presenter.history().points(lane.id, tile.metric, now, window);
                if (!points.isEmpty() && !std::isnan(points.last().y())) {
                    row.figure = tile.format(points.last().y(), QLocale());
                }
                for (qsizetype p = std::max<qsizetype>(0, points.size() - kSparklinePoints);
                     p < points.size(); ++p) {
                    row.history.append(points[p].y());
                }
            }
            rows.append(row);
        }
        m_tiles[i]->setRows(rows);
    }
}

QPixmap LabCharts::picture() {
    return grab();
}

}  // namespace cachescope::ui
