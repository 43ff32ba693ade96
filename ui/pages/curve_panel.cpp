// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/curve_panel.h"

#include <QEvent>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/charts/ttl_chart.h"
#include "ui/model/formats.h"
#include "ui/model/tune_presenter.h"
#include "ui/model/tune_text.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/figure_strip.h"

namespace cachescope::ui {

namespace {

enum Curve { hitCurve, originCurve, memoryCurve, staleCurve, boundedCurve };

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// Between two known TTLs, evenly over the logarithm.
double between(const TuneBand& band, const std::vector<double>& values, double ttl) {
    const auto above = std::lower_bound(band.ttls.begin(), band.ttls.end(), ttl,
                                        [](Duration a, double b) { return seconds(a) < b; });
    const auto place = static_cast<std::size_t>(above - band.ttls.begin());
    if (above == band.ttls.end()) {
        return values.back();
    }
    if (place == 0 || seconds(*above) <= ttl * (1 + 1e-9)) {
        return values[place];
    }
    const double low = std::log(seconds(band.ttls[place - 1]));
    const double high = std::log(seconds(*above));
    const double part = (std::log(ttl) - low) / (high - low);
    return values[place - 1] + part * (values[place] - values[place - 1]);
}

}  // namespace

CurvePanel::CurvePanel(TunePresenter& presenter, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_chart(new TtlChart(tr("Every TTL at once"))),
      m_figures(new FigureStrip) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_chart, 1);
    m_chart->body()->addSpacing(space::kTiny);
    m_chart->body()->addWidget(m_figures);
    m_chart->setValueFormat(
        [this](qsizetype curve, double value) { return formatted(curve, value); });
    connect(m_chart, &TtlChart::markerMoved, this,
            [this](double ttl) { m_presenter.setTtl(m_presenter.selected(), ttl); });
    connect(&m_presenter, &TunePresenter::studyChanged, this, &CurvePanel::refresh);
    connect(&m_presenter, &TunePresenter::selectionChanged, this, &CurvePanel::refresh);
    connect(&m_presenter, &TunePresenter::figuresChanged, this, &CurvePanel::refresh);
    connect(&m_presenter, &TunePresenter::adviceChanged, this, &CurvePanel::refreshMarker);
    connect(&m_presenter, &TunePresenter::surfaceChanged, this, &CurvePanel::refreshCurves);
    refresh();
}

void CurvePanel::setMeasured(const QList<TtlPoint>& points) {
    m_chart->setPoints(points);
}

void CurvePanel::refresh() {
    refreshCurves();
    refreshMarker();
}

void CurvePanel::refreshCurves() {
    if (!m_presenter.hasStudy()) {
        m_chart->setCurves({}, {});
        return;
    }
    const TuneOutlook& outlook = m_presenter.outlook();
    const TuneGroup group = m_presenter.selected();
    const Tokens& tokens = tokensFor(palette());
    const auto points = static_cast<qsizetype>(outlook.points());
    QList<double> ttls;
    TtlCurveLine hits{tr("hit ratio"), tokens.outcome(Outcome::hit), {}, 2.2, false, {}, {}, {}};
    TtlCurveLine calls{
        tr("origin calls"), tokens.outcome(Outcome::miss), {6, 3}, 1.6, false, {}, {}, {}};
    TtlCurveLine memory{
        tr("memory"), tokens.outcome(Outcome::expired), {1, 2}, 1.6, false, {}, {}, {}};
    TtlCurveLine stale{
        tr("stale answers"), tokens.outcome(Outcome::stale), {2, 2}, 1.6, true, {}, {}, {}};
    double most = 0;
    for (qsizetype i = 0; i < points; ++i) {
        most = std::max(most, outlook.figures(group, static_cast<std::size_t>(i)).objects);
    }
    for (qsizetype i = 0; i < points; ++i) {
        const TtlFigures figures = outlook.figures(group, static_cast<std::size_t>(i));
        ttls.append(figures.ttl);
        hits.values.append(figures.hitRatio());
        calls.values.append(1 - figures.hitRatio());
        memory.values.append(most > 0 ? figures.objects / most : 0);
        stale.values.append(figures.staleShare());
    }
    if (!m_presenter.study().refined) {
        // No TTL between two known ones can do worse than the shorter or better than the longer.
        for (qsizetype i = 0; i < points; ++i) {
            hits.lowest.append(hits.values[std::max<qsizetype>(i - 1, 0)]);
            hits.highest.append(hits.values[std::min(i + 1, points - 1)]);
        }
    }
    QList<TtlCurveLine> lines{hits, calls, memory, stale};
    if (m_presenter.band() && !group && m_presenter.study().rule == tune::TtlRule::fill) {
        lines.append(bandLine(ttls));
    }
    m_chart->setAxis(outlook.shortest(), outlook.longest());
    m_chart->setCurves(ttls, lines);
    m_chart->setTitle(selectionText(m_presenter), tr("every TTL at once"));
    m_chart->setBadge(m_presenter.study().refined ? tr("exact") : tr("exact at the points so far"));
    const bool limited = !group && m_presenter.wishes().goal == TuneGoal::staleBudget;
    std::optional<double> limit;
    for (qsizetype i = 0; limited && i < points; ++i) {
        if (stale.values[i] > m_presenter.wishes().staleShare) {
            limit = ttls[i];
            break;
        }
    }
    m_chart->setLimit(
        limit,
        tr("over the budget of %1 stale").arg(formatPercent(m_presenter.wishes().staleShare)));
}

