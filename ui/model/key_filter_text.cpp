// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/key_filter_text.h"

#include <QByteArray>

#include "engine/core/glob.h"

namespace cachescope::ui {

namespace {

int hexDigit(char letter) {
    if (letter >= '0' && letter <= '9') {
        return letter - '0';
    }
    const char lower = static_cast<char>(letter | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::optional<TextRange> parseRange(
    const QString& text, const std::function<std::optional<double>(const QString&)>& parse) {
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty()) {
        return TextRange{};
    }
    const bool above = trimmed.startsWith(QLatin1Char('>')) || trimmed.startsWith(QChar(0x2265));
    const bool below = trimmed.startsWith(QLatin1Char('<')) || trimmed.startsWith(QChar(0x2264));
    if (above || below) {
        const qsizetype skipped = trimmed.mid(1, 1) == QLatin1String("=") ? 2 : 1;
        const auto value = parse(trimmed.mid(skipped));
        if (!value) {
            return std::nullopt;
        }
        return above ? TextRange{value, {}} : TextRange{{}, value};
    }
    for (const QChar dash : {QChar(0x2013), QChar(0x2d)}) {
        if (const qsizetype at = trimmed.indexOf(dash); at > 0) {
            const auto from = parse(trimmed.left(at));
            const auto to = parse(trimmed.mid(at + 1));
            return from && to && *from <= *to ? std::optional(TextRange{from, to}) : std::nullopt;
        }
    }
    const auto value = parse(trimmed);
    return value ? std::optional(TextRange{value, {}}) : std::nullopt;
}

std::string patternOf(const QString& text) {
    const std::string typed = text.toUtf8().toStdString();
    const bool glob = !globIsLiteral(typed);
    std::string pattern;
    for (std::size_t i = 0; i < typed.size(); ++i) {
        if (typed[i] == '\\' && i + 1 < typed.size() && typed[i + 1] == '\\') {
            pattern += glob ? "\\\\" : "\\";
            ++i;
            continue;
        }
        const int high = i + 3 < typed.size() ? hexDigit(typed[i + 2]) : -1;
        const int low = high >= 0 ? hexDigit(typed[i + 3]) : -1;
        if (typed[i] != '\\' || low < 0 || typed[i + 1] != 'x') {
            pattern += typed[i];
            continue;
        }
        const auto byte = static_cast<char>(high * 16 + low);
        pattern += glob ? globEscape(std::string_view(&byte, 1)) : std::string(1, byte);
        i += 3;
    }
    return pattern;
}

}  // namespace cachescope::ui
