// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/redis_field.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/model/redis_assistant.h"
#include "ui/theme/icons.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

constexpr int kTypingPause = 350;

}  // namespace

RedisField::RedisField(RedisAssistant& assistant, QWidget* parent)
    : QWidget(parent),
      m_assistant(assistant),
      m_edit(new QLineEdit),
      m_status(makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true)),
      m_start(new QPushButton(icon(IconName::server), tr("Start a private Redis"))) {
    m_edit->setFont(monoFont(font()));
    m_edit->setPlaceholderText(QStringLiteral("redis://127.0.0.1:6379"));
    m_edit->setAccessibleName(tr("Address of the Redis server"));
    m_start->setToolTip(
        tr("A server of this program alone, in memory, gone when the program ends"));
    m_start->setVisible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::kTiny);
    layout->addWidget(m_edit);
    layout->addWidget(m_status);
    layout->addWidget(m_start, 0, Qt::AlignLeft);

    m_typing.setSingleShot(true);
    m_typing.setInterval(kTypingPause);
    connect(m_edit, &QLineEdit::textEdited, this, [this] { m_typing.start(); });
    connect(&m_typing, &QTimer::timeout, this, &RedisField::look);
    connect(m_edit, &QLineEdit::editingFinished, this, [this] {
        if (url() != m_settled) {
            m_settled = url();
            Q_EMIT urlChanged(m_settled);
        }
    });
    connect(&m_assistant, &RedisAssistant::probed, this, &RedisField::showAnswer);
    connect(m_start, &QPushButton::clicked, this, [this] {
        m_start->setEnabled(false);
        m_status->setText(tr("Starting a server…"));
        m_assistant.startPrivateServer();
    });
    connect(&m_assistant, &RedisAssistant::privateServerStarted, this,
            [this](const QString& privateUrl) {
                // Only the field whose button was pressed takes the server.
                if (!m_start->isEnabled()) {
                    m_start->setEnabled(true);
                    setUrl(privateUrl);
                    Q_EMIT urlChanged(privateUrl);
                }
            });
    connect(&m_assistant, &RedisAssistant::privateServerFailed, this,
            [this](const QString& sentence) {
                m_start->setEnabled(true);
                m_status->setText(sentence);
            });
}

QString RedisField::url() const {
    const QString text = m_edit->text().trimmed();
    return text.isEmpty() ? m_edit->placeholderText() : text;
}

void RedisField::setUrl(const QString& url) {
    m_settled = url;
    m_edit->setText(url);
    look();
}

void RedisField::look() {
    m_status->setText(tr("Looking for the server…"));
    m_assistant.probe(url());
}

void RedisField::showAnswer(const QString& asked, bool answers, const QString& sentence) {
    if (asked != url()) {
        return;
    }
    m_status->setText(sentence);
    m_status->setAccessibleDescription(sentence);
    m_start->setVisible(!answers && m_assistant.canStartPrivateServer());
}

}  // namespace cachescope::ui
