// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/wishes_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/model/tune_presenter.h"
#include "ui/model/tune_text.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/value_slider.h"

namespace cachescope::ui {

namespace {

constexpr double kDay = 86'400;

ValueSlider* priceSlider(const QString& label, double price) {
    return new ValueSlider(label, numberFormat(), ValueRange::log(1e-6, 100, true), price);
}

QVBoxLayout* column(QWidget* of) {
    auto* layout = new QVBoxLayout(of);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    return layout;
}

}  // namespace

WishesPanel::WishesPanel(TunePresenter& presenter, QWidget* parent)
    : Card(parent),
      m_presenter(presenter),
      m_goal(new QComboBox),
      m_stale(new ValueSlider(tr("Stale answers, at most"), percentFormat(),
                              ValueRange::log(0.0001, 0.5, true), presenter.wishes().staleShare)),
      m_calls(new ValueSlider(tr("Origin calls, at most"), rateFormat(),
                              ValueRange::log(0.01, 100'000), presenter.wishes().originCalls)),
      m_load(new ValueSlider(tr("One origin call takes"), spanFormat(), ValueRange::log(0.001, 60),
                             presenter.wishes().load)),
      m_changes(new QComboBox),
      m_interval(new ValueSlider(tr("A key changes every"), spanFormat(),
                                 ValueRange::spans(0.1, 30 * kDay, true), 3600)),
      m_ownInterval(new QPushButton(tr("As all others"))),
      m_callPrice(priceSlider(tr("An origin call"), presenter.wishes().callPrice)),
      m_memoryPrice(
          priceSlider(tr("A gigabyte for an hour"), presenter.wishes().gigabyteHourPrice)),
      m_stalePrice(priceSlider(tr("A stale answer"), presenter.wishes().stalePrice)),
      m_waitPrice(priceSlider(tr("A millisecond waited"), presenter.wishes().waitPrice)),
      m_rule(new QComboBox),
      m_boundary(new QComboBox),
      m_separator(new QLineEdit(QStringLiteral(":"))) {
    body()->setSpacing(space::kSmall);
    body()->addWidget(new SectionHeader(tr("What matters to you")));
    body()->addWidget(makeGoal());
    body()->addWidget(makeChanges());
    body()->addWidget(makePrices());
    body()->addWidget(makeCounting());
    connect(&m_presenter, &TunePresenter::studyChanged, this, &WishesPanel::load);
    connect(&m_presenter, &TunePresenter::selectionChanged, this, &WishesPanel::load);
    connect(&m_presenter, &TunePresenter::figuresChanged, this, &WishesPanel::load);
    load();
}

QWidget* WishesPanel::makeGoal() {
    m_goal->addItem(tr("Fewest origin calls"), static_cast<int>(TuneGoal::staleBudget));
    m_goal->addItem(tr("Fewest stale answers"), static_cast<int>(TuneGoal::originBudget));
    m_goal->addItem(tr("Lowest cost"), static_cast<int>(TuneGoal::cost));
    m_goal->setAccessibleName(tr("What the advice looks for"));
    auto* content = new QWidget;
    auto* layout = column(content);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_goal, m_stale, m_calls, m_load}) {
        layout->addWidget(widget);
    }
    connect(m_goal, &QComboBox::activated, this, &WishesPanel::apply);
    for (ValueField* field : std::initializer_list<ValueField*>{
             m_stale, m_calls, m_load, m_callPrice, m_memoryPrice, m_stalePrice, m_waitPrice}) {
        connect(field, &ValueField::valueChanged, this, &WishesPanel::apply);
    }
    return content;
}

QWidget* WishesPanel::makeChanges() {
    m_changes->addItem(tr("Data change as recorded"), true);
    m_changes->addItem(tr("Data change at random"), false);
    m_changes->setAccessibleName(tr("How it is known what is stale"));
    m_interval->setToolTip(
        tr("Mean time between two changes of a key's data. A cached value older than the change is "
           "stale. 0 means the data never changes. Choose a namespace to give it its own."));
    setButtonKind(m_ownInterval, ButtonKind::link);
    auto* content = new QWidget;
    auto* layout = column(content);
    layout->addWidget(m_changes);
    layout->addWidget(m_interval);
    layout->addWidget(m_ownInterval, 0, Qt::AlignLeft);
    connect(m_changes, &QComboBox::activated, this,
            [this] { m_presenter.setAsRecorded(m_changes->currentData().toBool()); });
    connect(m_interval, &ValueField::valueChanged, this, [this](double seconds) {
        if (!m_loading) {
            m_presenter.setChangeInterval(m_presenter.selected(), seconds);
        }
    });
    connect(m_ownInterval, &QPushButton::clicked, this,
            [this] { m_presenter.setChangeInterval(m_presenter.selected(), std::nullopt); });
    return content;
}

QWidget* WishesPanel::makePrices() {
    auto* prices = new Disclosure(tr("Prices"));
    prices->addWidget(makeLabel(tr("All in one currency, whichever it is."), TypeSize::small,
                                TextTone::secondary, QFont::Normal, true));
    for (QWidget* widget :
         std::initializer_list<QWidget*>{m_callPrice, m_memoryPrice, m_stalePrice, m_waitPrice}) {
        prices->addWidget(widget);
    }
    return prices;
}

QWidget* WishesPanel::makeCounting() {
    auto* counting = new Disclosure(tr("How a TTL counts"));
    m_rule->addItem(tr("From when it was stored"), static_cast<int>(tune::TtlRule::fill));
    m_rule->addItem(tr("From its last use (sliding)"), static_cast<int>(tune::TtlRule::sliding));
    m_rule->setAccessibleName(tr("From when a TTL counts"));
    m_boundary->addItem(tr("Alive at its deadline, as in Redis"),
                        static_cast<int>(tune::TtlBoundary::aliveAtDeadline));
    m_boundary->addItem(tr("Dead at its deadline, as in memcached"),
                        static_cast<int>(tune::TtlBoundary::deadAtDeadline));
    m_boundary->setAccessibleName(tr("At the deadline"));
    m_separator->setAccessibleName(tr("A namespace ends at"));
    m_separator->setMaxLength(8);
    auto* line = new QWidget;
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins({});
    row->addWidget(makeLabel(tr("A namespace ends at")), 1);
    m_separator->setFixedWidth(fontMetrics().averageCharWidth() * 8);
    row->addWidget(m_separator);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_rule, m_boundary, line}) {
        counting->addWidget(widget);
    }
    connect(m_rule, &QComboBox::activated, this, [this] {
        m_presenter.setRule(static_cast<tune::TtlRule>(m_rule->currentData().toInt()));
    });
    connect(m_boundary, &QComboBox::activated, this, [this] {
        m_presenter.setBoundary(static_cast<tune::TtlBoundary>(m_boundary->currentData().toInt()));
    });
    connect(m_separator, &QLineEdit::editingFinished, this,
            [this] { m_presenter.setSeparator(m_separator->text()); });
    return counting;
}

