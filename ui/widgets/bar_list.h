// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QString>
#include <QWidget>

namespace cachescope::ui {

/// Quantities side by side: a name, a figure, a bar in proportion to the largest, and a line of
/// detail each. GUI thread.
class BarList : public QWidget {
    Q_OBJECT

public:
    struct Bar {
        QString name;
        QString figure;
        QString detail;
        double value = 0;
        QColor colour;
    };

    explicit BarList(QWidget* parent = nullptr);

    void setBars(const QList<Bar>& bars);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QList<Bar> m_bars;
};

}  // namespace cachescope::ui
