// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/forecast_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/charts/legend.h"
#include "ui/charts/stacked_bars.h"
#include "ui/model/formats.h"
#include "ui/model/inspect_presenter.h"
#include "ui/model/inspect_text.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

QList<double> quantities(const std::vector<inspect::DueKeys>& buckets, bool bytes) {
    QList<double> values;
    for (const inspect::DueKeys& due : buckets) {
        values.append(bytes ? due.bytes : due.keys);
    }
    return values;
}

// By what the servers say now, for they remove what is dead all the time.
double deadButResident(const inspect::InspectLink& link, const QList<LiveBoard::Node>& now) {
    double sum = 0;
    for (std::size_t i = 0; i < link.size(); ++i) {
        inspect::ServerFacts facts = link.server(i).facts;
        if (const auto at = static_cast<qsizetype>(i); at < now.size() && now[at].sample) {
            facts.stalePercent = now[at].sample->staleShare * 100;
        }
        sum += static_cast<double>(inspect::deadButResident(facts, link.database()));
    }
    return sum;
}

}  // namespace

ForecastPanel::ForecastPanel(InspectPresenter& presenter, QWidget* parent)
    : Card(parent),
      m_presenter(presenter),
      m_badge(makeLabel({}, TypeSize::small, TextTone::secondary)),
      m_legend(new Legend),
      m_jitter(new QCheckBox(tr("±10 % jitter"))),
      m_measure(new QComboBox),
      m_span(new QComboBox),
      m_bars(new StackedBars(tr("Expiry forecast"))),
      m_text(new ElidedLabel) {
    setTitle(tr("Expiry forecast"));
    m_measure->addItem(tr("keys"), false);
    m_measure->addItem(tr("bytes"), true);
    m_measure->setAccessibleName(tr("What is counted"));
    m_span->addItem(tr("2 minutes"), static_cast<int>(DueSpan::seconds));
    m_span->addItem(tr("2 hours"), static_cast<int>(DueSpan::minutes));
    m_span->addItem(tr("5 days"), static_cast<int>(DueSpan::hours));
    m_span->setCurrentIndex(1);
    m_span->setAccessibleName(tr("How far ahead"));
    m_jitter->setToolTip(
        tr("What the largest storm would have been, had its keys been given TTLs that differ by "
           "up to ten percent"));
    m_jitter->hide();
    m_text->setForegroundRole(QPalette::PlaceholderText);
    m_text->setFont(sized(font(), TypeSize::small));
    header()->addWidget(m_badge);
    header()->addWidget(m_jitter);
    header()->addWidget(m_measure);
    header()->addWidget(m_span);
    body()->addWidget(m_bars, 1);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(space::kMedium);
    foot->addWidget(m_text);
    foot->addWidget(m_legend, 1);
    body()->addLayout(foot);
    for (QComboBox* box : {m_measure, m_span}) {
        box->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
        connect(box, &QComboBox::currentIndexChanged, this, &ForecastPanel::refresh);
    }
    connect(m_jitter, &QCheckBox::toggled, this, &ForecastPanel::refresh);
    connect(&m_presenter.keyspace(), &KeyspacePresenter::keyspaceChanged, this,
            &ForecastPanel::refresh);
    refresh();
}

void ForecastPanel::changeEvent(QEvent* event) {
    Card::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        refresh();
    }
}

void ForecastPanel::refresh() {
    const KeyspacePresenter& keyspace = m_presenter.keyspace();
    m_badge->setText(keyspaceBadge(keyspace));
    const auto span = static_cast<DueSpan>(m_span->currentData().toInt());
    const auto window = keyspace.due(span);
    if (!window || window->due.keys <= 0) {
        m_bars->setEmptyText(
            !window ? tr("When keys expire is known as soon as some were looked at.")
            : window->unknown > 0
                ? tr("When keys expire may not be asked for with this login.")
                : tr("No key that was read falls due in the next %1.").arg(m_span->currentText()));
        m_text->setText(window ? duesText(*window, m_measure->currentData().toBool(),
                                          keyspace.keyspace()->complete, 0)
                               : QString());
        m_colours.clear();
        m_bars->setBars({}, 1, 0);
        m_bars->setCallout(std::nullopt);
        m_bars->setLine({}, {});
        m_legend->setItems({});
        m_jitter->hide();
        return;
    }
    showWindow(*window);
    showStorm(*window);
}

