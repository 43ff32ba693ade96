// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;

namespace cachescope::ui {

class RedisAssistant;

/// The address of a Redis server, with a line below that says whether it answers, and, where none
/// does and a server program is installed, a button that starts a private one. GUI thread.
class RedisField : public QWidget {
    Q_OBJECT

public:
    explicit RedisField(RedisAssistant& assistant, QWidget* parent = nullptr);

    QString url() const;
    /// Does not emit; looks at once whether the server answers.
    void setUrl(const QString& url);
    /// Asks again whether the server answers.
    void look();

Q_SIGNALS:
    /// The person settled on another address.
    void urlChanged(const QString& url);

private:
    void showAnswer(const QString& url, bool answers, const QString& sentence);

    RedisAssistant& m_assistant;
    QLineEdit* m_edit;
    QLabel* m_status;
    QPushButton* m_start;
    QTimer m_typing;
    QString m_settled;
};

}  // namespace cachescope::ui
