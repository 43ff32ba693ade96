// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QTimer>

#include "ui/widgets/card.h"

namespace cachescope::ui {

/// One row of a StatTile.
struct StatRow {
    int lane = 0;           ///< from 0; decides the colour of the square and the line
    QString name;           ///< of the lane, for screen readers and the tooltip
    QString figure;         ///< with its unit; empty: an em dash
    QList<double> history;  ///< oldest first
    QColor colour{};        ///< valid: of the line instead, and there is no square
};

/// A title and one figure per lane with its recent course.
///
/// More than four lanes are shown in a smaller size. The figures stand still while their digits
/// change. Draws when told new rows. One that is choosable is one of several, such as the figures
/// that a chart can show. GUI thread.
class StatTile : public Card {
    Q_OBJECT

public:
    explicit StatTile(const QString& title, QWidget* parent = nullptr);

    /// Something short at the end of the title line: "lifetime 87.0 %".
    void setNote(const QString& note);
    void setRows(const QList<StatRow>& rows);
    void setChoosable();
    void setChosen(bool isChosen);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// By a click, the space bar or Enter.
    void chosen();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    bool isCompact() const { return m_rows.size() > 4; }
    qreal rowHeight() const;
    QFont figureFont() const;
    QString describe() const;

    QString m_name;
    QString m_note;
    QList<StatRow> m_rows;
    bool m_choosable = false;
    bool m_chosen = false;
    QTimer m_describe;
};

}  // namespace cachescope::ui