void WishesPanel::load() {
    m_loading = true;
    const TuneWishes& wishes = m_presenter.wishes();
    const TuneStudy& study = m_presenter.study();
    const TuneOutlook& outlook = m_presenter.outlook();
    m_goal->setCurrentIndex(m_goal->findData(static_cast<int>(wishes.goal)));
    m_stale->setVisible(wishes.goal == TuneGoal::staleBudget);
    m_calls->setVisible(wishes.goal == TuneGoal::originBudget);
    m_stale->showValue(wishes.staleShare);
    m_calls->showValue(wishes.originCalls);
    m_load->showValue(wishes.load);
    m_callPrice->showValue(wishes.callPrice);
    m_memoryPrice->showValue(wishes.gigabyteHourPrice);
    m_stalePrice->showValue(wishes.stalePrice);
    m_waitPrice->showValue(wishes.waitPrice);
    m_changes->setVisible(study.hasWrites());
    m_changes->setCurrentIndex(outlook.asRecorded() ? 0 : 1);
    const TuneGroup group = m_presenter.selected();
    m_interval->setVisible(!outlook.asRecorded());
    m_interval->showValue(outlook.changeInterval(group));
    m_interval->setLabel(group ? tr("A key of %1 changes every").arg(selectionText(m_presenter))
                               : tr("A key changes every"));
    m_ownInterval->setVisible(!outlook.asRecorded() && group && outlook.hasOwnInterval(*group));
    m_rule->setCurrentIndex(m_rule->findData(static_cast<int>(study.rule)));
    m_boundary->setCurrentIndex(m_boundary->findData(static_cast<int>(study.boundary)));
    if (!m_separator->hasFocus()) {
        m_separator->setText(study.source.separator);
    }
    m_loading = false;
}

void WishesPanel::apply() {
    if (m_loading) {
        return;
    }
    TuneWishes wishes = m_presenter.wishes();
    wishes.goal = static_cast<TuneGoal>(m_goal->currentData().toInt());
    wishes.staleShare = m_stale->value();
    wishes.originCalls = m_calls->value();
    wishes.load = m_load->value();
    wishes.callPrice = m_callPrice->value();
    wishes.gigabyteHourPrice = m_memoryPrice->value();
    wishes.stalePrice = m_stalePrice->value();
    wishes.waitPrice = m_waitPrice->value();
    m_presenter.setWishes(wishes);
    load();
}

}  // namespace cachescope::ui
