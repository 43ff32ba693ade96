// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/value_panel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedLayout>
#include <QToolButton>

#include "ui/model/open_key.h"
#include "ui/model/readable_lines.h"
#include "ui/model/value_text.h"
#include "ui/pages/decoded_view.h"
#include "ui/pages/element_view.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/inline_message.h"
#include "ui/widgets/key_label.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/ttl_bar.h"

namespace cachescope::ui {

using Stage = OpenedValue::Stage;

namespace {

constexpr int kLettersSideBySide = 100;
constexpr std::size_t kNameBytes = 4096;  // that may be shown, in the tooltip

QToolButton* iconButton(IconName symbol, const QString& name) {
    auto* button = new QToolButton;
    button->setIcon(icon(symbol, IconTone::secondary));
    button->setAutoRaise(true);
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

}  // namespace

ValuePanel::ValuePanel(OpenKey& key, QWidget* parent)
    : Card(parent),
      m_key(key),
      m_stack(new QStackedLayout),
      m_name(new KeyLabel),
      m_refresh(iconButton(IconName::reset, tr("Read again"))),
      m_copy(iconButton(IconName::copy, tr("Copy key"))),
      m_summary(makeLabel({}, TypeSize::body, TextTone::secondary, QFont::Normal, true)),
      m_expiry(makeLabel({}, TypeSize::body, TextTone::secondary)),
      m_bar(new TtlBar),
      m_watching(makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true)),
      m_message(new InlineMessage),
      m_saved(new InlineMessage),
      m_factsLayout(new QBoxLayout(QBoxLayout::TopToBottom)),
      m_parts(new QWidget),
      m_partsLayout(new QBoxLayout(QBoxLayout::TopToBottom, m_parts)),
      m_elements(new ElementView(key)),
      m_decoded(new DecodedView(key)),
      m_ttl(new QPushButton(tr("Set TTL…"))),
      m_remove(new QPushButton(icon(IconName::trash), tr("Delete…"))) {
    setAccessibleName(tr("Value"));
    body()->addLayout(m_stack);
    m_stack->addWidget(
        new EmptyState(IconName::database, tr("Choose a key"), tr("What it holds is shown here.")));
    m_stack->addWidget(makeContent());
    connect(m_refresh, &QToolButton::clicked, &m_key, &OpenKey::refresh);
    connect(m_copy, &QToolButton::clicked, this, [this] {
        if (m_key.isOpen()) {
            QGuiApplication::clipboard()->setMimeData(exactMime(m_key.key()->name).release());
        }
    });
    connect(m_ttl, &QPushButton::clicked, this, [this] {
        if (m_key.isOpen()) {
            Q_EMIT ttlRequested(*m_key.key());
        }
    });
    connect(m_remove, &QPushButton::clicked, this, [this] {
        if (m_key.isOpen()) {
            Q_EMIT removeRequested(*m_key.key());
        }
    });
    connect(&m_key, &OpenKey::keyChanged, this, &ValuePanel::showKey);
    connect(&m_key, &OpenKey::valueChanged, this, &ValuePanel::refresh);
    connect(&m_key, &OpenKey::watchingChanged, this, &ValuePanel::showWatching);
    connect(&m_key, &OpenKey::saved, this, [this](const QString& path, const QString& failure) {
        failure.isEmpty()
            ? m_saved->showMessage(InlineMessage::Kind::info, tr("Saved as %1").arg(path))
            : m_saved->showMessage(InlineMessage::Kind::error, failure);
    });
    showKey();
    refresh();
}

QWidget* ValuePanel::makeContent() {
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::kSmall);
    auto* head = new QHBoxLayout;
    head->setSpacing(0);
    head->addWidget(m_name, 1);
    head->addSpacing(space::kTiny);
    head->addWidget(m_refresh, 0, Qt::AlignTop);
    head->addWidget(m_copy, 0, Qt::AlignTop);
    m_partsLayout->setContentsMargins(0, 0, 0, 0);
    m_partsLayout->setSpacing(space::kSmall);
    m_partsLayout->addWidget(m_elements, 3);
    m_partsLayout->addWidget(m_decoded, 2);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::kSmall);
    buttons->addWidget(m_ttl);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    m_factsLayout->setContentsMargins(0, 0, 0, 0);
    for (QWidget* fact : std::initializer_list<QWidget*>{m_summary, m_expiry, m_watching}) {
        m_factsLayout->addWidget(fact);
    }
    m_factsLayout->setStretchFactor(m_watching, 1);
    layout->addLayout(head);
    layout->addLayout(m_factsLayout);
    layout->addWidget(m_bar);
    layout->addWidget(m_message);
    layout->addWidget(m_saved);
    layout->addWidget(m_parts, 1);
    layout->addStretch(0);
    layout->addLayout(buttons);
    return content;
}

