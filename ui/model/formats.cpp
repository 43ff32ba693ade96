// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/formats.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "engine/core/duration_text.h"

namespace cachescope::ui {

namespace {

constexpr QChar kNoBreakSpace(0x00a0);
constexpr QChar kDash(0x2014);
constexpr QChar kMinus(0x2212);

QString translated(const char* text) {
    return QCoreApplication::translate("Formats", text);
}

QString withUnit(const QString& number, const QString& unit) {
    return number + kNoBreakSpace + unit;
}

/// `decimals` at most, trailing zeros left out.
QString trimmed(double value, int decimals, const QLocale& locale) {
    const double scale = std::pow(10.0, decimals);
    value = std::round(value * scale) / scale;
    QString text = locale.toString(value, 'f', decimals);
    if (decimals == 0) {
        return text;
    }
    const QString zero = locale.zeroDigit();
    while (text.endsWith(zero)) {
        text.chop(zero.size());
    }
    if (text.endsWith(locale.decimalPoint())) {
        text.chop(locale.decimalPoint().size());
    }
    return text;
}

/// Decimals that leave three significant digits of a value of at least 1, at most `most`.
int decimalsFor(double magnitude, int most) {
    // Rounding 9.996 to two decimals makes 10.00: decide by what the reader will see.
    return std::min(most, magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2);
}

QString significant(double value, const QLocale& locale) {
    return locale.toString(value, 'f', decimalsFor(std::abs(value), 2));
}

QString twoDigits(qint64 value, const QLocale& locale) {
    const QString text = locale.toString(value);
    return value < 10 ? locale.zeroDigit() + text : text;
}

/// Spans from a minute on, in their two largest units.
QString largeSpan(qint64 seconds, const QLocale& locale) {
    const auto pair = [&](qint64 big, const char* bigUnit, qint64 small, const char* smallUnit,
                          bool padded) {
        QString text = withUnit(locale.toString(big), translated(bigUnit));
        if (small > 0) {
            text +=
                kNoBreakSpace + withUnit(padded ? twoDigits(small, locale) : locale.toString(small),
                                         translated(smallUnit));
        }
        return text;
    };
    if (seconds < 3600) {
        return pair(seconds / 60, "min", seconds % 60, "s", true);
    }
    const qint64 minutes = (seconds + 30) / 60;
    if (minutes < 1440) {
        return pair(minutes / 60, "h", minutes % 60, "min", false);
    }
    const qint64 hours = (seconds + 1800) / 3600;
    return pair(hours / 24, "d", hours % 24, "h", false);
}

std::optional<double> number(QString text, const QLocale& locale) {
    text = text.trimmed();
    text.replace(kMinus, u'-');
    bool ok = false;
    double value = locale.toDouble(text, &ok);
    if (!ok) {
        value = QLocale::c().toDouble(text, &ok);
    }
    return ok && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// Splits "64 KiB" into the number's text and the unit in lower case.
std::pair<QString, QString> splitUnit(const QString& text) {
    QString plain = text.trimmed();
    plain.replace(kNoBreakSpace, u' ');
    qsizetype end = plain.size();
    while (end > 0 && (plain[end - 1].isLetter() || plain[end - 1] == u'/' ||
                       plain[end - 1] == u'%' || plain[end - 1].isSpace())) {
        --end;
    }
    return {plain.left(end), plain.mid(end).simplified().remove(u' ').toLower()};
}

std::optional<double> scaled(const QString& text, const QLocale& locale, double base, bool bytes) {
    auto [digits, unit] = splitUnit(text);
    if (bytes && unit.endsWith(u'b')) {
        unit.chop(1);
        if (unit.endsWith(u'i')) {
            unit.chop(1);
        }
    }
    double factor = 1;
    if (unit == u"k") {
        factor = base;
    } else if (unit == u"m") {
        factor = base * base;
    } else if (unit == u"g") {
        factor = base * base * base;
    } else if (!unit.isEmpty()) {
        return std::nullopt;
    }
    const auto value = number(digits, locale);
    return value ? std::optional(*value * factor) : std::nullopt;
}

}  // namespace

QString formatLatency(double seconds, const QLocale& locale) {
    if (!std::isfinite(seconds)) {
        return kDash;
    }
    if (seconds < 0) {
        return kMinus + formatLatency(-seconds, locale);
    }
    if (seconds >= 59.95) {
        return largeSpan(static_cast<qint64>(std::min(std::round(seconds), 9e15)), locale);
    }
    if (seconds >= 0.9995) {
        return withUnit(significant(seconds, locale), translated("s"));
    }
    const double ms = seconds * 1e3;
    if (ms >= 0.9995) {
        return withUnit(significant(ms, locale), translated("ms"));
    }
    const double us = seconds * 1e6;
    if (us >= 0.9995) {
        return withUnit(significant(us, locale), translated("µs"));
    }
    const double ns = std::round(seconds * 1e9);
    return ns == 0 ? withUnit(locale.toString(0), translated("ms"))
                   : withUnit(locale.toString(ns, 'f', 0), translated("ns"));
}

QString formatSpan(double seconds, const QLocale& locale) {
    if (!std::isfinite(seconds)) {
        return kDash;
    }
    if (seconds < 0) {
        return kMinus + formatSpan(-seconds, locale);
    }
    if (seconds == 0) {
        return withUnit(locale.toString(0), translated("s"));
    }
    if (seconds < 0.9995e-6) {
        return withUnit(trimmed(seconds * 1e9, 3, locale), translated("ns"));
    }
    if (seconds < 0.9995e-3) {
        return withUnit(trimmed(seconds * 1e6, 3, locale), translated("µs"));
    }
    if (seconds < 1) {
        return withUnit(trimmed(seconds * 1e3, 3, locale), translated("ms"));
    }
    if (seconds < 60) {
        return withUnit(trimmed(seconds, 6, locale), translated("s"));
    }
    // Whole seconds from here on; a fraction of one is kept in the last part.
    const auto whole = static_cast<qint64>(std::min(seconds, 9e15));
    const double fraction = seconds - static_cast<double>(whole);
    QStringList parts;
    const auto add = [&](qint64 count, const char* unit) {
        if (count > 0) {
            parts += withUnit(locale.toString(count), translated(unit));
        }
    };
    add(whole / 86400, "d");
    add(whole / 3600 % 24, "h");
    add(whole / 60 % 60, "min");
    const double rest = static_cast<double>(whole % 60) + (whole < 3600 ? fraction : 0);
    if (rest > 0) {
        parts += withUnit(trimmed(rest, 6, locale), translated("s"));
    }
    return parts.join(kNoBreakSpace);
}

QString formatElapsed(double seconds, const QLocale& locale) {
    const auto whole =
        std::isfinite(seconds) ? static_cast<qint64>(std::clamp(seconds, 0.0, 9e15)) : 0;
    const QString tail = twoDigits(whole / 60 % 60, locale) + u':' + twoDigits(whole % 60, locale);
    return whole < 3600 ? tail : locale.toString(whole / 3600) + u':' + tail;
}

QString formatAgo(double secondsAgo, const QLocale& locale) {
    if (!std::isfinite(secondsAgo)) {
        return kDash;
    }
    if (std::abs(secondsAgo) < 0.05) {
        return translated("now");
    }
    const QString sign = secondsAgo > 0 ? QString(kMinus) : QStringLiteral("+");
    const double distance = std::abs(secondsAgo);
    return sign + (distance < 59.95 ? withUnit(locale.toString(distance, 'f', 1), translated("s"))
                                    : largeSpan(static_cast<qint64>(std::round(distance)), locale));
}

QString formatAhead(double from, double to, const QLocale& locale) {
    const double unit = to - from >= 59.5 ? 60 : 1;
    if (from < unit) {
        // Rounded up, so that nobody is told that it is over before it is. What a clock is off by
        // between two looks is no reason for one more.
        const double units = std::max(1.0, std::ceil(to / unit - 0.01));
        return translated("within %1").arg(formatSpan(units * unit, locale));
    }
    return translated("in %1 to %2")
        .arg(formatSpan(std::round(from / unit) * unit, locale),
             formatSpan(std::round(to / unit) * unit, locale));
}

QString formatPercent(double ratio, const QLocale& locale) {
    if (!std::isfinite(ratio)) {
        return kDash;
    }
    const double percent = ratio * 100;
    QString text;
    if (percent == 0 || percent == 100) {
        text = locale.toString(percent, 'f', 0);
    } else if (percent > 99.9 && percent < 100) {
        // Rounded up, it would claim that nothing was missed.
        text = percent < 99.995 ? locale.toString(percent, 'f', 2)
                                : u'>' + locale.toString(99.99, 'f', 2);
    } else if (percent > 0 && percent < 0.05) {
        text = percent >= 0.005 ? locale.toString(percent, 'f', 2)
                                : u'<' + locale.toString(0.01, 'f', 2);
    } else {
        text = locale.toString(percent, 'f', 1);
    }
    return withUnit(text, locale.percent());
}

QString formatRate(double perSecond, const QLocale& locale) {
    if (!std::isfinite(perSecond)) {
        return kDash;
    }
    if (std::abs(perSecond) >= 999'950) {
        return formatCompact(perSecond, locale) + translated("/s");
    }
    const QString text = perSecond == 0                 ? locale.toString(0)
                         : std::abs(perSecond) >= 99.95 ? formatCount(perSecond, locale)
                         : std::abs(perSecond) >= 0.995 ? locale.toString(perSecond, 'f', 1)
                                                        : locale.toString(perSecond, 'f', 2);
    return withUnit(text, translated("/s"));
}

QString formatCount(double count, const QLocale& locale) {
    if (!std::isfinite(count)) {
        return kDash;
    }
    return locale.toString(static_cast<qint64>(std::llround(std::clamp(count, -9e15, 9e15))));
}

QString formatCompact(double count, const QLocale& locale) {
    if (!std::isfinite(count) || std::abs(count) < 999'500) {
        return formatCount(count, locale);
    }
    static constexpr std::array kPrefixes{"M", "G", "T", "P", "E"};
    double value = count / 1e6;
    std::size_t prefix = 0;
    while (std::abs(value) >= 999.5 && prefix + 1 < kPrefixes.size()) {
        value /= 1000;
        ++prefix;
    }
    const int decimals = std::abs(value) >= 99.95 ? 0 : 1;
    return withUnit(locale.toString(value, 'f', decimals), QLatin1StringView(kPrefixes[prefix]));
}

QString formatBytes(double bytes, const QLocale& locale) {
    if (!std::isfinite(bytes)) {
        return kDash;
    }
    static constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = bytes;
    std::size_t unit = 0;
    while (std::abs(value) >= 1023.5 && unit + 1 < kUnits.size()) {
        value /= 1024;
        ++unit;
    }
    const int decimals = unit == 0 || std::abs(value) >= 99.95 ? 0 : 1;
    return withUnit(trimmed(value, decimals, locale), QLatin1StringView(kUnits[unit]));
}

QString formatNumber(double value, const QLocale& locale) {
    if (!std::isfinite(value)) {
        return kDash;
    }
    const double magnitude = std::abs(value);
    return trimmed(value, magnitude >= 0.995 || magnitude == 0 ? decimalsFor(magnitude, 2) : 3,
                   locale);
}

std::optional<double> parseSpan(const QString& text, const QLocale& locale) {
    QString plain = text.trimmed();
    plain.replace(kNoBreakSpace, u' ');
    plain.replace(kMinus, u'-');
    plain.replace(QChar(0x03bc), QChar(0x00b5));  // the Greek letter, for the micro sign
    // What formatSpan() wrote in this language reads back.
    for (const char* unit : {"min", "ms", "µs", "ns", "s", "h", "d"}) {
        const QString own = translated(unit);
        if (const QString ours = QString::fromUtf8(unit); own != ours) {
            plain.replace(own, ours);
        }
    }
    if (const auto bare = number(plain, locale)) {
        return bare;
    }
    plain = plain.toLower();
    if (locale.decimalPoint() != u"." && plain.contains(locale.decimalPoint())) {
        plain.remove(locale.groupSeparator());
        plain.replace(locale.decimalPoint(), QStringLiteral("."));
    }
    const auto span = parseDuration(plain.toStdString());
    if (!span) {
        return std::nullopt;
    }
    return std::chrono::duration<double>(*span).count();
}

std::optional<double> parsePercent(const QString& text, const QLocale& locale) {
    QString plain = text.trimmed();
    if (plain.endsWith(locale.percent())) {
        plain.chop(locale.percent().size());
    } else if (plain.endsWith(u'%')) {
        plain.chop(1);
    }
    plain.replace(kNoBreakSpace, u' ');
    const auto value = number(plain, locale);
    return value ? std::optional(*value / 100) : std::nullopt;
}

std::optional<double> parseCount(const QString& text, const QLocale& locale) {
    return scaled(text, locale, 1000, false);
}

std::optional<double> parseBytes(const QString& text, const QLocale& locale) {
    return scaled(text, locale, 1024, true);
}

std::optional<double> parseRate(const QString& text, const QLocale& locale) {
    QString plain = text.trimmed();
    double per = 1;
    if (const auto slash = plain.lastIndexOf(u'/'); slash >= 0) {
        const QString unit = plain.mid(slash + 1).trimmed().toLower();
        if (unit == u"min" || unit == u"m") {
            per = 60;
        } else if (unit == u"h") {
            per = 3600;
        } else if (unit != u"s") {
            return std::nullopt;
        }
        plain.truncate(slash);
    }
    const auto value = parseCount(plain, locale);
    return value ? std::optional(*value / per) : std::nullopt;
}

std::optional<double> parseNumber(const QString& text, const QLocale& locale) {
    return number(text, locale);
}

namespace {

template <class Format, class Parse>
ValueFormat bound(Format format, Parse parse, const QLocale& locale) {
    return {[format, locale](double value) { return format(value, locale); },
            [parse, locale](const QString& text) { return parse(text, locale); }};
}

}  // namespace

ValueFormat spanFormat(const QLocale& locale) {
    return bound(formatSpan, parseSpan, locale);
}

ValueFormat percentFormat(const QLocale& locale) {
    return bound(
        [](double ratio, const QLocale& in) {
            return withUnit(trimmed(ratio * 100, 2, in), in.percent());
        },
        parsePercent, locale);
}

ValueFormat countFormat(const QLocale& locale) {
    return bound(formatCount, parseCount, locale);
}

ValueFormat bytesFormat(const QLocale& locale) {
    return bound(formatBytes, parseBytes, locale);
}

ValueFormat rateFormat(const QLocale& locale) {
    return bound([](double rate,
                    const QLocale& in) { return withUnit(trimmed(rate, 3, in), translated("/s")); },
                 parseRate, locale);
}

ValueFormat numberFormat(const QLocale& locale) {
    return bound([](double value, const QLocale& in) { return trimmed(value, 4, in); }, parseNumber,
                 locale);
}

ValueFormat wordFormat(double value, const QString& word, ValueFormat format) {
    return {[value, word, write = std::move(format.format)](double given) {
                return given == value ? word : write(given);
            },
            [value, word, read = std::move(format.parse)](const QString& text) {
                return text.trimmed().compare(word, Qt::CaseInsensitive) == 0 ? std::optional(value)
                                                                              : read(text);
            }};
}

}  // namespace cachescope::ui
