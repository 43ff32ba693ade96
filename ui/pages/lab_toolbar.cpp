// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/lab_toolbar.h"

#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <array>
#include <cmath>
#include <utility>

#include "ui/model/formats.h"
#include "ui/model/lab_presenter.h"
#include "ui/model/printable_text.h"
#include "ui/model/scenario_library.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

constexpr std::array kSpeeds{0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0, 300.0, 1000.0};

QString speedText(double speed) {
    return QStringLiteral("×") + formatNumber(speed);
}

QString themeTitle(ScenarioTheme theme) {
    switch (theme) {
        case ScenarioTheme::basics:
            break;
        case ScenarioTheme::freshness:
            return LabToolbar::tr("How long is it fresh?");
        case ScenarioTheme::refreshing:
            return LabToolbar::tr("Who loads, and when?");
        case ScenarioTheme::trouble:
            return LabToolbar::tr("When the origin or the backend fails");
        case ScenarioTheme::invalidation:
            return LabToolbar::tr("Invalidation");
    }
    return {};
}

}  // namespace

LabToolbar::LabToolbar(LabPresenter& presenter, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_run(new QPushButton),
      m_step(new QPushButton(icon(IconName::step), tr("Step"))),
      m_reset(new QPushButton(icon(IconName::reset), tr("Reset"))),
      m_speed(new QComboBox),
      m_time(makeLabel({}, TypeSize::body, TextTone::secondary)),
      m_behind(makeLabel({}, TypeSize::body, TextTone::secondary)),
      m_scenario(new QPushButton) {
    setButtonKind(m_run, ButtonKind::primary);
    m_step->setToolTip(tr("Advance by one sample (S)"));
    m_reset->setToolTip(tr("Start again from the beginning, with everything as it is set now"));
    for (const double speed : kSpeeds) {
        m_speed->addItem(tr("speed %1").arg(speedText(speed)), speed);
    }
    m_speed->setCurrentIndex(3);
    m_speed->setAccessibleName(tr("Speed of the run"));
    m_time->setAccessibleName(tr("Time of the run"));
    setButtonKind(m_scenario, ButtonKind::quiet);
    // The chevron stands behind the name, which only the other direction of layout gives.
    m_scenario->setIcon(icon(IconName::chevronDown, IconTone::secondary));
    m_scenario->setLayoutDirection(isRightToLeft() ? Qt::LeftToRight : Qt::RightToLeft);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    m_scenario->setFont(bold);
    fillScenarioMenu();
    auto* save = new QPushButton(icon(IconName::save), tr("Save…"));
    setButtonKind(save, ButtonKind::quiet);
    save->setToolTip(tr("Save lanes, requests and origin as a scenario file (Ctrl+S)"));
    auto* exporting = new QPushButton(icon(IconName::exportData), tr("Export…"));
    setButtonKind(exporting, ButtonKind::quiet);
    exporting->setToolTip(tr("Write the figures over time as CSV, or the charts as a picture"));

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::kLarge, space::kSmall, space::kLarge, space::kSmall);
    layout->setSpacing(space::kSmall);
    layout->addWidget(m_run);
    layout->addWidget(m_step);
    layout->addWidget(m_reset);
    layout->addWidget(m_speed);
    layout->addSpacing(space::kSmall);
    layout->addWidget(m_time);
    layout->addWidget(m_behind);
    layout->addStretch(1);
    layout->addWidget(m_scenario);
    layout->addStretch(1);
    layout->addWidget(save);
    layout->addWidget(exporting);

    connect(m_run, &QPushButton::clicked, &m_presenter, &LabPresenter::toggle);
    connect(m_step, &QPushButton::clicked, &m_presenter, &LabPresenter::step);
    connect(m_reset, &QPushButton::clicked, &m_presenter, &LabPresenter::reset);
    connect(m_speed, &QComboBox::activated, this,
            [this](int index) { m_presenter.setSpeed(m_speed->itemData(index).toDouble()); });
    connect(save, &QPushButton::clicked, this, &LabToolbar::saveRequested);
    connect(exporting, &QPushButton::clicked, this, &LabToolbar::exportRequested);
    connect(&m_presenter, &LabPresenter::phaseChanged, this, &LabToolbar::updatePhase);
    connect(&m_presenter, &LabPresenter::advanced, this, &LabToolbar::updateTime);
    connect(&m_presenter, &LabPresenter::opened, this, &LabToolbar::updateScenario);

    auto* space = new QShortcut(Qt::CTRL | Qt::Key_Space, this);
    connect(space, &QShortcut::activated, &m_presenter, &LabPresenter::toggle);
    auto* step = new QShortcut(Qt::CTRL | Qt::Key_Right, this);
    connect(step, &QShortcut::activated, &m_presenter, &LabPresenter::step);
    m_step->setToolTip(tr("Advance by one sample (Ctrl+Right)"));
    updatePhase();
}

