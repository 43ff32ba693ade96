// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/value_field.h"

class QSlider;

namespace cachescope::ui {

/// A ValueField with a slider below it, linear or logarithmic as its range says.
///
/// valueChanged() comes while the handle moves, so that the effect is seen at once. The handle
/// stops at round values; the arrow keys go from one to the next, Page Up and Down five at a time.
/// The wheel moves it only while it has the focus, so that scrolling a page changes nothing. GUI
/// thread.
class ValueSlider : public ValueField {
    Q_OBJECT

public:
    ValueSlider(const QString& label, ValueFormat format, ValueRange range, double value,
                QWidget* parent = nullptr);

    void setValue(double value) override;
    void setRange(const ValueRange& range) override;
    QSlider* slider() const { return m_slider; }

private:
    void place(double value);
    void sliderMoved(int position);
    void stepBy(int steps);

    QSlider* m_slider;
    bool m_placing = false;
};

}  // namespace cachescope::ui
