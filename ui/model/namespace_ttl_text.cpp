// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/namespace_ttl_text.h"

#include <QStringList>
#include <cmath>

#include "ui/model/formats.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

namespace {

// A comma may be a span's decimal separator: what has no sign of its own goes on from before it.
QStringList partsOf(const QString& text) {
    QStringList parts;
    for (const QString& piece : text.split(QLatin1Char(','))) {
        if (parts.isEmpty() || piece.contains(QLatin1Char('=')) || piece.trimmed().isEmpty()) {
            parts.append(piece);
        } else {
            parts.last() += QLatin1Char(',') + piece;
        }
    }
    return parts;
}

}  // namespace

QString NamespaceTtlText::format(const std::vector<sim::NamespaceTtl>& ttls,
                                 const QLocale& locale) {
    QStringList parts;
    for (const sim::NamespaceTtl& each : ttls) {
        parts.append(printableText(each.name) + QLatin1Char('=') +
                     formatSpan(static_cast<double>(each.ttl.count()) / 1e9, locale));
    }
    return parts.join(QStringLiteral(", "));
}

NamespaceTtlText::Parsed NamespaceTtlText::parse(const QString& text, const QLocale& locale) {
    constexpr double kLongest = 9e9;  // seconds that nanoseconds can count
    Parsed parsed;
    for (const QString& part : partsOf(text)) {
        if (part.trimmed().isEmpty()) {
            continue;
        }
        const qsizetype sign = part.lastIndexOf(QLatin1Char('='));
        const auto span = sign < 0 ? std::nullopt : parseSpan(part.mid(sign + 1).trimmed(), locale);
        if (!span || !(std::abs(*span) < kLongest)) {
            return {{},
                    tr("Not understood: “%1”. Write it like %2.")
                        .arg(printableText(part.trimmed().toStdString()),
                             QStringLiteral("prices=6s, static=15min"))};
        }
        parsed.ttls.push_back(
            {part.left(sign).trimmed().toStdString(), Duration{std::llround(*span * 1e9)}});
    }
    return parsed;
}

}  // namespace cachescope::ui