void LabToolbar::fillScenarioMenu() {
    auto* menu = new QMenu(m_scenario);
    menu->setToolTipsVisible(true);
    // The button's is turned round to have its arrow behind the text.
    menu->setLayoutDirection(QGuiApplication::layoutDirection());
    // What a newcomer should meet first, and then a submenu a question.
    QMenu* themeMenu = menu;
    auto theme = ScenarioTheme::basics;
    for (const ScenarioEntry& entry : ScenarioLibrary::entries()) {
        if (std::exchange(theme, entry.theme) != entry.theme) {
            if (themeMenu == menu) {
                menu->addSeparator();
            }
            themeMenu = menu->addMenu(themeTitle(entry.theme));
            themeMenu->setToolTipsVisible(true);
        }
        QAction* action = themeMenu->addAction(entry.name);
        action->setToolTip(entry.description);
        connect(action, &QAction::triggered, this,
                [this, id = entry.id] { Q_EMIT scenarioChosen(id); });
    }
    menu->addSeparator();
    QAction* open = menu->addAction(icon(IconName::open), tr("Open a scenario file…"));
    open->setShortcut(QKeySequence::Open);
    connect(open, &QAction::triggered, this, &LabToolbar::openRequested);
    QAction* save = menu->addAction(icon(IconName::save), tr("Save as a scenario file…"));
    save->setShortcut(QKeySequence::Save);
    connect(save, &QAction::triggered, this, &LabToolbar::saveRequested);
    // The shortcuts work while the menu is closed, too.
    addActions({open, save});
    connect(m_scenario, &QPushButton::clicked, menu, [this, menu] {
        menu->popup(m_scenario->mapToGlobal(m_scenario->rect().bottomLeft()));
    });
}

void LabToolbar::updateScenario() {
    const QString name = printableText(m_presenter.openedScenario().name);
    // An ampersand is a letter here, not a mnemonic.
    m_scenario->setText(QString(name).replace(QLatin1Char('&'), QStringLiteral("&&")));
    m_scenario->setToolTip(printableText(m_presenter.openedScenario().description));
    m_scenario->setAccessibleName(tr("Scenario: %1").arg(name));
}

void LabToolbar::updatePhase() {
    const bool running = m_presenter.running();
    m_run->setText(running ? tr("Pause") : tr("Run"));
    m_run->setIcon(icon(running ? IconName::pause : IconName::play, IconTone::onAccent));
    m_run->setToolTip(running ? tr("Pause (Ctrl+Space)") : tr("Run (Ctrl+Space)"));
    const bool ready = m_presenter.state().phase != sim::RunPhase::failed;
    m_run->setEnabled(ready);
    m_step->setEnabled(ready && !running);
    for (int i = 0; i < m_speed->count(); ++i) {
        if (m_speed->itemData(i).toDouble() == m_presenter.speed()) {
            m_speed->setCurrentIndex(i);
        }
    }
}

void LabToolbar::updateTime() {
    const sim::LiveState& state = m_presenter.state();
    m_time->setText(
        formatElapsed(static_cast<double>(state.time.time_since_epoch().count()) / 1e9));
    const bool behind = m_presenter.running() && state.reachedSpeed < 0.9 * state.speed;
    m_behind->setText(behind ? tr("as fast as it can: %1").arg(speedText(state.reachedSpeed))
                             : QString());
    m_behind->setToolTip(
        behind ? tr("This machine cannot simulate that fast. No request is left out; time goes "
                    "more slowly instead.")
               : QString());
}

}  // namespace cachescope::ui
