// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/inspect/inspect_link.h"
#include "ui/model/keyspace.h"
#include "ui/model/value_row.h"

namespace cachescope::ui {

/// What is known of the value of one key: its head, and the part that was read of it.
///
/// A string is one window of bytes; everything else is rows, read page by page. A value, cheap to
/// copy: what is large in it is shared. Any thread.
struct OpenedValue {
    enum class Stage : std::uint8_t {
        closed,    ///< no key is open
        reading,   ///< nothing has been read of it yet
        present,   ///< the head is known; so is what could be read of the value
        vanished,  ///< there is no such key, or no more
        failed,    ///< nothing could be read, for `failure`
    };

    Stage stage = Stage::closed;
    inspect::ValueHead head;                   ///< while it is present
    ValueRows rows;                            ///< not of strings
    std::shared_ptr<const std::string> bytes;  ///< of a string; otherwise null
    std::uint64_t from = 0;                    ///< where in the string they begin
    std::optional<inspect::ValuePlace> next;   ///< where more is to be had
    std::uint64_t rowBytes = 0;                ///< that the rows hold
    QString formerType;  ///< it was of this type when it was opened, and is of another now
    /// Why there is nothing, no more, or (`isOld`) nothing newer to be had.
    std::optional<Error> failure;
    bool isOld = false;  ///< what is shown was read before the last attempt, which failed

    bool isString() const noexcept { return head.type == inspect::ValueType::string; }
};

/// More is not held of one value, however patient somebody is.
inline constexpr std::size_t kMostRows = 100'000;
inline constexpr std::uint64_t kMostRowBytes = std::uint64_t{64} << 20;

/// What to read of a key, and over which link.
struct ValueQuestion {
    std::shared_ptr<const inspect::InspectLink> link;  ///< not null
    KeyRef key;
    inspect::ValueReaderOptions options;
    OpenedValue shown;       ///< what there is: as much is read again
    std::uint64_t from = 0;  ///< of a string: where the window begins
    bool more = false;       ///< instead of all that, the page behind it
};

/// Asks the server, and waits: head and pages, or one page more. What has changed its type while it
/// was read is read as what it is now. Any thread that may.
OpenedValue readOpenedValue(const ValueQuestion& question, const std::stop_token& stop);

/// Writes a string into a file, window by window and however large, or an element that is at hand.
/// Waits; nothing is left of a file that could not be written to its end.
Result<void> saveValue(const ValueQuestion& question, const std::shared_ptr<const std::string>& own,
                       const QString& path, const std::stop_token& stop);

}  // namespace cachescope::ui
