// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

#include "ui/model/formats.h"
#include "ui/widgets/value_range.h"

namespace cachescope::ui {

/// A line edit for a number with a unit.
///
/// Shows the value in its format, understands what people type ("90s", "64k"), and takes it over on
/// Return or when the focus leaves. What cannot be used stays as typed, marked, with the reason in
/// problem(); Esc brings the last value back. Up and Down go to the next round value. The value is
/// always one of the range. GUI thread.
class ValueBox : public QLineEdit {
    Q_OBJECT

public:
    ValueBox(ValueFormat format, ValueRange range, double value, QWidget* parent = nullptr);

    double value() const { return m_value; }
    /// Held inside the range; does not emit. While somebody types, the text is left alone.
    void setValue(double value);
    void setRange(const ValueRange& range);
    const ValueRange& range() const { return m_range; }
    QString formatted(double value) const { return m_format.format(value); }
    /// A sentence while the text cannot be used, else empty.
    const QString& problem() const { return m_problem; }
    /// What screen readers say about the value while there is no problem.
    void setDescription(const QString& description);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// The person chose another value.
    void valueChanged(double value);
    void problemChanged(const QString& problem);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void commit();
    void restore();
    void stepBy(int direction);
    void setProblem(const QString& problem);
    double held(double value) const;

    ValueFormat m_format;
    ValueRange m_range;
    double m_value;
    QString m_problem;
    QString m_description;
};

}  // namespace cachescope::ui
