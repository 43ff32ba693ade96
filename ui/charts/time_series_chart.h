// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QPointF>
#include <QTimer>
#include <functional>
#include <optional>

#include "ui/charts/axis_scale.h"
#include "ui/charts/chart_series.h"
#include "ui/widgets/card.h"

class QLabel;
class QStackedLayout;

namespace cachescope::ui {

class ChartCanvas;

/// A panel with curves over the last seconds, minutes or hours.
///
/// The time axis is fixed, "seconds ago"; the data move. Set points as often as you like and call
/// refresh() once per frame: nothing is drawn before. The value axis rescales in steps
/// (AxisScale). NaN values and pauses longer than setGap() leave a gap, never a bridge. The
/// crosshair is shared by connecting cursorMoved() of each chart to setCursor() of all of them.
/// Copy as picture and as CSV, and the table twin, are in the context menu and on the keys Ctrl+C,
/// Ctrl+Shift+C and T; with the focus, the arrow keys move the cursor. GUI thread.
class TimeSeriesChart : public Card {
    Q_OBJECT

public:
    explicit TimeSeriesChart(const QString& title, const QString& subtitle = {},
                             QWidget* parent = nullptr);

    /// `unit` of a linear axis, "/s" for rates; the other kinds bring theirs.
    void setValueAxis(ValueAxisKind kind, const QString& unit = {});
    /// How a value is written in the read-out and the table; the default fits the axis.
    void setValueFormat(std::function<QString(double)> format);

    /// Replaces all series and forgets their points.
    void setSeries(const QList<ChartSeries>& series);
    const QList<ChartSeries>& series() const { return m_series; }
    /// x in seconds relative to now (0 or less), ascending; y in the unit of the axis: seconds on a
    /// time axis, 0 to 1 on a percent axis. Up to a few thousand points; they are thinned to the
    /// columns of the screen. An index that does not exist is ignored.
    void setPoints(qsizetype series, const QList<QPointF>& points);
    void setMarks(const QList<ChartMark>& marks);

    /// The width of the time axis in seconds, more than 0.
    void setWindow(double seconds);
    /// Where "now" lies on the caller's own time line, in seconds. Optional: dashes then travel
    /// with the data instead of crawling along it.
    void setNow(double seconds);
    /// The longest pause in seconds that is still drawn as a line; 0: any.
    void setGap(double seconds);
    /// Shown instead of the axes as long as there is no point to draw.
    void setEmptyText(const QString& text);

    /// Draws what was set since the last time.
    void refresh();

    std::optional<double> cursor() const { return m_cursor; }
    /// The last value at or nearest to a moment; NaN where there is none.
    double valueAt(qsizetype series, double secondsAgo) const;
    QString readoutText() const;
    QString csv() const;

    /// The widget with the plot, and where a point lies in it, in its pixels.
    QWidget* plot() const;
    QPointF pixelOf(double secondsAgo, double value) const;
    /// How many separate strokes a series is drawn with; gaps and dashes add some.
    qsizetype strokeCount(qsizetype series) const;

public Q_SLOTS:
    void setCursor(std::optional<double> secondsAgo);
    void copyPicture();
    void copyData();
    void showTable();

Q_SIGNALS:
    /// The pointer or the arrow keys moved the cursor, or left the chart.
    void cursorMoved(std::optional<double> secondsAgo);

protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void addActions();
    void applyStyles();
    void updateReadout();
    void updateAccessibleDescription();
    bool hasPoints() const;
    QList<ChartColumn> columns() const;
    QString formatted(double value) const;

    ChartCanvas* m_canvas;
    QLabel* m_readout;
    QLabel* m_empty;
    QStackedLayout* m_plot;
    QList<ChartSeries> m_series;
    QList<QList<QPointF>> m_points;
    QList<ChartMark> m_marks;
    AxisScale m_scale;
    QString m_unit;
    std::function<QString(double)> m_format;
    std::optional<double> m_cursor;
    double m_window = 60;
    double m_gap = 0;
    QTimer m_describe;
};

}  // namespace cachescope::ui
