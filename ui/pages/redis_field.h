// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

#include "ui/pages/redis_services.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace cachescope::ui {

/// The address of a Redis, with its passwords as stars, a button that opens the connection dialog,
/// and a line below that says whether it answers; where none does and a server program is
/// installed, a button that starts a private one. GUI thread.
class RedisField : public QWidget {
    Q_OBJECT

public:
    explicit RedisField(RedisServices redis, QWidget* parent = nullptr);

    /// With its passwords, as far as they are known.
    QString url() const;
    /// Does not emit, unless the keychain turns out to know a password that is wanting; looks at
    /// once whether the server answers.
    void setUrl(const QString& url);
    /// Asks again whether the server answers.
    void look();

Q_SIGNALS:
    /// The person settled on another address.
    void urlChanged(const QString& url);

private:
    void display(const QString& url);
    void settle(const QString& url);
    void openDialog();
    void showAnswer(const QString& url, bool answers, const QString& sentence);

    RedisServices m_redis;
    QLineEdit* m_edit;
    QLabel* m_status;
    QPushButton* m_start;
    QTimer m_typing;
    QString m_settled;
};

}  // namespace cachescope::ui
