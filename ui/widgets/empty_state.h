// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/theme/icons.h"

class QPushButton;

namespace cachescope::ui {

/// What a place shows before there is anything in it: what it is for, and the first action. Texts
/// are plain. GUI thread.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    /// Without `action` there is no button.
    EmptyState(IconName symbol, const QString& title, const QString& sentence,
               const QString& action = {}, QWidget* parent = nullptr);

    QPushButton* button() const { return m_button; }

Q_SIGNALS:
    void actionRequested();

private:
    QPushButton* m_button = nullptr;
};

}  // namespace cachescope::ui
