// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QWidget>

class QPainter;

namespace cachescope::ui {

/// A line without axes: `values` evenly spread over `rect`, the smallest at its foot, the largest
/// at its head. Changes of less than a twentieth of the largest value stay small, so that noise
/// does not look like news. NaN breaks the line; a single value draws nothing.
void paintSparkline(QPainter& painter, const QRectF& rect, const QList<double>& values,
                    const QColor& colour, qreal width = 1.25);

/// The same as a widget. Draws only when told new values. GUI thread.
class Sparkline : public QWidget {
    Q_OBJECT

public:
    explicit Sparkline(QWidget* parent = nullptr);

    void setValues(const QList<double>& values);
    /// Invalid: the accent.
    void setColour(const QColor& colour);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QList<double> m_values;
    QColor m_colour;
};

}  // namespace cachescope::ui
