// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QToolButton;
class QVBoxLayout;

namespace cachescope::ui {

/// Controls that are not needed yet, folded behind a line with a chevron. Closed at first. GUI
/// thread.
class Disclosure : public QWidget {
    Q_OBJECT

public:
    explicit Disclosure(const QString& title, QWidget* parent = nullptr);

    void addWidget(QWidget* widget);
    bool isOpen() const;
    void setOpen(bool open);

private:
    QToolButton* m_button;
    QWidget* m_content;
    QVBoxLayout* m_layout;
};

}  // namespace cachescope::ui
