// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/value_field.h"

#include <QGridLayout>
#include <QLabel>
#include <algorithm>

#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

ValueField::ValueField(const QString& label, ValueFormat format, ValueRange range, double value,
                       QWidget* parent)
    : QWidget(parent),
      m_grid(new QGridLayout(this)),
      m_label(new ElidedLabel(label)),
      m_box(new ValueBox(std::move(format), std::move(range), value)),
      m_problem(new ProblemLabel) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setVerticalSpacing(space::kTiny);
    m_grid->setHorizontalSpacing(space::kSmall);
    m_grid->setColumnStretch(0, 1);
    m_grid->addWidget(m_label, 0, 0);
    m_grid->addWidget(m_box, 0, 1);
    m_grid->addWidget(m_problem, 2, 0, 1, 2);
    m_problem->hide();
    m_label->setBuddy(m_box);
    m_box->setAccessibleName(label);
    setFocusProxy(m_box);
    connect(m_box, &ValueBox::valueChanged, this, &ValueField::valueChanged);
    connect(m_box, &ValueBox::problemChanged, this, [this](const QString& problem) {
        m_problem->setText(problem);
        m_problem->setVisible(!problem.isEmpty());
    });
}

void ValueField::setValue(double value) {
    m_box->setValue(value);
}

void ValueField::setRange(const ValueRange& range) {
    m_box->setRange(range);
}

void ValueField::showValue(double value) {
    if (!m_box->range().contains(value)) {
        ValueRange wider = m_box->range();
        if (wider.logarithmic && value <= 0) {
            wider.zero = true;
        } else {
            wider.minimum = std::min(wider.minimum, value);
            wider.maximum = std::max(wider.maximum, value);
        }
        setRange(wider);
    }
    setValue(value);
}

void ValueField::setLabel(const QString& label) {
    m_label->setText(label);
    m_box->setAccessibleName(label);
}

void ValueField::setDisabledReason(const QString& reason) {
    setEnabled(reason.isEmpty());
    setToolTip(reason);
    setAccessibleDescription(reason);
}

}  // namespace cachescope::ui