void ValuePanel::refreshTick() {
    m_key.tick();
    m_elements->tick();
    showTime();
}

void ValuePanel::showKey() {
    m_stack->setCurrentIndex(m_key.isOpen() ? 1 : 0);
    m_name->setText(m_key.isOpen() ? DecodedTexts::shortened(m_key.key()->name, kNameBytes)
                                   : QString());
    m_saved->hide();
    showWatching();
}

void ValuePanel::refresh() {
    const OpenedValue& value = m_key.value();
    const bool isPresent = value.stage == Stage::present;
    const QString notice = ValueTexts::notice(value);
    if (notice.isEmpty()) {
        m_message->hide();
    } else if (m_message->isHidden() || m_message->text() != notice) {
        const auto kind = value.stage == Stage::failed ? InlineMessage::Kind::error
                          : value.failure              ? InlineMessage::Kind::warning
                                                       : InlineMessage::Kind::info;
        m_message->showMessage(kind, notice, {}, false);
    }
    m_elements->setVisible(isPresent && m_elements->hasContent());
    m_decoded->setVisible(isPresent && (value.bytes != nullptr || !value.rows.empty()));
    m_parts->setVisible(!m_elements->isHidden() || !m_decoded->isHidden());
    m_ttl->setEnabled(isPresent);
    m_remove->setEnabled(isPresent);
    showTime();
    showWatching();
}

void ValuePanel::showTime() {
    const OpenedValue& value = m_key.value();
    const bool isPresent = value.stage == Stage::present;
    m_summary->setText(isPresent                       ? ValueTexts::summary(value)
                       : value.stage == Stage::reading ? tr("Reading…")
                                                       : QString());
    m_summary->setVisible(!m_summary->text().isEmpty());
    // On a line of its own: what counts down must not wrap differently each second.
    m_expiry->setText(isPresent ? ValueTexts::expiry(m_key.remaining()) : QString());
    m_expiry->setVisible(isPresent);
    m_bar->setShare(m_key.remainingShare());
    m_bar->setVisible(m_key.remaining().has_value());
}

void ValuePanel::showWatching() {
    const QString sentence = ValueTexts::watching(m_key.watching(), m_key.watchFailure());
    m_watching->setText(sentence);
    m_watching->setVisible(!sentence.isEmpty());
}

void ValuePanel::resizeEvent(QResizeEvent* event) {
    Card::resizeEvent(event);
    arrange();
}

void ValuePanel::arrange() {
    const bool isWide = width() > fontMetrics().averageCharWidth() * kLettersSideBySide;
    m_partsLayout->setDirection(isWide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_partsLayout->setSpacing(isWide ? space::kLarge : space::kSmall);
    m_factsLayout->setDirection(isWide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_factsLayout->setSpacing(isWide ? space::kLarge : space::kTiny);
    m_summary->setWordWrap(!isWide);
    m_elements->setFitsRows(!isWide);
}

}  // namespace cachescope::ui
