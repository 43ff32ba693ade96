// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/backend.h"

namespace cachescope {

/// What the front notes beside a value, where there is anything to note: Entry::notes, decoded.
///
///     byte 0     which of the following there are
///     int64      grace, in nanoseconds, little-endian
///     int64      until, in nanoseconds of the cache's clock, little-endian
///     tags       to the end; each its length in two bytes, then the name
///
/// Names of tags begin with their kind: 't' for a tag, 's' for a space. A value type.
struct EntryNotes {
    Duration grace{};      ///< how long past its TTL the entry is kept
    bool absent = false;   ///< the answer is that there is nothing
    bool failure = false;  ///< the answer is a failure, and the value says which
    bool marked = false;   ///< heeds marks
    bool damaged = false;  ///< not understood: the entry must not be served
    /// Where TTLs slide and this one does not: when it ends. A hit on the value before, on its way
    /// while this one was stored, may move the deadline of this one.
    std::optional<TimePoint> until{};
    std::vector<std::string_view> tags{};  ///< while the bytes live that they were read from

    bool empty() const noexcept {
        return grace == Duration::zero() && !absent && !failure && !until && !marked &&
               tags.empty();
    }

    /// Empty bytes for empty notes. A name is cut after 65535 bytes.
    SharedBytes encode() const;
    /// `damaged` where the bytes are not what encode() gives.
    static EntryNotes decode(std::string_view bytes);
};

}  // namespace cachescope
