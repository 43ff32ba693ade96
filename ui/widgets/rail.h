// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QButtonGroup>
#include <QWidget>

#include "ui/theme/icons.h"

class QVBoxLayout;

namespace cachescope::ui {

/// The column of workspaces at the start of the window: an icon and a word each, one chosen, and
/// actions such as the settings at its foot. Arrow keys move between the items. GUI thread.
class Rail : public QWidget {
    Q_OBJECT

public:
    explicit Rail(QWidget* parent = nullptr);

    /// `id` is what chosen() reports; `shortcut` is shown in the tooltip. The first item added is
    /// the one chosen.
    void addItem(int id, IconName symbol, const QString& text, const QString& shortcut = {});
    /// A button at the foot that is not chosen but triggered.
    void addAction(int id, IconName symbol, const QString& text);

    int current() const { return m_items->checkedId(); }
    /// Does not emit.
    void setCurrent(int id);
    QAbstractButton* button(int id) const;

Q_SIGNALS:
    void chosen(int id);
    void triggered(int id);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVBoxLayout* m_layout;
    QButtonGroup* m_items;
    QButtonGroup* m_actions;
    int m_itemCount = 0;
};

}  // namespace cachescope::ui
