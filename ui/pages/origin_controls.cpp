// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/origin_controls.h"

#include <QComboBox>
#include <QPushButton>
#include <QVBoxLayout>
#include <cmath>

#include "ui/model/formats.h"
#include "ui/model/lab_presenter.h"
#include "ui/theme/icons.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/value_slider.h"

namespace cachescope::ui {

namespace {

constexpr double kDay = 86'400;

Duration span(double value) {
    return Duration{std::llround(value * 1e9)};
}

}  // namespace

OriginControls::OriginControls(LabPresenter& presenter, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_latency(new ValueSlider(tr("Latency"), spanFormat(), ValueRange::log(0.001, 60, true), 2)),
      m_kind(new QComboBox),
      m_sigma(new ValueField(tr("Spread"), numberFormat(), ValueRange::linear(0, 3, 0.05), 0.1)),
      m_slow(new ValueField(tr("Slow calls take"), spanFormat(), ValueRange::log(0.001, 600), 8)),
      m_slowShare(
          new ValueField(tr("Slow calls"), percentFormat(), ValueRange::linear(0, 1, 0.01), 0.05)),
      m_concurrency(new ValueField(tr("Calls at once"), countFormat(),
                                   ValueRange::log(1, 1'000'000, true), 0)),
      m_failures(
          new ValueField(tr("Failures"), percentFormat(), ValueRange::linear(0, 1, 0.01), 0)),
      m_absent(new ValueField(tr("Keys without data"), percentFormat(),
                              ValueRange::linear(0, 1, 0.01), 0)),
      m_ownTtlShare(new ValueField(tr("Keys with an own TTL"), percentFormat(),
                                   ValueRange::linear(0, 1, 0.01), 0)),
      m_ownTtl(new ValueField(tr("Own TTL"), spanFormat(), ValueRange::spans(0.001, kDay), 5)),
      m_unstored(new ValueField(tr("Not to be stored"), percentFormat(),
                                ValueRange::linear(0, 1, 0.01), 0)),
      m_personal(new ValueField(tr("Personal answers"), percentFormat(),
                                ValueRange::linear(0, 1, 0.01), 1)),
      m_answers(new Disclosure(tr("What answers say"))),
      m_outage(new QPushButton(icon(IconName::outage), tr("Take it down"))) {
    m_kind->addItem(tr("Constant latency"), static_cast<int>(sim::LatencyKind::constant));
    m_kind->addItem(tr("Log-normal latency"), static_cast<int>(sim::LatencyKind::logNormal));
    m_kind->addItem(tr("Fast and slow calls"), static_cast<int>(sim::LatencyKind::bimodal));
    m_kind->setAccessibleName(tr("How the latency is spread"));
    m_latency->setToolTip(tr("The median time that the handler takes"));
    m_sigma->setToolTip(
        tr("Standard deviation of the latency's logarithm: 0.1 is steady, 1 is wild"));
    m_concurrency->setToolTip(
        tr("More calls than this wait in a queue: this is what makes a stampede hurt. 0 means no "
           "limit."));

    m_absent->setToolTip(
        tr("For this share of the keys the answer is that there is nothing, always the same keys"));

    m_ownTtlShare->setToolTip(
        tr("For this share of the keys the handler says how long its answer may be kept, whatever "
           "the lane's TTL is"));
    m_ownTtl->setToolTip(tr("What it says then"));
    m_unstored->setToolTip(
        tr("For this share of the keys the handler says that its answer must not be kept"));
    m_personal->setToolTip(
        tr("For this share of the keys the answer is made for the user who asks. With more than "
           "one user, a cache whose keys do not say who serves it to the others."));

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    auto* spread = new Disclosure(tr("How the latency is spread"));
    for (QWidget* widget : std::initializer_list<QWidget*>{m_kind, m_sigma, m_slow, m_slowShare}) {
        spread->addWidget(widget);
    }
    layout->addWidget(m_latency);
    layout->addWidget(spread);
    layout->addWidget(m_concurrency);
    layout->addWidget(m_failures);
    layout->addWidget(m_absent);
    for (QWidget* widget :
         std::initializer_list<QWidget*>{m_ownTtlShare, m_ownTtl, m_unstored, m_personal}) {
        m_answers->addWidget(widget);
    }
    layout->addWidget(m_answers);
    layout->addWidget(m_outage, 0, Qt::AlignLeft);

    for (ValueField* field : std::initializer_list<ValueField*>{
             m_latency, m_sigma, m_slow, m_slowShare, m_concurrency, m_failures, m_absent,
             m_ownTtlShare, m_ownTtl, m_unstored, m_personal}) {
        connect(field, &ValueField::valueChanged, this, &OriginControls::apply);
    }
    connect(m_kind, &QComboBox::activated, this, &OriginControls::apply);
    connect(m_outage, &QPushButton::clicked, this,
            [this] { m_presenter.setOriginDown(!m_presenter.state().originDown); });
    connect(&m_presenter, &LabPresenter::sourcesChanged, this, &OriginControls::load);
    connect(&m_presenter, &LabPresenter::phaseChanged, this, &OriginControls::updateOutage);
}

void OriginControls::load() {
    const sim::OriginSpec& origin = m_presenter.state().origin;
    m_loading = true;
    m_latency->showValue(seconds(origin.latency.median));
    m_kind->setCurrentIndex(m_kind->findData(static_cast<int>(origin.latency.kind)));
    m_sigma->showValue(origin.latency.sigma);
    m_slow->showValue(seconds(origin.latency.slow));
    m_slowShare->showValue(origin.latency.slowShare);
    m_concurrency->showValue(origin.concurrency);
    m_failures->showValue(origin.failureRatio);
    m_absent->showValue(origin.absentRatio);
    m_sigma->setVisible(origin.latency.kind != sim::LatencyKind::constant);
    m_slow->setVisible(origin.latency.kind == sim::LatencyKind::bimodal);
    m_slowShare->setVisible(origin.latency.kind == sim::LatencyKind::bimodal);
    m_ownTtlShare->showValue(origin.ownTtlRatio);
    m_ownTtl->showValue(seconds(origin.ownTtl));
    m_unstored->showValue(origin.unstoredRatio);
    m_personal->showValue(origin.personalRatio);
    m_ownTtl->setVisible(origin.ownTtlRatio > 0);
    const bool several = m_presenter.state().workload.users > 1;
    m_personal->setVisible(several);
    QStringList said;
    if (origin.ownTtlRatio > 0) {
        said.append(
            tr("%1 keep for %2")
                .arg(formatPercent(origin.ownTtlRatio), formatSpan(seconds(origin.ownTtl))));
    }
    if (origin.unstoredRatio > 0) {
        said.append(tr("%1 not to be stored").arg(formatPercent(origin.unstoredRatio)));
    }
    if (several && origin.personalRatio > 0) {
        said.append(tr("%1 personal").arg(formatPercent(origin.personalRatio)));
    }
    m_answers->setSummary(said.join(QStringLiteral(" · ")));
    m_loading = false;
}

void OriginControls::apply() {
    if (m_loading) {
        return;
    }
    sim::OriginSpec origin = m_presenter.state().origin;
    origin.latency.kind = static_cast<sim::LatencyKind>(m_kind->currentData().toInt());
    origin.latency.median = span(m_latency->value());
    origin.latency.sigma = m_sigma->value();
    origin.latency.slow = span(m_slow->value());
    origin.latency.slowShare = m_slowShare->value();
    origin.concurrency = static_cast<std::uint32_t>(std::lround(m_concurrency->value()));
    origin.failureRatio = m_failures->value();
    origin.absentRatio = m_absent->value();
    origin.ownTtlRatio = m_ownTtlShare->value();
    origin.ownTtl = span(m_ownTtl->value());
    origin.unstoredRatio = m_unstored->value();
    origin.personalRatio = m_personal->value();
    m_presenter.setOrigin(origin);
}

void OriginControls::updateOutage() {
    const bool down = m_presenter.state().originDown;
    m_outage->setText(down ? tr("Bring it back") : tr("Take it down"));
    m_outage->setIcon(icon(IconName::outage, down ? IconTone::error : IconTone::text));
    m_outage->setToolTip(down ? tr("Every call of the origin fails at present")
                              : tr("An outage: every call of the origin fails until it is back"));
}

}  // namespace cachescope::ui
