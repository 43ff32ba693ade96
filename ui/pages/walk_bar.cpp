// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/walk_bar.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>

#include "ui/model/error_text.h"
#include "ui/model/inspect_text.h"
#include "ui/model/keyspace_presenter.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

WalkBar::WalkBar(KeyspacePresenter& keyspace, QWidget* parent)
    : QWidget(parent),
      m_keyspace(keyspace),
      m_text(new ElidedLabel),
      m_progress(new QProgressBar),
      m_pause(new QPushButton),
      m_stop(new QPushButton(icon(IconName::close), tr("Stop"))),
      m_sample(new QPushButton(tr("Sample again"))),
      m_walk(new QPushButton(tr("Walk all keys"))) {
    m_text->setForegroundRole(QPalette::PlaceholderText);
    m_text->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_progress->setTextVisible(false);
    m_progress->setRange(0, 1000);
    m_progress->setFixedWidth(fontMetrics().averageCharWidth() * 16);
    m_progress->setAccessibleName(tr("How far the walk is"));
    m_stop->setToolTip(tr("What was read stays"));
    m_sample->setToolTip(tr("10,000 keys at random: a first picture within a moment"));
    m_walk->setToolTip(tr("Reads name, type, TTL and size of every key, so that all is exact"));
    auto* menu = new QMenu(m_walk);
    const auto add = [&](const QString& text, bool fast) {
        connect(menu->addAction(text), &QAction::triggered, this, [this, fast] {
            m_fast = fast;
            walk();
        });
    };
    add(tr("Gently: rests so that others are not slowed down"), false);
    add(tr("Fast: as quickly as the server answers"), true);
    menu->addSeparator();
    QAction* idle = menu->addAction(tr("Read idle times too: one more look-up a key"));
    idle->setCheckable(true);
    m_walk->setMenu(menu);
    for (QPushButton* button : {m_pause, m_stop, m_sample, m_walk}) {
        setButtonKind(button, ButtonKind::quiet);
    }
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_progress);
    layout->addWidget(m_pause);
    layout->addWidget(m_stop);
    layout->addWidget(m_sample);
    layout->addWidget(m_walk);
    connect(idle, &QAction::toggled, this, [this](bool on) { m_readsIdle = on; });
    connect(m_sample, &QPushButton::clicked, &m_keyspace, &KeyspacePresenter::sample);
    connect(m_stop, &QPushButton::clicked, &m_keyspace, &KeyspacePresenter::stopWalk);
    connect(m_pause, &QPushButton::clicked, this, &WalkBar::togglePause);
    connect(&m_keyspace, &KeyspacePresenter::walkChanged, this, &WalkBar::refresh);
    connect(&m_keyspace, &KeyspacePresenter::samplingChanged, this, &WalkBar::refresh);
    connect(&m_keyspace, &KeyspacePresenter::keyspaceChanged, this, &WalkBar::refresh);
    refresh();
}

void WalkBar::walk() {
    m_keyspace.startWalk(
        {m_fast ? inspect::WalkPace::Mode::fast : inspect::WalkPace::Mode::gentle, m_readsIdle});
}

void WalkBar::togglePause() {
    const auto& walk = m_keyspace.walk();
    if (walk && walk->state == inspect::WalkProgress::State::paused) {
        m_keyspace.resumeWalk();
    } else {
        m_keyspace.pauseWalk();
    }
}

void WalkBar::refresh() {
    const auto& walk = m_keyspace.walk();
    const bool walking = m_keyspace.isWalking();
    const bool paused = walk && walk->state == inspect::WalkProgress::State::paused;
    m_progress->setVisible(walking);
    m_pause->setVisible(walking);
    m_stop->setVisible(walking);
    m_sample->setVisible(!walking);
    m_sample->setEnabled(!m_keyspace.isSampling());
    m_walk->setVisible(!walking);
    if (walk) {
        m_progress->setValue(static_cast<int>(walk->fraction * 1000));
    }
    m_pause->setText(paused ? tr("Resume") : tr("Pause"));
    m_pause->setIcon(icon(paused ? IconName::play : IconName::pause));
    if (m_keyspace.failure()) {
        m_text->setText(ErrorText(*m_keyspace.failure()).oneLine());
    } else if (walk) {
        m_text->setText(walkText(*walk));
    } else {
        m_text->setText(m_keyspace.isSampling() ? tr("Sampling…") : QString());
    }
}

}  // namespace cachescope::ui
