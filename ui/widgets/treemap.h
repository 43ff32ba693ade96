// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QRectF>
#include <QString>
#include <QWidget>

namespace cachescope::ui {

/// Quantities as areas of one rectangle, as square as they can be, the largest first.
///
/// A click or Enter chooses an item, a second one goes into it; the arrow keys move to the next
/// item that way. Names are plain text, cut in the middle. Items without a value are left out. GUI
/// thread.
class Treemap : public QWidget {
    Q_OBJECT

public:
    struct Item {
        QString name;
        double value = 0;
        QString figure;      ///< the value as text
        QString detail;      ///< for the tooltip and for screen readers, besides name and figure
        double shade = 0.5;  ///< 0 to 1: how much of the accent it has
    };

    explicit Treemap(QWidget* parent = nullptr);

    /// Keeps the chosen item by its place; sorts by value, the largest first.
    void setItems(const QList<Item>& items);
    const QList<Item>& items() const { return m_items; }
    int chosen() const { return m_chosen; }
    /// Does not emit; -1: none.
    void setChosen(int item);

    /// Empty where the item has no area.
    QRectF itemRect(int item) const;
    int itemAt(const QPointF& point) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void itemChosen(int item);
    /// Chosen again: show what is inside.
    void itemEntered(int item);
    void menuRequested(int item, const QPoint& global);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void arrange();
    void paintItem(QPainter& painter, int item) const;
    void moveTo(int key);
    void choose(int item);
    QString describe(const Item& item) const;

    QList<Item> m_items;
    QList<QRectF> m_rects;
    int m_chosen = -1;
    int m_current = -1;  // of the keyboard
    int m_hovered = -1;
};

/// Rectangles inside `area`, in proportion to values that fall, as square as they can be: those of
/// one strip share its side, and a strip ends where one more would make its items longer.
QList<QRectF> squarified(const QList<double>& values, const QRectF& area);

}  // namespace cachescope::ui
