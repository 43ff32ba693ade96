// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/charts/ttl_curves.h"

namespace cachescope::ui {

class FigureStrip;
class TtlChart;
class TunePresenter;

/// The middle of Tune: what every TTL would have done to the chosen keys, with a marker to drag,
/// and below it the figures at the marker. GUI thread.
class CurvePanel : public QWidget {
    Q_OBJECT

public:
    explicit CurvePanel(TunePresenter& presenter, QWidget* parent = nullptr);

    /// What was measured in the Lab, to stand beside what is predicted here.
    void setMeasured(const QList<TtlPoint>& points);
    TtlChart* chart() const { return m_chart; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void refreshCurves();
    void refreshMarker();
    TtlCurveLine bandLine(const QList<double>& ttls) const;
    QString formatted(qsizetype curve, double value) const;

    TunePresenter& m_presenter;
    TtlChart* m_chart;
    FigureStrip* m_figures;
};

}  // namespace cachescope::ui
