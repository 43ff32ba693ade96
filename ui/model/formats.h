// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocale>
#include <QString>
#include <functional>
#include <optional>

#include "engine/core/clock.h"

namespace cachescope::ui {

/// Numbers as people read and write them, in their own locale.
///
/// Every text carries its unit, joined by a no-break space, and no more digits than a measurement
/// of this kind has: three, seldom fewer. A number that is not finite becomes an em dash. Pure
/// functions; any thread.

/// A span of the engine as these functions take it.
constexpr double seconds(Duration span) noexcept {
    return static_cast<double>(span.count()) / 1e9;
}

/// "2.31 s", "410 ms", "4.12 µs", "180 ns", "3 min 09 s", "1 h 12 min", "6 d 3 h": a measured span,
/// rounded.
QString formatLatency(double seconds, const QLocale& locale = QLocale());

/// "5 s", "250 ms", "1 min 30 s", "1.5 s": a span that somebody chose, not rounded away: what is
/// shown reads back through parseSpan() as the same value, to a microsecond below one hour.
QString formatSpan(double seconds, const QLocale& locale = QLocale());

/// Time since the start: "00:42", "1:02:33". Negative counts as zero.
QString formatElapsed(double seconds, const QLocale& locale = QLocale());

/// A moment before now: "−13.4 s", "−4 min 05 s"; "now" within 50 ms.
QString formatAgo(double secondsAgo, const QLocale& locale = QLocale());

/// A span ahead: "in 3 min to 4 min", to the minute where it is a minute or longer, else to the
/// second; "within 2 min" where its beginning is less than that away or over.
QString formatAhead(double from, double to, const QLocale& locale = QLocale());

/// 0.931 as "93.1 %"; "100 %" and "0 %" only when that is what it is. `ratio` is from 0 to 1.
QString formatPercent(double ratio, const QLocale& locale = QLocale());

/// "77.2 /s", "13,800 /s", "1.2 M/s".
QString formatRate(double perSecond, const QLocale& locale = QLocale());

/// A count in full, grouped: "487", "412,208".
QString formatCount(double count, const QLocale& locale = QLocale());

/// A count at a glance: "487", "10,412", from a million on "1.2 M", "3.4 G".
QString formatCompact(double count, const QLocale& locale = QLocale());

/// Binary units: "96 B", "4.2 KiB", "64 KiB", "1.5 GiB".
QString formatBytes(double bytes, const QLocale& locale = QLocale());

/// A plain number with three significant digits: "0.99", "12.5", "200".
QString formatNumber(double value, const QLocale& locale = QLocale());

/// What a person types. Nothing when it cannot be understood; both the locale's decimal separator
/// and the point are, and spaces and the case of units do not matter.
/// Seconds of "90s", "1h30m", "250 ms", "1,5 s" (German); a bare number is seconds.
std::optional<double> parseSpan(const QString& text, const QLocale& locale = QLocale());
/// "5%", "5 %" and "5" are 0.05.
std::optional<double> parsePercent(const QString& text, const QLocale& locale = QLocale());
/// "64k" is 64,000, "1M" a million, "2.5 G".
std::optional<double> parseCount(const QString& text, const QLocale& locale = QLocale());
/// "64k", "64 KiB" and "64 KB" are 65,536, "1M", "2 GiB", "96 B".
std::optional<double> parseBytes(const QString& text, const QLocale& locale = QLocale());
/// "200", "200/s", "1.5k /s"; "30 /min" and "30/m" are 0.5.
std::optional<double> parseRate(const QString& text, const QLocale& locale = QLocale());
/// A number without a unit.
std::optional<double> parseNumber(const QString& text, const QLocale& locale = QLocale());

/// How one kind of value is written and read: what an input widget needs to know about it.
struct ValueFormat {
    std::function<QString(double)> format;
    std::function<std::optional<double>(const QString&)> parse;
};

ValueFormat spanFormat(const QLocale& locale = QLocale());     ///< value in seconds
ValueFormat percentFormat(const QLocale& locale = QLocale());  ///< value from 0 to 1
ValueFormat countFormat(const QLocale& locale = QLocale());
ValueFormat bytesFormat(const QLocale& locale = QLocale());
ValueFormat rateFormat(const QLocale& locale = QLocale());  ///< value per second
ValueFormat numberFormat(const QLocale& locale = QLocale());
/// `format`, but this one value is written as a word, such as "off", and read from it.
ValueFormat wordFormat(double value, const QString& word, ValueFormat format);

}  // namespace cachescope::ui
