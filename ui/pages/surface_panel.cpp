// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/surface_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "engine/policy/policy_registry.h"
#include "ui/charts/heat_map.h"
#include "ui/model/equal_cost.h"
#include "ui/model/formats.h"
#include "ui/model/tune_presenter.h"
#include "ui/model/tune_text.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

constexpr int kCostLines = 5;

// The cost a second of every point that is known. Memory is what the capacity asks for, as far as
// there are keys to fill it.
std::vector<double> costsOf(const TunePresenter& presenter) {
    const TuneSurface& surface = presenter.surface();
    const TuneOutlook& outlook = presenter.outlook();
    std::vector<double> costs(surface.hitRatios.size());
    const double requests = outlook.requests({});
    for (std::size_t row = 0; row < surface.grid.rows(); ++row) {
        for (std::size_t column = 0; column < surface.grid.columns(); ++column) {
            const std::size_t at = surface.grid.at(row, column);
            const std::size_t point = outlook.pointAt(seconds(surface.grid.ttls[column]));
            TtlFigures figures = outlook.figures({}, point);
            const double unbounded = std::max(figures.hitRatio(), 1e-9);
            const double kept = std::min(static_cast<double>(surface.grid.capacities[row]),
                                         static_cast<double>(outlook.study().timeline->keyCount()));
            const double ratio = surface.hitRatios[at];
            figures.stale *= std::min(1.0, ratio / unbounded);
            figures.misses = (1 - ratio) * requests;
            figures.bytes = figures.objects > 0 ? figures.bytes / figures.objects * kept : 0;
            costs[at] = std::isnan(ratio) ? ratio : presenter.costPerSecond(figures).total();
        }
    }
    return costs;
}

}  // namespace

SurfacePanel::SurfacePanel(TunePresenter& presenter, QWidget* parent)
    : Card(parent),
      m_presenter(presenter),
      m_policy(new QComboBox),
      m_badge(makeLabel({}, TypeSize::small, TextTone::secondary)),
      m_map(new HeatMap),
      m_text(makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true)) {
    setTitle(tr("TTL × capacity"), tr("hit ratio by entries"));
    for (const PolicyKind& kind : PolicyRegistry::builtin().kinds()) {
        m_policy->addItem(QString::fromStdString(kind.title), QString::fromStdString(kind.name));
    }
    m_policy->setCurrentIndex(m_policy->findData(QString::fromStdString(m_presenter.policy())));
    m_policy->setAccessibleName(tr("Eviction policy"));
    m_policy->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_policy->setMinimumContentsLength(4);
    header()->addWidget(m_badge);
    header()->addWidget(m_policy);
    m_map->setAccessibleName(tr("Hit ratio by TTL and capacity"));
    m_map->setValueFormat(
        [](double value) { return tr("hit ratio %1").arg(formatPercent(value)); });
    m_map->setCapacityFormat([](double capacity) { return formatCompact(capacity); });
    body()->addWidget(m_map, 1);
    body()->addWidget(m_text);
    connect(m_policy, &QComboBox::activated, this,
            [this] { m_presenter.setPolicy(m_policy->currentData().toString().toStdString()); });
    connect(m_map, &HeatMap::cellChosen, this, &SurfacePanel::choose);
    connect(&m_presenter, &TunePresenter::surfaceChanged, this, &SurfacePanel::refresh);
    connect(&m_presenter, &TunePresenter::studyChanged, this, &SurfacePanel::refresh);
    connect(&m_presenter, &TunePresenter::figuresChanged, this, &SurfacePanel::refreshLines);
    refresh();
}

void SurfacePanel::refresh() {
    const TuneSurface& surface = m_presenter.surface();
    QList<double> ttls;
    QList<double> capacities;
    for (const Duration ttl : surface.grid.ttls) {
        ttls.append(seconds(ttl));
    }
    for (const std::uint64_t capacity : surface.grid.capacities) {
        capacities.append(static_cast<double>(capacity));
    }
    if (ttls != m_ttls || capacities != m_capacities || surface.policy != m_shownPolicy) {
        m_ttls = ttls;
        m_capacities = capacities;
        m_shownPolicy = surface.policy;
        m_map->setGrid(ttls, capacities);
    }
    for (qsizetype row = 0; row < capacities.size(); ++row) {
        const auto begin = surface.hitRatios.begin() + row * ttls.size();
        m_map->setRow(row, QList<double>(begin, begin + ttls.size()));
    }
    m_badge->setText(surface.hitRatios.empty() ? QString()
                     : surface.done            ? exactnessText(surface.error)
                                               : tr("counting…"));
    refreshLines();
}

void SurfacePanel::refreshLines() {
    const TuneSurface& surface = m_presenter.surface();
    QList<QList<QPointF>> lines;
    if (surface.done && m_presenter.hasStudy()) {
        const std::vector<double> costs = costsOf(m_presenter);
        for (const double level : levelsOf(costs, kCostLines)) {
            lines += equalLines(m_ttls, m_capacities, costs, level);
        }
    }
    m_map->setContours(lines);
    refreshText();
}

void SurfacePanel::refreshText() {
    if (!m_presenter.hasStudy() || m_capacities.isEmpty()) {
        m_map->setNow({});
        m_text->clear();
        return;
    }
    const double ttl = m_presenter.planned({}).ttl;
    const auto& capacity = m_presenter.capacity();
    m_map->setNow(QPointF(ttl, capacity ? static_cast<double>(*capacity) : m_capacities.last()));
    const auto& band = m_presenter.band();
    if (m_presenter.study().rule == tune::TtlRule::sliding) {
        m_text->setText(
            tr("Here a TTL counts from when a value was stored, also while the large "
               "chart shows sliding ones."));
        return;
    }
    if (!capacity) {
        m_text->setText(
            tr("Across: TTL; up: entries; lines: equal cost. Choose a cell to see its capacity at "
               "every TTL."));
        return;
    }
    if (!band) {
        m_text->setText(tr("%1 entries: replaying…").arg(formatCount(double(*capacity))));
        return;
    }
    double widest = 0;
    for (std::size_t i = 0; i < band->lazy.size(); ++i) {
        widest = std::max(widest, std::abs(band->lazy[i] - band->atDeadline[i]));
    }
    m_text->setText(
        tr("%1 entries, %2. Whether expired entries leave when they are asked for or at "
           "their deadline makes at most %3 of difference: the band in the large chart.")
            .arg(formatCount(static_cast<double>(*capacity)), exactnessText(band->error),
                 formatPercent(widest)));
}

void SurfacePanel::choose(double ttl, double capacity) {
    m_presenter.setTtl({}, ttl);
    if (m_presenter.capacity() != static_cast<std::uint64_t>(capacity)) {
        m_presenter.setCapacity(static_cast<std::uint64_t>(capacity));
    }
}

}  // namespace cachescope::ui
