// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/stampede_panel.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <array>

#include "ui/model/formats.h"
#include "ui/model/tune_presenter.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/bar_list.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

StampedePanel::StampedePanel(TunePresenter& presenter, QWidget* parent)
    : Card(parent),
      m_presenter(presenter),
      m_badge(makeLabel({}, TypeSize::small, TextTone::secondary)),
      m_scope(new QComboBox),
      m_bars(new BarList) {
    setTitle(tr("Stampede"));
    m_scope->addItem(tr("the hottest key"), true);
    m_scope->addItem(tr("all keys"), false);
    m_scope->setCurrentIndex(m_presenter.hottestOnly() ? 0 : 1);
    m_scope->setAccessibleName(tr("Which keys"));
    m_scope->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_scope->setMinimumContentsLength(4);
    header()->addWidget(m_badge);
    header()->addWidget(m_scope);
    m_bars->setAccessibleName(tr("Origin calls by protection"));
    body()->addWidget(m_bars, 1);
    connect(m_scope, &QComboBox::activated, this,
            [this] { m_presenter.setHottestOnly(m_scope->currentData().toBool()); });
    connect(&m_presenter, &TunePresenter::stampedeChanged, this, &StampedePanel::refresh);
    connect(&m_presenter, &TunePresenter::studyChanged, this, &StampedePanel::refresh);
    refresh();
}

void StampedePanel::refresh() {
    const TuneStampede& stampede = m_presenter.stampede();
    const std::array names{tr("none"), tr("single-flight"), tr("XFetch, one draw"),
                           tr("stale-while-revalidate")};
    const Tokens& tokens = tokensFor(palette());
    QList<BarList::Bar> bars;
    for (std::size_t i = 0; i < stampede.outcomes.size(); ++i) {
        const tune::StampedeOutcome& outcome = stampede.outcomes[i];
        QString detail =
            tr("mean %1 · p99 %2 · %3 at once")
                .arg(formatLatency(seconds(outcome.mean)), formatLatency(seconds(outcome.p99)),
                     formatCount(static_cast<double>(outcome.mostConcurrent)));
        if (outcome.servedExpired > 0) {
            detail += tr(" · %1 expired")
                          .arg(formatPercent(static_cast<double>(outcome.servedExpired) /
                                             static_cast<double>(outcome.requests)));
        }
        bars.append(
            {names.at(i), tr("%1 calls").arg(formatCount(static_cast<double>(outcome.originCalls))),
             detail, static_cast<double>(outcome.originCalls), tokens.outcome(Outcome::miss)});
    }
    m_bars->setBars(bars);
    m_badge->setText(stampede.outcomes.empty() ? QString() : tr("exact"));
    setTitle(tr("Stampede"),
             stampede.outcomes.empty() ? QString()
             : stampede.key.isEmpty()
                 ? tr("TTL %1").arg(formatSpan(seconds(stampede.ttl)))
                 : tr("%1, TTL %2").arg(stampede.key, formatSpan(seconds(stampede.ttl))));
}

}  // namespace cachescope::ui
