// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/undo_bar.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <algorithm>

#include "ui/model/change_presenter.h"
#include "ui/model/change_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/style_paint.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

constexpr int kSteps = 1000;
constexpr int kProgressLetters = 20;

}  // namespace

UndoBar::UndoBar(ChangePresenter& changes, QWidget* parent)
    : QWidget(parent),
      m_changes(changes),
      m_text(makeLabel({}, TypeSize::body, TextTone::primary, QFont::Normal, true)),
      m_progress(new QProgressBar),
      m_undo(new QPushButton(tr("Undo"))),
      m_stop(new QPushButton(tr("Stop"))),
      m_dismiss(new QToolButton) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::kLarge, space::kTiny, space::kLarge, space::kTiny);
    layout->setSpacing(space::kSmall);
    layout->addWidget(m_text, 1);
    for (QWidget* part : std::initializer_list<QWidget*>{m_progress, m_undo, m_stop, m_dismiss}) {
        layout->addWidget(part);
    }
    for (QPushButton* button : {m_undo, m_stop}) {
        setButtonKind(button, ButtonKind::link);
    }
    m_progress->setTextVisible(false);
    m_progress->setRange(0, kSteps);
    m_progress->setFixedWidth(fontMetrics().averageCharWidth() * kProgressLetters);
    m_progress->setAccessibleName(tr("How far it is undone"));
    m_dismiss->setIcon(icon(IconName::close, IconTone::secondary));
    m_dismiss->setAccessibleName(tr("Dismiss"));
    m_dismiss->setToolTip(tr("Dismiss"));
    m_dismiss->setAutoRaise(true);
    // What is below it does not move when the buttons go.
    m_text->setMinimumHeight(std::max(m_undo->sizeHint().height(), m_dismiss->sizeHint().height()));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    connect(m_undo, &QPushButton::clicked, this, &UndoBar::undoRequested);
    connect(m_stop, &QPushButton::clicked, &m_changes, &ChangePresenter::stop);
    connect(m_dismiss, &QToolButton::clicked, &m_changes, &ChangePresenter::dropUndo);
    connect(&m_changes, &ChangePresenter::progressChanged, this, &UndoBar::refresh);
    connect(&m_changes, &ChangePresenter::ended, this, &UndoBar::refresh);
    hide();
}

void UndoBar::setHeld(bool held) {
    m_held = held;
    refresh();
}

void UndoBar::say(const QString& text) {
    if (m_text->text() != text) {
        m_text->setText(text);
        setAccessibleName(text);
        // Progress would be said ten times a second.
        if (!m_changes.running()) {
            QAccessibleEvent event(this, QAccessible::Alert);
            QAccessible::updateAccessibility(&event);
        }
    }
}

void UndoBar::refresh() {
    const auto offer = m_changes.undoOffer();
    const auto& progress = m_changes.progress();
    const bool undoing = m_changes.isUndo() && progress.has_value();
    const bool running = undoing && m_changes.running();
    const auto& lost = m_changes.lostUndo();
    if (m_held || (!offer && !undoing && !lost)) {
        hide();
        return;
    }
    m_progress->setVisible(running);
    m_stop->setVisible(running);
    m_undo->setVisible(!running && offer);
    m_dismiss->setVisible(!running);
    if (running) {
        const auto handled = static_cast<double>(progress->handled());
        const auto targets = static_cast<double>(std::max<quint64>(progress->targets, 1));
        m_progress->setValue(static_cast<int>(kSteps * handled / targets));
        say(tr("Bringing the former expiry back…"));
    } else if (undoing) {
        say(m_changes.resultText());
    } else {
        say(offer ? undoOfferText(*offer) : undoLostText(*lost));
    }
    show();
}

void UndoBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Tokens& tokens = tokensFor(palette());
    painter.fillRect(rect(), tokens.panel);
    painter.fillRect(QRect(0, height() - 1, width(), 1), tokens.line);
}

}  // namespace cachescope::ui
