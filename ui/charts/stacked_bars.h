// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QString>
#include <QWidget>
#include <functional>
#include <optional>

#include "ui/charts/axis_scale.h"

namespace cachescope::ui {

/// Quantities in equal spans of time ahead, a stack of parts each.
///
/// The time axis begins now and goes to the right. One stack may be named by a callout, and a
/// second set of quantities drawn as a line over the stacks. The value axis rescales in steps. The
/// pointer and the arrow keys read a stack out. Copy as picture and as CSV are in the context menu
/// and on the keys Ctrl+C and Ctrl+Shift+C. GUI thread.
class StackedBars : public QWidget {
    Q_OBJECT

public:
    struct Part {
        QString name;
        QColor colour;
        QList<double> values;  ///< of each span; the same number in all parts
    };
    struct Callout {
        qsizetype bar = 0;
        QString text;
        QString detail;
    };

    explicit StackedBars(const QString& name, QWidget* parent = nullptr);

    /// `seconds` is a span's length, `first` how much of the first one is over already, 0 to 1:
    /// the stacks stand so far to the left, and move with it.
    void setBars(const QList<Part>& parts, double seconds, double first);
    void setLine(const QList<double>& values, const QString& name);
    void setCallout(const std::optional<Callout>& callout);
    /// How a quantity is written, on the axis and in the read-out.
    void setValueFormat(std::function<QString(double)> format);
    void setEmptyText(const QString& text);

    qsizetype bars() const;
    double total(qsizetype bar) const;
    QString describe(qsizetype bar) const;
    QString csv() const;
    /// Where the span of a stack lies, as far as it is ahead; in the widget's coordinates.
    QRectF barRect(qsizetype bar) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

public Q_SLOTS:
    void copyPicture();
    void copyData();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    QRectF plot() const;
    void fit();
    void setCursorBar(std::optional<qsizetype> bar);
    QString spanText(qsizetype bar) const;
    void paintAxes(QPainter& painter, const QRectF& area) const;
    void paintBars(QPainter& painter, const QRectF& area) const;
    void paintCallout(QPainter& painter, const QRectF& area) const;
    qreal heightOf(double value, const QRectF& area) const;

    QString m_name;
    QString m_empty;
    QList<Part> m_parts;
    QList<double> m_line;
    QString m_lineName;
    double m_seconds = 60;
    double m_over = 0;
    std::optional<Callout> m_callout;
    std::optional<qsizetype> m_cursor;
    AxisScale m_scale;
    std::function<QString(double)> m_format;
};

}  // namespace cachescope::ui
