// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/value_row.h"

#include <QStringList>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "ui/model/decoded_text.h"

namespace cachescope::ui {

using inspect::ValueElement;
using inspect::ValueType;

namespace {

constexpr std::size_t kFieldsShown = 4;
constexpr qsizetype kFieldLetters = 40;

QString fieldsPreview(const ValueElement& element) {
    QStringList parts;
    for (std::size_t i = 0; i < std::min(element.fields.size(), kFieldsShown); ++i) {
        const auto& [name, value] = element.fields[i];
        parts += QStringLiteral("%1: %2").arg(DecodedTexts::shortened(name, kFieldLetters),
                                              DecodedTexts::preview(value, kFieldLetters));
    }
    if (element.fields.size() > kFieldsShown) {
        parts += QStringLiteral("…");
    }
    return parts.join(QStringLiteral(", "));
}

// Servers before Redis 7.2 say 0.10000000000000001 of 0.1: the shortest number that reads back as
// the same, in full where a person still counts its digits.
QString scoreText(const std::string& said) {
    double score = 0;
    const auto read = std::from_chars(said.data(), said.data() + said.size(), score);
    if (read.ec != std::errc{} || read.ptr != said.data() + said.size() || !std::isfinite(score)) {
        return DecodedTexts::shortened(said);
    }
    constexpr double kSmallest = 1e-6;
    constexpr double kLargest = 1e17;
    const double size = std::abs(score);
    const auto how = size == 0 || (size >= kSmallest && size < kLargest)
                         ? std::chars_format::fixed
                         : std::chars_format::scientific;
    std::array<char, 64> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), score, how);
    return QString::fromLatin1(text.data(), static_cast<qsizetype>(written.ptr - text.data()));
}

}  // namespace

const std::string* ValueRow::bytes(ValueType type) const {
    return type == ValueType::stream      ? nullptr
           : type == ValueType::sortedSet ? &element.name
                                          : &element.value;
}

std::size_t ValueRow::size() const {
    std::size_t bytes = element.name.size() + element.value.size();
    for (const auto& field : element.fields) {
        bytes += field.first.size() + field.second.size();
    }
    return bytes;
}

std::shared_ptr<const ValueRow> makeValueRow(ValueType type, ValueElement element,
                                             std::size_t index, TimePoint readAt) {
    auto row = std::make_shared<ValueRow>();
    row->readAt = readAt;
    row->same = type == ValueType::list  ? std::to_string(index)
                : type == ValueType::set ? element.value
                                         : element.name;
    if (type == ValueType::sortedSet) {
        // The table has the score where others have the name.
        row->name = scoreText(element.value);
        row->preview = DecodedTexts::preview(element.name);
    } else {
        row->name = type == ValueType::list ? QString::number(index)
                                            : DecodedTexts::shortened(element.name);
        row->preview = type == ValueType::stream ? fieldsPreview(element)
                                                 : DecodedTexts::preview(element.value);
    }
    row->element = std::move(element);
    return row;
}

}  // namespace cachescope::ui
