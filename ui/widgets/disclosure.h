// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace cachescope::ui {

/// Controls that are not needed yet, folded behind a line with a chevron. Closed at first; a short
/// summary then says what they are set to. GUI thread.
class Disclosure : public QWidget {
    Q_OBJECT

public:
    explicit Disclosure(const QString& title, QWidget* parent = nullptr);

    void addWidget(QWidget* widget);
    /// Shown while it is closed; empty: nothing.
    void setSummary(const QString& summary);
    bool isOpen() const { return m_open; }
    void setOpen(bool open);

private:
    bool m_open = false;
    QToolButton* m_button;
    QLabel* m_summary;
    QWidget* m_content;
    QVBoxLayout* m_layout;
};

}  // namespace cachescope::ui
