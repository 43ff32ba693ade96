// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/file_store_entry.h"

#include <array>
#include <bit>

#include "engine/core/hash.h"
#include "engine/core/random.h"

namespace cachescope::filestore {

namespace {

// One to one, so that no two deadlines are taken for each other.
std::int64_t mixed(TimePoint deadline) noexcept {
    return std::bit_cast<std::int64_t>(mix64(static_cast<std::uint64_t>(toColumn(deadline))));
}

}  // namespace

std::int64_t hashOf(std::string_view key) noexcept {
    return std::bit_cast<std::int64_t>(hash64(key));
}

std::int64_t checksumOf(std::string_view key, const Entry& entry,
                        std::optional<TimePoint> sealed) noexcept {
    const std::array<std::uint64_t, 7> parts{
        hash64(key),
        hash64(entry.value.view()),
        static_cast<std::uint64_t>(toColumn(entry.created)),
        static_cast<std::uint64_t>(toColumn(sealed.value_or(entry.expires))),
        entry.version,
        static_cast<std::uint64_t>(entry.loadCost.count()),
        hash64(entry.notes.view())};
    // Without notes it is what it was before there were any.
    const std::size_t count = entry.notes.empty() ? parts.size() - 1 : parts.size();
    const auto checksum = std::bit_cast<std::int64_t>(
        hash64({reinterpret_cast<const char*>(parts.data()), count * sizeof parts[0]}));
    return sealed ? movedChecksum(checksum, std::nullopt, entry.expires) : checksum;
}

std::int64_t movedChecksum(std::int64_t checksum, std::optional<TimePoint> before,
                           TimePoint after) noexcept {
    return checksum ^ (before ? mixed(*before) : 0) ^ mixed(after);
}

std::int64_t accounted(std::size_t keySize, std::int64_t contentSize) noexcept {
    return static_cast<std::int64_t>(keySize) + contentSize + kFileStoreEntryOverhead;
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

void bindDeadline(SqliteStatement& statement, int parameter, TimePoint deadline) {
    if (deadline == kNever) {
        statement.bindNull(parameter);
    } else {
        statement.bind(parameter, toColumn(deadline));
    }
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