// A namespace keeps its colour for as long as keys of it are due; then another one may have it.
void ForecastPanel::chooseColours(const std::vector<inspect::NamespaceDue>& spaces) {
    QHash<QByteArray, int> kept;
    for (const inspect::NamespaceDue& space : spaces) {
        const auto known = m_colours.constFind(QByteArray::fromStdString(space.name));
        if (space.all.keys > 0 && known != m_colours.constEnd()) {
            kept.insert(known.key(), *known);
        }
    }
    m_colours = kept;
    const auto all = static_cast<int>(tokensFor(palette()).spaces.size());
    int free = 0;
    for (const inspect::NamespaceDue& space : spaces) {
        const QByteArray name = QByteArray::fromStdString(space.name);
        if (space.all.keys <= 0 || m_colours.contains(name)) {
            continue;
        }
        const QList<int> taken = m_colours.values();
        while (taken.contains(free)) {
            ++free;
        }
        if (free >= all) {
            return;
        }
        m_colours.insert(name, free);
    }
}

void ForecastPanel::showWindow(const inspect::ForecastWindow& window) {
    const Tokens& tokens = tokensFor(palette());
    const bool bytes = m_measure->currentData().toBool();
    QList<StackedBars::Part> parts;
    QList<Legend::Item> items;
    QList<double> others = quantities(window.buckets, bytes);
    chooseColours(window.namespaces);
    for (const inspect::NamespaceDue& space : window.namespaces) {
        const auto colour = m_colours.constFind(QByteArray::fromStdString(space.name));
        if (colour == m_colours.constEnd()) {
            continue;
        }
        StackedBars::Part part{namespaceText(space.name),
                               tokens.spaces[static_cast<std::size_t>(*colour)],
                               quantities(space.buckets, bytes)};
        for (qsizetype bar = 0; bar < others.size(); ++bar) {
            others[bar] -= part.values.value(bar);
        }
        items.append({part.name, part.colour, {}});
        parts.append(part);
    }
    const double rest =
        std::accumulate(others.begin(), others.end(), 0.0,
                        [](double sum, double value) { return sum + std::max(value, 0.0); });
    if (rest >= 0.5) {
        for (double& value : others) {
            value = std::max(value, 0.0);
        }
        parts.append({tr("others"), tokens.outcome(Outcome::expired), others});
        items.append({tr("others"), tokens.outcome(Outcome::expired), {}});
    }
    if (parts.isEmpty()) {
        parts.append({tr("keys"), tokens.outcome(Outcome::expired), others});
    }
    const std::int64_t now = m_presenter.keyspace().serverNow();
    const double bucket = seconds(window.bucket);
    m_bars->setValueFormat(bytes ? [](double value) { return formatBytes(value); }
                                 : [](double value) { return formatCompact(value); });
    m_bars->setBars(parts, bucket, static_cast<double>(now - window.from) / 1000 / bucket);
    m_legend->setItems(items);
    m_text->setText(duesText(
        window, bytes, m_presenter.keyspace().keyspace()->complete,
        deadButResident(*m_presenter.keyspace().keyspace()->link, m_presenter.live().nodes())));
}

void ForecastPanel::showStorm(const inspect::ForecastWindow& window) {
    m_jitter->setVisible(!window.storms.empty());
    if (window.storms.empty()) {
        m_bars->setCallout(std::nullopt);
        m_bars->setLine({}, {});
        return;
    }
    const std::int64_t now = m_presenter.keyspace().serverNow();
    const inspect::ExpiryStorm& storm = window.storms.front();
    m_bars->setCallout(StackedBars::Callout{static_cast<qsizetype>(storm.bucket),
                                            stormTitle(window, storm),
                                            stormDetail(window, storm, storm.calmed, now)});
    QList<double> line;
    if (m_jitter->isChecked() && !m_measure->currentData().toBool()) {
        for (const double keys : inspect::ExpiryForecast::calmed(
                 window, storm, now, inspect::ExpiryForecast::kJitter)) {
            line.append(keys);
        }
    }
    m_bars->setLine(line, tr("with jitter"));
}

}  // namespace cachescope::ui
