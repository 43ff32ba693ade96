// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/backend/backend.h"
#include "engine/backend/sqlite_database.h"

namespace cachescope {

/// The sums that the database keeps about itself, so that nobody needs to count.
struct FileStoreTotals {
    std::int64_t entries = 0;
    std::int64_t bytes = 0;
    /// Counts every entry ever stored. An entry carries the stamp of its last use, so that the
    /// order of use needs no clock and is the same for all processes.
    std::int64_t stamp = 0;
};

/// What an entry counts for beside its key and value: its row's other columns and its places in
/// four indexes.
inline constexpr std::int64_t kFileStoreEntryOverhead = 96;

/// An entry as it was found, and what is needed to remove exactly this one later.
struct FileStoreRow {
    Entry entry;
    std::int64_t id = 0;
    std::int64_t hash = 0;
    std::int64_t checksum = 0;
    std::int64_t used = 0;
    std::string file;  ///< of a large value that could not be read; entry.value is empty then
};

/// An entry that a transaction removed.
struct FileStoreRemoval {
    std::string key;
    RemovalCause cause;
    TimePoint created;
    TimePoint expires;
};

/// How entries are written into the columns of the database, for its reader and its writer.
namespace filestore {

std::int64_t hashOf(std::string_view key) noexcept;
/// Over everything that is served, so that a changed deadline is noticed as well as a changed
/// value. To move a deadline must not cost reading the value, which may be large: `sealed` is the
/// deadline that the entry was stored with, if it has been moved since, and movedChecksum() adds
/// the present one.
std::int64_t checksumOf(std::string_view key, const Entry& entry,
                        std::optional<TimePoint> sealed = std::nullopt) noexcept;
/// The checksum once the deadline is `after`; `before` is nothing when it is moved for the first
/// time.
std::int64_t movedChecksum(std::int64_t checksum, std::optional<TimePoint> before,
                           TimePoint after) noexcept;
/// What an entry counts for; `contentSize` is the size of its value and notes.
std::int64_t accounted(std::size_t keySize, std::int64_t contentSize) noexcept;

std::int64_t toColumn(TimePoint time) noexcept;
TimePoint toTime(std::int64_t column) noexcept;
/// kNever is stored as NULL.
TimePoint deadlineAt(const SqliteStatement& statement, int column);
void bindDeadline(SqliteStatement& statement, int parameter, TimePoint deadline);

Result<void> prepareAll(SqliteDatabase& database,
                        std::initializer_list<std::pair<SqliteStatement*, const char*>> statements);

inline constexpr const char* kReadTotals = "SELECT entries, bytes, stamp FROM total WHERE id = 0";
Result<FileStoreTotals> readTotals(SqliteStatement& statement);

}  // namespace filestore

}  // namespace cachescope
