// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <cstdint>
#include <functional>
#include <span>

#include "engine/core/result.h"
#include "ui/model/key_marks.h"
#include "ui/model/keyspace.h"

class QIODevice;

namespace cachescope::ui {

/// A line of CSV a key, after a line with the names of the columns: key, type, seconds left at
/// `now` (empty: unknown, "none": no expiry, "removed" or "gone": not there any more), bytes, idle
/// time or frequency where it is known, and the server's address where there are several. Names
/// that are UTF-8 are written as they are, others escaped. `cancelled` when goOn() says false, io
/// when the device fails. Any thread.
Result<void> writeKeyCsv(QIODevice& device, const Keyspace& keyspace,
                         std::span<const std::uint32_t> keys, const KeyMarks& marks,
                         std::int64_t now, const std::function<bool()>& goOn);

/// The names, exactly as they are, one a line: whoever copies one key gets its bytes. Any thread.
QByteArray joinedNames(const Keyspace& keyspace, std::span<const std::uint32_t> keys,
                       const std::function<bool()>& goOn);

}  // namespace cachescope::ui
