// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace cachescope::ui {

class TunePresenter;

/// Draws a namespace as a card: its name and share, its TTL, its own small curves of hits and stale
/// answers with a handle at the TTL, and three figures. The TTL is edited in place. GUI thread.
class NamespaceDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit NamespaceDelegate(TunePresenter& presenter, QObject* parent = nullptr);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const override;
    void setEditorData(QWidget* editor, const QModelIndex& index) const override;
    void setModelData(QWidget* editor, QAbstractItemModel* model,
                      const QModelIndex& index) const override;
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const override;

    /// Where the curves and the TTL of a card stand.
    QRectF curveRect(const QRect& card, const QFont& font) const;
    QRect valueRect(const QRect& card, const QFont& font) const;
    /// The TTL at a place across the curves, in seconds.
    double ttlAt(const QRectF& curve, qreal x) const;

private:
    void paintCurves(QPainter& painter, const QRectF& rect, const QModelIndex& index,
                     const QPalette& palette) const;
    void paintFigures(QPainter& painter, const QRectF& rect, const QModelIndex& index,
                      const QFont& font, const QPalette& palette) const;

    TunePresenter& m_presenter;
};

}  // namespace cachescope::ui
