// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QString>
#include <QWidget>

namespace cachescope::ui {

/// A line of figures, each under its name, at equal distances; what finds no room is left out from
/// the end and stands in the tooltip. GUI thread.
class FigureStrip : public QWidget {
    Q_OBJECT

public:
    struct Figure {
        QString name;
        QString value;
        QColor colour;  ///< of the value; invalid: the text's
    };

    explicit FigureStrip(QWidget* parent = nullptr);

    void setFigures(const QList<Figure>& figures);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QList<Figure> m_figures;
};

}  // namespace cachescope::ui
