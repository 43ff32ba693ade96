// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/value_box.h"

#include <QKeyEvent>
#include <algorithm>

#include "ui/theme/style_paint.h"
#include "ui/theme/tokens.h"

namespace cachescope::ui {

ValueBox::ValueBox(ValueFormat format, ValueRange range, double value, QWidget* parent)
    : QLineEdit(parent),
      m_format(std::move(format)),
      m_range(std::move(range)),
      m_value(held(value)) {
    setAlignment(Qt::AlignRight);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setText(m_format.format(m_value));
    connect(this, &QLineEdit::textEdited, this, [this] { setProblem({}); });
}

double ValueBox::held(double value) const {
    if (m_range.contains(value)) {
        return value;
    }
    return std::clamp(value, m_range.minimum, m_range.maximum);
}

void ValueBox::setValue(double value) {
    m_value = held(value);
    if (m_problem.isEmpty() && !(hasFocus() && isModified())) {
        restore();
    }
}

void ValueBox::setRange(const ValueRange& range) {
    m_range = range;
    setValue(m_value);
    updateGeometry();
}

void ValueBox::restore() {
    const QString text = m_format.format(m_value);
    if (text != this->text()) {
        setText(text);
    }
    setModified(false);
    setProblem({});
}

void ValueBox::setProblem(const QString& problem) {
    if (problem == m_problem) {
        return;
    }
    m_problem = problem;
    markInvalid(this, !problem.isEmpty());
    setAccessibleDescription(problem.isEmpty() ? m_description : problem);
    Q_EMIT problemChanged(problem);
}

void ValueBox::setDescription(const QString& description) {
    m_description = description;
    if (m_problem.isEmpty()) {
        setAccessibleDescription(description);
    }
}

void ValueBox::commit() {
    if (!isModified()) {
        return;
    }
    const auto typed = m_format.parse(text());
    if (!typed) {
        setProblem(tr("Not understood. Write it like %1; Esc brings %2 back.")
                       .arg(m_format.format(m_range.maximum), m_format.format(m_value)));
        return;
    }
    if (!m_range.contains(*typed)) {
        setProblem(tr("From %1 to %2; Esc brings %3 back.")
                       .arg(m_format.format(m_range.zero ? 0 : m_range.minimum),
                            m_format.format(m_range.maximum), m_format.format(m_value)));
        return;
    }
    const bool changed = *typed != m_value;
    m_value = *typed;
    restore();
    if (changed) {
        Q_EMIT valueChanged(m_value);
    }
}

void ValueBox::stepBy(int direction) {
    const double to = held(m_range.next(m_value, direction));
    if (to == m_value) {
        return;
    }
    m_value = to;
    restore();
    selectAll();
    Q_EMIT valueChanged(m_value);
}

void ValueBox::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Up:
            stepBy(1);
            return;
        case Qt::Key_Down:
            stepBy(-1);
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (isModified()) {
                commit();
                selectAll();
                return;
            }
            break;  // a dialog's default button may want it
        case Qt::Key_Escape:
            if (isModified() || !m_problem.isEmpty()) {
                restore();
                selectAll();
                return;
            }
            break;
        default:
            break;
    }
    QLineEdit::keyPressEvent(event);
}

void ValueBox::focusInEvent(QFocusEvent* event) {
    QLineEdit::focusInEvent(event);
    if (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason) {
        selectAll();
    }
}

void ValueBox::focusOutEvent(QFocusEvent* event) {
    QLineEdit::focusOutEvent(event);
    commit();
    deselect();
}

QSize ValueBox::sizeHint() const {
    int width = fontMetrics().horizontalAdvance(QStringLiteral("000.0 ms"));
    for (const double value :
         {m_range.minimum, m_range.maximum, m_value, m_range.zero ? 0 : m_range.minimum}) {
        width = std::max(width, fontMetrics().horizontalAdvance(m_format.format(value)));
    }
    return {width + 2 * space::kMedium, QLineEdit::sizeHint().height()};
}

QSize ValueBox::minimumSizeHint() const {
    return sizeHint();
}

}  // namespace cachescope::ui
