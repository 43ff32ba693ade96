// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/widgets/value_box.h"

class QGridLayout;
class QLabel;

namespace cachescope::ui {

class ElidedLabel;

/// A labelled value: the label at one end of the line, a ValueBox at the other, and below it, only
/// when there is one, what is wrong with the text. GUI thread.
class ValueField : public QWidget {
    Q_OBJECT

public:
    ValueField(const QString& label, ValueFormat format, ValueRange range, double value,
               QWidget* parent = nullptr);

    double value() const { return m_box->value(); }
    /// Does not emit.
    virtual void setValue(double value);
    virtual void setRange(const ValueRange& range);
    /// As setValue(), but what lies outside the range, as a file may hold it, widens the range: a
    /// value that cannot be shown would be changed by the next edit of another one.
    void showValue(double value);
    void setLabel(const QString& label);
    /// Switched off, with the reason as its tooltip; an empty reason switches it on again.
    void setDisabledReason(const QString& reason);
    ValueBox* box() const { return m_box; }

Q_SIGNALS:
    /// The person chose another value; with a slider, while it moves.
    void valueChanged(double value);

protected:
    QGridLayout* grid() const { return m_grid; }

private:
    QGridLayout* m_grid;
    ElidedLabel* m_label;
    ValueBox* m_box;
    QLabel* m_problem;
};

}  // namespace cachescope::ui
