// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/inspect_toolbar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPushButton>

#include "ui/model/app_settings.h"
#include "ui/model/inspect_presenter.h"
#include "ui/model/inspect_text.h"
#include "ui/model/printable_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

// The light that says whether the cache answers; its colour is never the only sign of it.
class Light : public QWidget {
public:
    void setOutcome(std::optional<Outcome> outcome) {
        m_outcome = outcome;
        update();
    }
    QSize sizeHint() const override {
        const int side = fontMetrics().height() * 2 / 3;
        return {side, side};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Tokens& tokens = tokensFor(palette());
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QColor colour = m_outcome ? tokens.outcome(*m_outcome) : tokens.faint;
        const QRectF circle = QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5);
        painter.setPen(QPen(colour, 1.5));
        painter.setBrush(m_outcome ? QBrush(colour) : QBrush(Qt::NoBrush));
        painter.drawEllipse(circle);
    }

private:
    std::optional<Outcome> m_outcome;
};

}  // namespace

InspectToolbar::InspectToolbar(InspectPresenter& presenter, AppSettings& settings, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_settings(settings),
      m_light(new Light),
      m_name(new ElidedLabel({}, Qt::ElideMiddle)),
      m_environment(new QPushButton),
      m_facts(new ElidedLabel),
      m_cost(new ElidedLabel),
      m_lock(new QPushButton),
      m_capture(new QPushButton(icon(IconName::exportData), tr("Capture for Tune…"))),
      m_connect(new QPushButton(icon(IconName::server), tr("Connect…"))),
      m_disconnect(new QPushButton(icon(IconName::close), tr("Disconnect"))) {
    m_light->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_name->setFont(sized(font(), TypeSize::body, QFont::DemiBold));
    m_facts->setForegroundRole(QPalette::PlaceholderText);
    m_cost->setForegroundRole(QPalette::PlaceholderText);
    m_cost->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_capture->setToolTip(
        tr("Records what the server is asked for a while, as a trace for Tune and the Lab"));
    for (QPushButton* button : {m_lock, m_capture, m_connect, m_disconnect}) {
        setButtonKind(button, ButtonKind::quiet);
    }
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::kLarge, space::kSmall, space::kLarge, space::kSmall);
    layout->setSpacing(space::kSmall);
    layout->addWidget(m_light);
    layout->addWidget(m_name);
    layout->addWidget(m_environment);
    layout->addWidget(m_facts);
    layout->addWidget(m_cost, 1);
    layout->addSpacing(space::kSmall);
    layout->addWidget(m_lock);
    layout->addWidget(m_capture);
    layout->addWidget(m_connect);
    layout->addWidget(m_disconnect);
    makeEnvironments();
    connect(m_lock, &QPushButton::clicked, this, &InspectToolbar::lockRequested);
    connect(m_capture, &QPushButton::clicked, this, &InspectToolbar::captureRequested);
    connect(m_connect, &QPushButton::clicked, this, [this] {
        m_presenter.state() == InspectPresenter::State::disconnected ? Q_EMIT connectRequested()
                                                                     : Q_EMIT
                                                                       editRequested();
    });
    connect(m_disconnect, &QPushButton::clicked, &m_presenter,
            &InspectPresenter::disconnectFromCache);
    connect(&m_presenter, &InspectPresenter::stateChanged, this, &InspectToolbar::refresh);
    connect(&m_presenter, &InspectPresenter::lockChanged, this, &InspectToolbar::refresh);
    connect(&m_presenter.live(), &LiveBoard::advanced, this, &InspectToolbar::refresh);
    connect(&m_presenter, &InspectPresenter::stateChanged, this,
            &InspectToolbar::refreshEnvironment);
    refresh();
    refreshEnvironment();
}

void InspectToolbar::makeEnvironments() {
    m_environment->setAccessibleName(tr("What depends on it"));
    m_environment->setToolTip(
        tr("What depends on this cache: how carefully changes are confirmed"));
    setButtonKind(m_environment, ButtonKind::quiet);
    auto* menu = new QMenu(m_environment);
    for (const Environment each :
         {Environment::production, Environment::staging, Environment::development}) {
        connect(menu->addAction(environmentName(each)), &QAction::triggered, this, [this, each] {
            m_settings.setEnvironment(m_presenter.address(), each);
            refreshEnvironment();
        });
    }
    m_environment->setMenu(menu);
}

void InspectToolbar::refreshEnvironment() {
    const bool linked = m_presenter.link() != nullptr;
    m_environment->setVisible(linked);
    if (linked) {
        const Environment environment = m_settings.environment(m_presenter.address());
        m_environment->setText(environmentName(environment));
        m_environment->setIcon(environment == Environment::production
                                   ? icon(IconName::warning, IconTone::warning)
                                   : QIcon());
        m_presenter.changes().setEnvironment(environment);
    }
}

void InspectToolbar::refresh() {
    using State = InspectPresenter::State;
    const State state = m_presenter.state();
    const bool linked = m_presenter.link() != nullptr;
    const bool silent = linked && m_presenter.live().isSilent();
    const bool bad = state == State::failed || silent;
    const QString says = connectionText(m_presenter);
    auto* light = static_cast<Light*>(m_light);
    light->setOutcome(bad                                   ? std::optional{Outcome::error}
                      : linked && state == State::connected ? std::optional{Outcome::hit}
                                                            : std::nullopt);
    light->setToolTip(says);
    light->setAccessibleName(says);
    const bool any = state != State::disconnected;
    m_light->setVisible(any);
    m_name->setText(any ? printableText(m_presenter.name().toStdString()) : QString());
    m_facts->setText(!linked ? says
                     : bad || state == State::connecting
                         ? tr("%1 · %2").arg(says, serverText(*m_presenter.link()))
                         : serverText(*m_presenter.link()));
    m_cost->setWordings(costTexts(m_presenter));
    m_cost->setToolTip(
        QStringLiteral("<span>%1</span>").arg(costDetail(m_presenter).toHtmlEscaped()));
    const bool unlocked = m_presenter.isUnlocked();
    m_lock->setVisible(linked);
    m_lock->setIcon(icon(unlocked ? IconName::unlock : IconName::lock,
                         unlocked ? IconTone::warning : IconTone::text));
    m_lock->setText(unlocked ? tr("Changes unlocked") : tr("Read-only"));
    m_lock->setToolTip(unlocked ? tr("Make it read-only again")
                                : tr("Nothing can be changed. Unlock to remove keys or set TTLs."));
    m_capture->setVisible(linked);
    // A connection that failed is none: there is nothing to be ended, but something to correct.
    const bool tries = state == State::connecting;
    m_disconnect->setText(linked ? tr("Disconnect") : tr("Cancel"));
    m_disconnect->setVisible(linked || tries);
    m_connect->setText(any ? tr("Edit connection…") : tr("Connect…"));
    m_connect->setVisible(!linked && !tries);
}

}  // namespace cachescope::ui
