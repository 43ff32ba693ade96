// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/file_store_entry.h"

#include <array>
#include <bit>

#include "engine/core/hash.h"

namespace cachescope::filestore {

std::int64_t hashOf(std::string_view key) noexcept {
    return std::bit_cast<std::int64_t>(hash64(key));
}

std::int64_t checksumOf(std::string_view key, const Entry& entry) noexcept {
    const std::array<std::uint64_t, 6> parts{hash64(key),
                                             hash64(entry.value.view()),
                                             static_cast<std::uint64_t>(toColumn(entry.created)),
                                             static_cast<std::uint64_t>(toColumn(entry.expires)),
                                             entry.version,
                                             static_cast<std::uint64_t>(entry.loadCost.count())};
    return std::bit_cast<std::int64_t>(
        hash64({reinterpret_cast<const char*>(parts.data()), sizeof parts}));
}

std::int64_t accounted(std::size_t keySize, std::int64_t valueSize) noexcept {
    return static_cast<std::int64_t>(keySize) + valueSize + kFileStoreEntryOverhead;
}

std::int64_t toColumn(TimePoint time) noexcept {
    return time.time_since_epoch().count();
}

TimePoint toTime(std::int64_t column) noexcept {
    return TimePoint{Duration{column}};
}

TimePoint deadlineAt(const SqliteStatement& statement, int column) {
    return statement.isNull(column) ? kNever : toTime(statement.integer(column));
}

Result<void> prepareAll(
    SqliteDatabase& database,
    std::initializer_list<std::pair<SqliteStatement*, const char*>> statements) {
    for (const auto& [statement, text] : statements) {
        auto prepared = database.prepare(text);
        if (!prepared) {
            return prepared.error();
        }
        *statement = std::move(*prepared);
    }
    return {};
}

Result<FileStoreTotals> readTotals(SqliteStatement& statement) {
    const auto scope = statement.scope();
    auto row = statement.step();
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return Error{ErrorCode::damaged, {}, "the row of totals is missing"};
    }
    return FileStoreTotals{statement.integer(0), statement.integer(1), statement.integer(2)};
}

}  // namespace cachescope::filestore
