// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace cachescope::ui {

class ElidedLabel;

/// A panel: the panel's colour, a hairline, round corners, and optionally a header line with a
/// bold title, a grey subtitle and widgets at its end. Titles are plain text.
///
/// Put the content into body(). Follows the theme. GUI thread.
class Card : public QFrame {
    Q_OBJECT

public:
    explicit Card(QWidget* parent = nullptr);

    /// Makes the header the first time. An empty subtitle takes no room.
    void setTitle(const QString& title, const QString& subtitle = {});
    QString title() const;
    QString subtitle() const;

    /// The end of the header line; only after setTitle().
    QHBoxLayout* header() const { return m_header; }
    QVBoxLayout* body() const { return m_body; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVBoxLayout* m_body;
    QHBoxLayout* m_header = nullptr;
    QLabel* m_title = nullptr;
    ElidedLabel* m_subtitle = nullptr;
};

}  // namespace cachescope::ui
