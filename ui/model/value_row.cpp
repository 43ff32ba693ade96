// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/value_row.h"

#include <QStringList>
#include <algorithm>

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
        row->name = DecodedTexts::shortened(element.value);
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
