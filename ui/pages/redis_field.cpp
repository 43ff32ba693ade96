// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/redis_field.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/dialogs/connection_dialog.h"
#include "ui/model/connection_book.h"
#include "ui/model/redis_assistant.h"
#include "ui/theme/icons.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

constexpr int kTypingPause = 350;
const QString kStars = QStringLiteral("***");

// What is no Redis address is shown as it is.
QString shown(const QString& url) {
    const auto draft = ConnectionDraft::fromUrl(url);
    return draft && draft->hasSecrets() ? draft->url(ConnectionDraft::Secrets::starred) : url;
}

}  // namespace

RedisField::RedisField(RedisServices redis, QWidget* parent)
    : QWidget(parent),
      m_redis(redis),
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
    auto* open = new QToolButton;
    open->setIcon(icon(IconName::edit));
    open->setToolTip(tr("Connect: fill in, test and save"));
    open->setAccessibleName(tr("Connect to Redis"));
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kTiny);
    row->addWidget(m_edit, 1);
    row->addWidget(open);
    layout->addLayout(row);
    layout->addWidget(m_status);
    layout->addWidget(m_start, 0, Qt::AlignLeft);

    m_typing.setSingleShot(true);
    m_typing.setInterval(kTypingPause);
    connect(m_edit, &QLineEdit::textEdited, this, [this] { m_typing.start(); });
    connect(&m_typing, &QTimer::timeout, this, &RedisField::look);
    connect(m_edit, &QLineEdit::editingFinished, this, [this] {
        if (url() != m_settled) {
            settle(url());
        }
    });
    connect(open, &QToolButton::clicked, this, &RedisField::openDialog);
    connect(&m_redis.assistant, &RedisAssistant::probed, this, &RedisField::showAnswer);
    connect(m_start, &QPushButton::clicked, this, [this] {
        m_start->setEnabled(false);
        m_status->setText(tr("Starting a server…"));
        m_redis.assistant.startPrivateServer();
    });
    connect(&m_redis.assistant, &RedisAssistant::privateServerStarted, this,
            [this](const QString& privateUrl) {
                // Only the field whose button was pressed takes the server.
                if (!m_start->isEnabled()) {
                    m_start->setEnabled(true);
                    setUrl(privateUrl);
                    Q_EMIT urlChanged(privateUrl);
                }
            });
    connect(&m_redis.assistant, &RedisAssistant::privateServerFailed, this,
            [this](const QString& sentence) {
                m_start->setEnabled(true);
                m_status->setText(sentence);
            });
}

QString RedisField::url() const {
    QString text = m_edit->text().trimmed();
    if (text.isEmpty()) {
        return m_edit->placeholderText();
    }
    if (!m_settled.isEmpty() && text == shown(m_settled)) {
        return m_settled;
    }
    auto typed = ConnectionDraft::fromUrl(text);
    if (!typed) {
        return text;
    }
    // Stars that were left standing are the password that they stood for.
    if (const auto settled = ConnectionDraft::fromUrl(m_settled)) {
        if (typed->password == kStars) {
            typed->password = settled->password;
        }
        if (typed->sentinelPassword == kStars) {
            typed->sentinelPassword = settled->sentinelPassword;
        }
    }
    return m_redis.connections.completed(typed->hasSecrets() ? typed->url() : text);
}

void RedisField::display(const QString& url) {
    m_settled = url;
    m_edit->setText(shown(url));
    m_edit->setCursorPosition(0);
}

void RedisField::settle(const QString& url) {
    if (const auto draft = ConnectionDraft::fromUrl(url)) {
        m_redis.connections.remember(*draft);
    }
    display(url);
    Q_EMIT urlChanged(url);
}

void RedisField::setUrl(const QString& url) {
    display(url);
    look();
    m_redis.connections.complete(url, this, [this, url](const QString& full) {
        if (full != url && m_settled == url) {
            settle(full);
            look();
        }
    });
}

void RedisField::openDialog() {
    auto* dialog = new ConnectionDialog(m_redis.connections, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setUrl(url());
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        settle(dialog->url());
        look();
    });
    dialog->open();
}

void RedisField::look() {
    m_status->setText(tr("Looking for the server…"));
    m_redis.assistant.probe(url());
}

void RedisField::showAnswer(const QString& asked, bool answers, const QString& sentence) {
    if (asked != url()) {
        return;
    }
    m_status->setText(sentence);
    m_status->setAccessibleDescription(sentence);
    m_start->setVisible(!answers && m_redis.assistant.canStartPrivateServer());
}

}  // namespace cachescope::ui
