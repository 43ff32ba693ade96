// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
};

/// A title and one figure per lane with its recent course.
///
/// More than four lanes are shown in a smaller size. The figures stand still while their digits
/// change. Draws when told new rows. GUI thread.
class StatTile : public Card {
    Q_OBJECT

public:
    explicit StatTile(const QString& title, QWidget* parent = nullptr);

    /// Something short at the end of the title line: "lifetime 87.0 %".
    void setNote(const QString& note);
    void setRows(const QList<StatRow>& rows);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    bool isCompact() const { return m_rows.size() > 4; }
    qreal rowHeight() const;
    QFont figureFont() const;
    QString describe() const;

    QString m_name;
    QString m_note;
    QList<StatRow> m_rows;
    QTimer m_describe;
};

}  // namespace cachescope::ui
