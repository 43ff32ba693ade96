// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/value_slider.h"

#include <QAccessible>
#include <QGridLayout>
#include <QScopedValueRollback>
#include <QSlider>
#include <QWheelEvent>
#include <cmath>
#include <cstdlib>

namespace cachescope::ui {

namespace {

constexpr int kPositions = 10'000;
constexpr int kPageSteps = 5;

/// Leaves the wheel to the page around it unless it has the focus.
class CalmSlider : public QSlider {
public:
    CalmSlider() : QSlider(Qt::Horizontal) { setFocusPolicy(Qt::StrongFocus); }

protected:
    void wheelEvent(QWheelEvent* event) override {
        if (hasFocus()) {
            QSlider::wheelEvent(event);
        } else {
            event->ignore();
        }
    }
};

}  // namespace

ValueSlider::ValueSlider(const QString& label, ValueFormat format, ValueRange range, double value,
                         QWidget* parent)
    : ValueField(label, std::move(format), std::move(range), value, parent),
      m_slider(new CalmSlider) {
    m_slider->setRange(0, kPositions);
    m_slider->setSingleStep(kPositions / 100);
    m_slider->setPageStep(kPositions / 20);
    m_slider->setAccessibleName(label);
    grid()->addWidget(m_slider, 1, 0, 1, 2);
    setTabOrder(box(), m_slider);
    place(box()->value());

    connect(box(), &ValueBox::valueChanged, this, &ValueSlider::place);
    connect(m_slider, &QSlider::valueChanged, this, &ValueSlider::sliderMoved);
    connect(m_slider, &QSlider::sliderReleased, this, [this] { place(box()->value()); });
    // The positions of a slider are even, the round values are not: steps are ours.
    connect(m_slider, &QSlider::actionTriggered, this, [this](int action) {
        switch (action) {
            case QSlider::SliderSingleStepAdd:
                return stepBy(1);
            case QSlider::SliderSingleStepSub:
                return stepBy(-1);
            case QSlider::SliderPageStepAdd:
                return stepBy(kPageSteps);
            case QSlider::SliderPageStepSub:
                return stepBy(-kPageSteps);
            default:
                return;
        }
    });
}

void ValueSlider::setValue(double value) {
    ValueField::setValue(value);
    place(box()->value());
}

void ValueSlider::setRange(const ValueRange& range) {
    ValueField::setRange(range);
    place(box()->value());
}

void ValueSlider::place(double value) {
    m_slider->setAccessibleDescription(box()->formatted(value));
    if (m_slider->isSliderDown()) {
        return;  // the handle follows the hand, not the rounding
    }
    const QScopedValueRollback guard(m_placing, true);
    m_slider->setValue(static_cast<int>(std::lround(box()->range().share(value) * kPositions)));
}

void ValueSlider::sliderMoved(int position) {
    if (m_placing) {
        return;
    }
    const double value = box()->range().valueAt(static_cast<double>(position) / kPositions);
    if (value != box()->value()) {
        box()->setValue(value);
        m_slider->setAccessibleDescription(box()->formatted(value));
        Q_EMIT valueChanged(value);
    }
}

void ValueSlider::stepBy(int steps) {
    double value = box()->value();
    for (int i = 0; i < std::abs(steps); ++i) {
        value = box()->range().next(value, steps > 0 ? 1 : -1);
    }
    m_slider->setSliderPosition(
        static_cast<int>(std::lround(box()->range().share(value) * kPositions)));
}

}  // namespace cachescope::ui
