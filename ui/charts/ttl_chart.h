// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <functional>
#include <optional>

#include "ui/charts/ttl_curves.h"
#include "ui/widgets/card.h"

class QLabel;

namespace cachescope::ui {

class Legend;
class TtlCanvas;

/// A panel with curves over TTLs and a marker that is dragged along them.
///
/// The axis of TTLs is logarithmic. Values are shares from 0 to 1, on the left axis up to 100 %, on
/// the right one as far as they go. What is read at the marker stands beside it while the pointer
/// is over the chart, and in the accessible description. With the focus, the arrow keys move the
/// marker. Copy as picture and as CSV are in the context menu and on the keys Ctrl+C and
/// Ctrl+Shift+C. GUI thread.
class TtlChart : public Card {
    Q_OBJECT

public:
    explicit TtlChart(const QString& title, QWidget* parent = nullptr);

    /// Whether the curves are exact, or how far off they may be: "exact", "sampled ± 0.3 %".
    void setBadge(const QString& text);

    void setAxis(double shortest, double longest);
    /// TTLs in seconds, rising; replaces all curves.
    void setCurves(const QList<double>& ttls, const QList<TtlCurveLine>& lines);
    void setPoints(const QList<TtlPoint>& points);
    /// Shades what is longer; nothing: all is allowed.
    void setLimit(std::optional<double> ttl, const QString& label = {});

    /// Held inside the axis; does not emit.
    void setMarker(double ttl);
    double marker() const { return m_marker; }
    /// How a value is written, by the number of its curve; the default is per cent.
    void setValueFormat(std::function<QString(qsizetype curve, double value)> format);

    /// A curve's value at a TTL: of the greatest TTL of the list that is not longer, because a
    /// curve of counts is a step function; NaN before the first.
    double valueAt(qsizetype curve, double ttl) const;
    QString readoutText() const;
    QString csv() const;
    /// The widget with the plot, and where a point lies in it.
    QWidget* plot() const;
    QPointF pixelOf(double ttl, double value, bool right = false) const;

public Q_SLOTS:
    void copyPicture();
    void copyData();

Q_SIGNALS:
    /// The person moved the marker, while it moves.
    void markerMoved(double ttl);

protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void moveMarker(double ttl);
    void showMarker();
    QString formatted(qsizetype curve, double value) const;

    TtlCanvas* m_canvas;
    QLabel* m_badge;
    Legend* m_legend;
    QList<double> m_ttls;
    QList<TtlCurveLine> m_lines;
    double m_marker = 60;
    std::function<QString(qsizetype, double)> m_format;
};

}  // namespace cachescope::ui
