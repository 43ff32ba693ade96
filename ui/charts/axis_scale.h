// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QLocale>
#include <QString>
#include <optional>

namespace cachescope::ui {

enum class ValueAxisKind {
    linear,   ///< from 0, with a unit
    percent,  ///< ratios, always from 0 to 1
    logTime,  ///< seconds on a logarithmic scale
};

struct AxisTick {
    double position;  ///< on the axis as drawn: the value, or its decimal logarithm
    QString label;
};

/// The range and the ticks of a value axis that moves in steps.
///
/// The range grows as soon as a value does not fit, to the next of 1, 2, 3, 4, 6, 8 times a power
/// of ten, and shrinks only when what is left would fill less than two fifths of it: an axis that
/// changes with each sample cannot be read. Knows neither widgets nor time. One thread.
class AxisScale {
public:
    explicit AxisScale(ValueAxisKind kind = ValueAxisKind::linear) : m_kind(kind) {}

    ValueAxisKind kind() const { return m_kind; }

    /// Fits the range to the smallest and the largest value on show; true when it changed. On a
    /// logarithmic axis values of 0 and less must be left out by the caller.
    bool fit(double smallest, double largest);

    /// In axis coordinates, see AxisTick::position.
    double low() const { return m_low; }
    double high() const { return m_high; }

    /// The axis coordinate of a value, held inside the range; nothing for what has no place (NaN).
    std::optional<double> position(double value) const;

    /// Ticks from the bottom up, about `most` at most. `unit` stands on the topmost one.
    QList<AxisTick> ticks(int most, const QString& unit, const QLocale& locale = QLocale()) const;

private:
    ValueAxisKind m_kind;
    bool m_fitted = false;
    double m_low = 0;
    double m_high = 1;
};

/// The ticks of the "seconds ago" axis: position −seconds…0, labels "−60 s", "−45", …, "now"; in
/// minutes from three minutes on, in hours from three hours on.
QList<AxisTick> timeTicks(double windowSeconds, int most, const QLocale& locale = QLocale());

}  // namespace cachescope::ui
