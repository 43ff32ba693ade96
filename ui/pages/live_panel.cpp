// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/live_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <algorithm>
#include <cmath>
#include <iterator>

#include "ui/charts/time_series_chart.h"
#include "ui/model/formats.h"
#include "ui/model/inspect_presenter.h"
#include "ui/model/inspect_text.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/stat_tile.h"

namespace cachescope::ui {

namespace {

constexpr double kSpans[] = {30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900};
constexpr double kLongestSpan = 900;
constexpr int kTiles = 6;
constexpr double kGap = 5;  // seconds without a sample that are no line
constexpr int kSparklinePoints = 60;
constexpr std::size_t kFewPoints = 3;

enum class Tone { hit, accent, evicted, expired, stale, second, third };

QColor colourOf(Tone tone, const Tokens& tokens) {
    switch (tone) {
        case Tone::hit:
            return tokens.outcome(Outcome::hit);
        case Tone::accent:
            return tokens.accent;
        case Tone::evicted:
            return tokens.outcome(Outcome::evicted);
        case Tone::expired:
            return tokens.outcome(Outcome::expired);
        case Tone::stale:
            return tokens.lanes[4];
        case Tone::second:
            return tokens.secondary;
        case Tone::third:
            return tokens.faint;
    }
    return tokens.text;
}

struct Line {
    LiveFigure figure;
    const char* name;
    Tone tone;
    QList<qreal> dashes;
};

}  // namespace

struct LivePanel::Subject {
    LiveFigure figure;
    QString title;
    QString subtitle;
    ValueAxisKind axis;
    QString unit;
    QString (*format)(double, const QLocale&);
    Tone tone;
    QList<Line> lines;
};

const QList<LivePanel::Subject>& LivePanel::subjects() {
    static const QList<Subject> all{
        {LiveFigure::hitRatio,
         tr("Hit ratio"),
         tr("over one minute, without our look-ups"),
         ValueAxisKind::percent,
         {},
         formatPercent,
         Tone::hit,
         {{LiveFigure::hitRatio, QT_TR_NOOP("hit ratio"), Tone::hit, {}}}},
        {LiveFigure::operations,
         tr("Commands"),
         tr("per second, without ours"),
         ValueAxisKind::linear,
         QStringLiteral("/s"),
         formatRate,
         Tone::accent,
         {{LiveFigure::operations, QT_TR_NOOP("commands"), Tone::accent, {}}}},
        {LiveFigure::latency,
         tr("Latency p99"),
         tr("in the server; our own probe dashed"),
         ValueAxisKind::logTime,
         {},
         formatLatency,
         Tone::hit,
         {{LiveFigure::latency, QT_TR_NOOP("p99"), Tone::hit, {}},
          {LiveFigure::latencyMiddle, QT_TR_NOOP("p50"), Tone::second, {}},
          {LiveFigure::probe, QT_TR_NOOP("our probe"), Tone::accent, {5, 3}}}},
        {LiveFigure::memory,
         tr("Memory"),
         tr("that the keys and the server use"),
         ValueAxisKind::linear,
         {},
         formatBytes,
         Tone::stale,
         {{LiveFigure::memory, QT_TR_NOOP("memory"), Tone::stale, {}}}},
        {LiveFigure::deleted,
         tr("Expired"),
         tr("per second: deleted; due by the forecast dashed; events dotted"),
         ValueAxisKind::linear,
         QStringLiteral("/s"),
         formatRate,
         Tone::expired,
         {{LiveFigure::deleted, QT_TR_NOOP("deleted"), Tone::expired, {}},
          {LiveFigure::due, QT_TR_NOOP("due"), Tone::accent, {6, 3}},
          {LiveFigure::events, QT_TR_NOOP("events"), Tone::second, {2, 3}}}},
        {LiveFigure::evicted,
         tr("Evicted"),
         tr("per second"),
         ValueAxisKind::linear,
         QStringLiteral("/s"),
         formatRate,
         Tone::evicted,
         {{LiveFigure::evicted, QT_TR_NOOP("evicted"), Tone::evicted, {}}}},
        {LiveFigure::clients,
         tr("Clients"),
         tr("connected"),
         ValueAxisKind::linear,
         {},
         formatCompact,
         Tone::second,
         {{LiveFigure::clients, QT_TR_NOOP("clients"), Tone::second, {}}}},
        {LiveFigure::bytesOut,
         tr("Network"),
         tr("per second: out; in dashed"),
         ValueAxisKind::linear,
         {},
         formatBytes,
         Tone::accent,
         {{LiveFigure::bytesOut, QT_TR_NOOP("out"), Tone::accent, {}},
          {LiveFigure::bytesIn, QT_TR_NOOP("in"), Tone::second, {5, 3}}}},
    };
    return all;
}

LivePanel::LivePanel(InspectPresenter& presenter, QObject* parent)
    : QObject(parent),
      m_presenter(presenter),
      m_row(new QWidget),
      m_figure(new QComboBox),
      m_chart(new TimeSeriesChart(tr("Hit ratio"))) {
    auto* layout = new QHBoxLayout(m_row);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    for (int i = 0; i < subjects().size(); ++i) {
        m_figure->addItem(subjects()[i].title);
        if (i >= kTiles) {
            continue;
        }
        auto* tile = new StatTile(subjects()[i].title);
        tile->setChoosable();
        tile->setToolTip(tr("Show its course in the chart"));
        connect(tile, &StatTile::chosen, this, [this, i] { choose(i); });
        layout->addWidget(tile, 1);
        m_tiles.append(tile);
    }
    m_figure->setAccessibleName(tr("What the chart shows"));
    m_figure->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    m_chart->header()->addWidget(m_figure);
    connect(m_figure, &QComboBox::currentIndexChanged, this, &LivePanel::choose);
    m_chart->setGap(kGap);
    connect(&m_presenter.live(), &LiveBoard::advanced, this, &LivePanel::refresh);
    choose(0);
}

void LivePanel::choose(int subject) {
    m_chosen = subject;
    m_figure->setCurrentIndex(subject);
    for (int i = 0; i < m_tiles.size(); ++i) {
        m_tiles[i]->setChosen(i == subject);
    }
    const Subject& what = subjects()[subject];
    m_chart->setTitle(what.title, what.subtitle);
    m_chart->setValueAxis(what.axis, what.unit);
    m_chart->setValueFormat([format = what.format](double value) {
        return std::isfinite(value) ? format(value, QLocale()) : QStringLiteral("—");
    });
    refresh();
}

void LivePanel::refresh() {
    refreshTiles();
    refreshChart();
}

void LivePanel::refreshTiles() {
    const LiveBoard& live = m_presenter.live();
    const Tokens& tokens = tokensFor(m_row->palette());
    const auto latest = live.latest();
    const auto& points = live.points();
    for (int i = 0; i < m_tiles.size(); ++i) {
        const Subject& what = subjects()[i];
        StatRow row;
        row.name = what.title;
        row.colour = colourOf(what.tone, tokens);
        if (latest && std::isfinite(latest->value(what.figure))) {
            row.figure = what.format(latest->value(what.figure), QLocale());
            if (what.figure == LiveFigure::bytesOut) {
                row.figure += tr("/s");
            }
        }
        const std::size_t first =
            points.size() > kSparklinePoints ? points.size() - kSparklinePoints : 0;
        for (std::size_t p = first; p < points.size(); ++p) {
            row.history.append(points[p].value(what.figure));
        }
        m_tiles[i]->setRows({row});
        QString note;
        if (what.figure == LiveFigure::hitRatio && live.lifetimeHitRatio()) {
            note = tr("lifetime %1").arg(formatPercent(*live.lifetimeHitRatio()));
        } else if (what.figure == LiveFigure::memory && live.maxMemory() > 0) {
            note = tr("of %1").arg(formatBytes(static_cast<double>(live.maxMemory())));
        } else if (what.figure == LiveFigure::deleted && latest &&
                   std::isfinite(latest->value(LiveFigure::due))) {
            note = tr("due %1").arg(formatRate(latest->value(LiveFigure::due)));
        }
        m_tiles[i]->setNote(note);
    }
}

double LivePanel::spanFor(double known) {
    const auto* span = std::lower_bound(std::begin(kSpans), std::end(kSpans), known);
    return span == std::end(kSpans) ? kLongestSpan : *span;
}

void LivePanel::refreshChart() {
    const LiveBoard& live = m_presenter.live();
    const Tokens& tokens = tokensFor(m_row->palette());
    const Subject& what = subjects()[m_chosen];
    const TimePoint now = SystemClock::instance().now();
    // As wide as there is something to show: what is older than the axis is nothing to wait for.
    double known = 0;
    for (const LivePoint& point : live.points()) {
        known = seconds(now - point.at);
        if (known <= kLongestSpan) {
            break;
        }
    }
    const double window = spanFor(known);
    m_chart->setWindow(window);
    QList<ChartSeries> series;
    for (const Line& line : what.lines) {
        ChartSeries one;
        one.name = tr(line.name);
        one.part = one.name;
        one.width = line.dashes.isEmpty() ? 2 : 1.5;
        one.colour = colourOf(line.tone, tokens);
        one.dashes = line.dashes;
        series.append(one);
    }
    m_chart->setSeries(series);
    for (qsizetype i = 0; i < what.lines.size(); ++i) {
        QList<QPointF> points;
        for (const LivePoint& point : live.points()) {
            const double ago = seconds(point.at - now);
            if (ago >= -window) {
                points.append({std::min(ago, 0.0), point.value(what.lines[i].figure)});
            }
        }
        m_chart->setPoints(i, points);
    }
    QList<ChartMark> marks;
    for (const inspect::LiveMark& mark : live.marks()) {
        const double ago = seconds(mark.at - now);
        if (ago >= -window && ago <= 0) {
            using Kind = inspect::LiveMark::Kind;
            const bool bad = mark.kind == Kind::lost || mark.kind == Kind::restart ||
                             mark.kind == Kind::failover;
            marks.append({ago, markText(mark),
                          bad                            ? tokens.outcome(Outcome::error)
                          : mark.kind == Kind::evictions ? tokens.outcome(Outcome::evicted)
                                                         : tokens.secondary});
        }
    }
    m_chart->setMarks(marks);
    m_chart->setEmptyText(
        live.points().size() < kFewPoints ? tr("Figures come every second while this page is seen.")
        : what.figure == LiveFigure::hitRatio ? tr("Nobody has looked anything up in this time.")
                                              : tr("The server does not tell this figure."));
    m_chart->setNow(seconds(now.time_since_epoch()));
    m_chart->refresh();
}

}  // namespace cachescope::ui
