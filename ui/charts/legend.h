// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QString>
#include <QWidget>

namespace cachescope::ui {

/// One line that says which curve is what: a piece of it, and its name. Where there is
/// no room, "+2" stands for the last ones, and the tool tip has all names. GUI thread.
class Legend : public QWidget {
    Q_OBJECT

public:
    struct Item {
        QString name;
        QColor colour;
        QList<qreal> dashes;
    };

    explicit Legend(QWidget* parent = nullptr);

    void setItems(const QList<Item>& items);

    /// How many have room; what stands for the others is their number.
    qsizetype shownItems() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    qreal widthOf(const Item& item) const;
    qreal moreWidth(qsizetype items) const;
    static QString moreText(qsizetype items);

    QList<Item> m_items;
};

}  // namespace cachescope::ui