TtlCurveLine CurvePanel::bandLine(const QList<double>& ttls) const {
    const TuneBand& band = *m_presenter.band();
    const Tokens& tokens = tokensFor(palette());
    TtlCurveLine line{tr("with %1 entries").arg(formatCompact(static_cast<double>(band.capacity))),
                      tokens.text,
                      {4, 2, 1, 2},
                      1.4,
                      false,
                      {},
                      {},
                      {}};
    for (const double ttl : ttls) {
        const double lazy = between(band, band.lazy, ttl);
        const double prompt = between(band, band.atDeadline, ttl);
        line.values.append(lazy);
        line.lowest.append(std::max(0.0, std::min(lazy, prompt) - band.error));
        line.highest.append(std::min(1.0, std::max(lazy, prompt) + band.error));
    }
    return line;
}

QString CurvePanel::formatted(qsizetype curve, double value) const {
    if (!m_presenter.hasStudy()) {
        return formatPercent(value);
    }
    const TtlFigures figures = m_presenter.planned(m_presenter.selected());
    switch (curve) {
        case originCurve:
            return formatRate(figures.misses / m_presenter.outlook().span());
        case memoryCurve:
            return memoryText(figures);
        case boundedCurve:
            return tr("about %1").arg(formatPercent(value));
        default:
            return std::isnan(value) ? tr("unknown") : formatPercent(value);
    }
}

void CurvePanel::refreshMarker() {
    if (!m_presenter.hasStudy()) {
        m_figures->setFigures({});
        return;
    }
    const TuneGroup group = m_presenter.selected();
    const TtlFigures figures = m_presenter.planned(group);
    const TuneOutlook& outlook = m_presenter.outlook();
    const Tokens& tokens = tokensFor(palette());
    m_chart->setMarker(figures.ttl);
    const auto ageText = [](double age) {
        return std::isnan(age) ? QStringLiteral("—") : formatLatency(age);
    };
    m_figures->setFigures({
        {tr("TTL"), formatSpan(figures.ttl), tokens.accentText},
        {tr("hit ratio"), formatPercent(figures.hitRatio()), tokens.outcomeText(Outcome::hit)},
        {tr("origin calls"), formatRate(figures.misses / outlook.span()),
         tokens.outcomeText(Outcome::miss)},
        {tr("stale answers"), formatPercent(figures.staleShare()),
         tokens.outcomeText(Outcome::stale)},
        {tr("mean age of hits"), ageText(figures.meanAge), {}},
        {tr("95 % younger than"), ageText(outlook.age(group, m_presenter.point(group), 0.95)), {}},
        {tr("kept on average"), memoryText(figures), {}},
        {tr("cost a month"), costText(m_presenter, figures), {}},
    });
}

void CurvePanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        refresh();
    }
}

}  // namespace cachescope::ui
