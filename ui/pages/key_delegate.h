// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QStyledItemDelegate>

namespace cachescope::ui {

/// A cell of the table of keys: names in the fixed face, cut in the middle, numbers that keep their
/// digits in place, what never expires or has expired in its colour, and what is gone dimmed and
/// struck out. GUI thread.
class KeyDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    static int rowHeight(const QFont& font);
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

private:
    // Asking for the family anew for each cell would take longer than painting it.
    mutable QFont m_base;
    mutable QFont m_mono;
};

}  // namespace cachescope::ui
