// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <memory>
#include <string>
#include <vector>

#include "engine/inspect/value_reader.h"

namespace cachescope::ui {

/// One element of an opened value, with the texts that its table shows, made once when it was read.
///
/// An immutable value, shared by whoever shows it. Any thread.
struct ValueRow {
    inspect::ValueElement element;
    QString name;      ///< field, member or id, shortened; empty in lists and sets
    QString preview;   ///< of the value, or of a stream's fields, in one line
    std::string same;  ///< what the element is known by when the value is read again
    TimePoint readAt{};

    /// What is looked at when the element is chosen: its value, of a sorted set its member. Null
    /// for an entry of a stream, which is several.
    const std::string* bytes(inspect::ValueType type) const;
    std::size_t size() const;  ///< bytes of names and values together
};
using ValueRows = std::vector<std::shared_ptr<const ValueRow>>;

/// The element number `index` of a value of a type.
std::shared_ptr<const ValueRow> makeValueRow(inspect::ValueType type, inspect::ValueElement element,
                                             std::size_t index, TimePoint readAt);

}  // namespace cachescope::ui
