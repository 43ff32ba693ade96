// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/file_store_rows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

#include "engine/core/hash.h"

namespace cachescope {

namespace {

constexpr std::size_t kLargestInlineValue = 64 * 1024;
constexpr std::int64_t kRemovedAtOnce = 256;

std::int64_t idOf(std::string_view key) noexcept {
    return std::bit_cast<std::int64_t>(hash64(key));
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

// Over everything that is served, so that a changed deadline is noticed as well as a changed value.
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

struct Preparation {
    SqliteStatement& statement;
    const char* text;
};

Result<void> prepareAll(SqliteDatabase& database, std::initializer_list<Preparation> all) {
    for (const Preparation& one : all) {
        auto prepared = database.prepare(one.text);
        if (!prepared) {
            return prepared.error();
        }
        one.statement = std::move(*prepared);
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

Result<TimePoint> readEarliest(SqliteStatement& statement) {
    const auto scope = statement.scope();
    auto row = statement.step();
    if (!row) {
        return row.error();
    }
    return *row ? deadlineAt(statement, 0) : kNever;
}

constexpr const char* kReadTotals = "SELECT entries, bytes, stamp FROM total WHERE id = 0";
constexpr const char* kReadEarliest =
    "SELECT expires FROM entry WHERE expires IS NOT NULL ORDER BY expires LIMIT 1";

}  // namespace

Result<std::unique_ptr<FileStoreReader>> FileStoreReader::make(const FileStoreDirectory& directory,
                                                               FileStoreConnection connection) {
    std::unique_ptr<FileStoreReader> reader{new FileStoreReader(directory, std::move(connection))};
    const auto prepared = prepareAll(
        reader->m_connection.database,
        {{reader->m_find,
          "SELECT key, created, expires, version, cost, used, checksum, file, value"
          " FROM entry WHERE id = ?1"},
         {reader->m_page,
          "SELECT id, key, created, expires, size FROM entry WHERE id > ?1 ORDER BY id LIMIT ?2"},
         {reader->m_firstPage,
          "SELECT id, key, created, expires, size FROM entry ORDER BY id LIMIT ?2"},
         {reader->m_totals, kReadTotals},
         {reader->m_earliest, kReadEarliest},
         {reader->m_file, "SELECT 1 FROM entry WHERE file IS NOT NULL AND file = ?1"},
         {reader->m_dataVersion, "PRAGMA data_version"}});
    if (!prepared) {
        return prepared.error();
    }
    return reader;
}

Error FileStoreReader::damaged(std::string detail) const {
    return Error{ErrorCode::damaged, m_directory.databasePath(), std::move(detail)};
}

Result<std::optional<FileStoreRow>> FileStoreReader::find(std::string_view key) {
    // A large value that was replaced between reading its row and opening its file has a new row
    // by then; the same row twice means that the file is really missing.
    std::string missingFile;
    for (;;) {
        const auto scope = m_find.scope();
        FileStoreRow row;
        row.id = idOf(key);
        auto found = m_find.bind(1, row.id).step();
        if (!found) {
            return found.error();
        }
        if (!*found || m_find.bytes(0) != key) {
            return std::optional<FileStoreRow>{};
        }
        row.entry.created = toTime(m_find.integer(1));
        row.entry.expires = deadlineAt(m_find, 2);
        row.entry.version = std::bit_cast<std::uint64_t>(m_find.integer(3));
        row.entry.loadCost = Duration{m_find.integer(4)};
        row.used = m_find.integer(5);
        row.checksum = m_find.integer(6);
        if (m_find.isNull(7)) {
            row.entry.value = Bytes{m_find.bytes(8)};
            if (checksumOf(key, row.entry) != row.checksum) {
                return damaged("the checksum of an entry is wrong");
            }
            return std::optional{std::move(row)};
        }
        row.file = m_find.bytes(7);
        auto value = m_directory.readValue(row.file);
        if (!value) {
            return value.error();
        }
        if (*value) {
            row.entry.value = std::move(**value);
            if (checksumOf(key, row.entry) == row.checksum) {
                row.file.clear();
            } else {
                row.entry.value = Bytes{};
            }
            return std::optional{std::move(row)};
        }
        if (row.file == missingFile) {
            return std::optional{std::move(row)};
        }
        missingFile = std::move(row.file);
    }
}

Result<FileStoreReader::Page> FileStoreReader::page(std::optional<std::int64_t> after,
                                                    std::size_t limit) {
    SqliteStatement& statement = after ? m_page : m_firstPage;
    const auto scope = statement.scope();
    if (after) {
        statement.bind(1, *after);
    }
    statement.bind(2, static_cast<std::int64_t>(limit));
    Page page;
    std::int64_t last = 0;
    for (;;) {
        auto row = statement.step();
        if (!row) {
            return row.error();
        }
        if (!*row) {
            break;
        }
        last = statement.integer(0);
        page.keys.push_back({std::string{statement.bytes(1)}, toTime(statement.integer(2)),
                             deadlineAt(statement, 3),
                             static_cast<std::uint64_t>(statement.integer(4))});
    }
    if (page.keys.size() == limit) {
        page.last = last;
    }
    return page;
}

Result<FileStoreTotals> FileStoreReader::totals() {
    return readTotals(m_totals);
}

Result<TimePoint> FileStoreReader::earliestDeadline() {
    return readEarliest(m_earliest);
}

Result<bool> FileStoreReader::refersToFile(std::string_view name) {
    const auto scope = m_file.scope();
    return m_file.bindBytes(1, name).step();
}

Result<std::int64_t> FileStoreReader::dataVersion() {
    const auto scope = m_dataVersion.scope();
    auto row = m_dataVersion.step();
    if (!row) {
        return row.error();
    }
    return m_dataVersion.integer(0);
}

Result<std::unique_ptr<FileStoreWriter>> FileStoreWriter::make(const FileStoreDirectory& directory,
                                                               FileStoreConnection connection) {
    std::unique_ptr<FileStoreWriter> writer{new FileStoreWriter(directory, std::move(connection))};
    // m_look, m_expired and m_oldest return the same columns, those that forget() reads.
    const auto prepared = prepareAll(
        writer->m_connection.database,
        {{writer->m_begin, "BEGIN IMMEDIATE"},
         {writer->m_commit, "COMMIT"},
         {writer->m_readTotals, kReadTotals},
         {writer->m_writeTotals,
          "UPDATE total SET entries = ?1, bytes = ?2, stamp = ?3 WHERE id = 0"},
         {writer->m_look,
          "SELECT id, key, created, expires, size, file, checksum FROM entry WHERE id = ?1"},
         {writer->m_put,
          "INSERT INTO entry(id, key, created, expires, version, cost, used, size, checksum, file,"
          " value) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
          " ON CONFLICT(id) DO UPDATE SET key = ?2, created = ?3, expires = ?4, version = ?5,"
          " cost = ?6, used = ?7, size = ?8, checksum = ?9, file = ?10, value = ?11"},
         {writer->m_remove, "DELETE FROM entry WHERE id = ?1"},
         {writer->m_touch, "UPDATE entry SET used = ?2 WHERE id = ?1"},
         {writer->m_expired,
          "SELECT id, key, created, expires, size, file, checksum FROM entry"
          " WHERE expires < ?1 ORDER BY expires LIMIT ?2"},
         {writer->m_oldest,
          "SELECT id, key, created, expires, size, file, checksum FROM entry"
          " ORDER BY used LIMIT ?2"},
         {writer->m_earliest, kReadEarliest}});
    if (!prepared) {
        return prepared.error();
    }
    return writer;
}

Result<void> FileStoreWriter::begin() {
    {
        const auto scope = m_begin.scope();
        if (auto begun = m_begin.run(); !begun) {
            return begun;
        }
    }
    auto totals = readTotals(m_readTotals);
    if (!totals) {
        return totals.error();
    }
    m_totals = *totals;
    return {};
}

void FileStoreWriter::forget(const SqliteStatement& statement, RemovalCause cause) {
    const std::string_view key = statement.bytes(1);
    m_totals.entries -= 1;
    m_totals.bytes -= accounted(key.size(), statement.integer(4));
    if (!statement.isNull(5)) {
        m_obsoleteFiles.emplace_back(statement.bytes(5));
    }
    if (m_reporting) {
        m_removals.push_back(
            {std::string{key}, cause, toTime(statement.integer(2)), deadlineAt(statement, 3)});
    }
}

Result<void> FileStoreWriter::removeId(std::int64_t id) {
    const auto scope = m_remove.scope();
    return m_remove.bind(1, id).run();
}

Result<void> FileStoreWriter::put(std::string_view key, const Entry& entry, TimePoint now) {
    const std::int64_t id = idOf(key);
    const std::string_view value = entry.value.view();
    {
        const auto scope = m_look.scope();
        auto old = m_look.bind(1, id).step();
        if (!old) {
            return old.error();
        }
        if (*old) {
            const bool sameKey = m_look.bytes(1) == key;
            forget(m_look, deadlineAt(m_look, 3) < now ? RemovalCause::expired
                           : sameKey                   ? RemovalCause::replaced
                                                       : RemovalCause::evicted);
        }
    }
    m_totals.entries += 1;
    m_totals.bytes += accounted(key.size(), static_cast<std::int64_t>(value.size()));
    m_totals.stamp += 1;
    const auto scope = m_put.scope();
    std::string file;
    if (value.size() > kLargestInlineValue) {
        auto written = m_directory.writeValue(key, m_totals.stamp, value);
        if (!written) {
            return written.error();
        }
        file = std::move(*written);
        m_newFiles.push_back(file);
        m_put.bindBytes(10, file).bindNull(11);
    } else {
        m_put.bindNull(10).bindBytes(11, value);
    }
    m_put.bind(1, id)
        .bindBytes(2, key)
        .bind(3, toColumn(entry.created))
        .bind(5, std::bit_cast<std::int64_t>(entry.version))
        .bind(6, entry.loadCost.count())
        .bind(7, m_totals.stamp)
        .bind(8, static_cast<std::int64_t>(value.size()))
        .bind(9, checksumOf(key, entry));
    if (entry.expires == kNever) {
        m_put.bindNull(4);
    } else {
        m_put.bind(4, toColumn(entry.expires));
    }
    return m_put.run();
}

Result<bool> FileStoreWriter::erase(std::string_view key, RemovalCause cause, TimePoint now) {
    const std::int64_t id = idOf(key);
    bool alive = false;
    {
        const auto scope = m_look.scope();
        auto found = m_look.bind(1, id).step();
        if (!found) {
            return found.error();
        }
        if (!*found || m_look.bytes(1) != key) {
            return false;
        }
        alive = deadlineAt(m_look, 3) >= now;
        forget(m_look, alive ? cause : RemovalCause::expired);
    }
    if (auto removed = removeId(id); !removed) {
        return removed.error();
    }
    return alive;
}

Result<bool> FileStoreWriter::eraseIfExpired(std::string_view key, TimePoint now) {
    const std::int64_t id = idOf(key);
    {
        const auto scope = m_look.scope();
        auto found = m_look.bind(1, id).step();
        if (!found) {
            return found.error();
        }
        if (!*found || m_look.bytes(1) != key || deadlineAt(m_look, 3) >= now) {
            return false;
        }
        forget(m_look, RemovalCause::expired);
    }
    if (auto removed = removeId(id); !removed) {
        return removed.error();
    }
    return true;
}

Result<bool> FileStoreWriter::eraseFound(const FileStoreRow& found, RemovalCause cause) {
    {
        const auto scope = m_look.scope();
        auto row = m_look.bind(1, found.id).step();
        if (!row) {
            return row.error();
        }
        if (!*row || m_look.integer(6) != found.checksum) {
            return false;
        }
        forget(m_look, cause);
    }
    if (auto removed = removeId(found.id); !removed) {
        return removed.error();
    }
    return true;
}

Result<std::uint64_t> FileStoreWriter::removeListed(SqliteStatement& list, RemovalCause cause) {
    std::vector<std::int64_t> ids;
    {
        const auto scope = list.scope();
        for (;;) {
            auto row = list.step();
            if (!row) {
                return row.error();
            }
            if (!*row) {
                break;
            }
            ids.push_back(list.integer(0));
            forget(list, cause);
        }
    }
    for (const std::int64_t id : ids) {
        if (auto removed = removeId(id); !removed) {
            return removed.error();
        }
    }
    return ids.size();
}

Result<std::uint64_t> FileStoreWriter::eraseAll(TimePoint now) {
    const auto all = static_cast<std::uint64_t>(m_totals.entries);
    auto statement = m_connection.database.prepare(
        m_reporting ? "SELECT id, key, created, expires, size, file, checksum FROM entry"
                    : "SELECT id, key, created, expires, size, file, checksum FROM entry"
                      " WHERE file IS NOT NULL");
    if (!statement) {
        return statement.error();
    }
    for (;;) {
        auto row = statement->step();
        if (!row) {
            return row.error();
        }
        if (!*row) {
            break;
        }
        const bool due = deadlineAt(*statement, 3) < now;
        forget(*statement, due ? RemovalCause::expired : RemovalCause::invalidated);
    }
    // Without a condition SQLite drops the pages of the table instead of visiting its rows.
    if (auto removed = m_connection.database.run("DELETE FROM entry"); !removed) {
        return removed.error();
    }
    m_totals.entries = 0;
    m_totals.bytes = 0;
    return all;
}

Result<std::uint64_t> FileStoreWriter::eraseExpired(TimePoint now, std::size_t limit) {
    m_expired.bind(1, toColumn(now))
        .bind(2, static_cast<std::int64_t>(
                     std::min<std::size_t>(limit, std::numeric_limits<std::int64_t>::max())));
    return removeListed(m_expired, RemovalCause::expired);
}

Result<void> FileStoreWriter::touch(std::int64_t id) {
    const auto scope = m_touch.scope();
    return m_touch.bind(1, id).bind(2, m_totals.stamp).run();
}

Result<void> FileStoreWriter::enforce(std::uint64_t maxEntries, std::uint64_t maxBytes,
                                      TimePoint now) {
    const auto over = [&] {
        return (maxEntries != 0 && static_cast<std::uint64_t>(m_totals.entries) > maxEntries) ||
               (maxBytes != 0 && static_cast<std::uint64_t>(m_totals.bytes) > maxBytes);
    };
    bool expiredLeft = true;
    while (over() && m_totals.entries > 0) {
        // One at a time near the bound, so that no more than necessary goes.
        const auto surplus =
            maxEntries == 0 ? 1 : m_totals.entries - static_cast<std::int64_t>(maxEntries);
        SqliteStatement& list = expiredLeft ? m_expired : m_oldest;
        if (expiredLeft) {
            list.bind(1, toColumn(now));
        }
        list.bind(
            2, std::clamp<std::int64_t>(surplus, expiredLeft ? kRemovedAtOnce : 1, kRemovedAtOnce));
        auto removed =
            removeListed(list, expiredLeft ? RemovalCause::expired : RemovalCause::evicted);
        if (!removed) {
            return removed.error();
        }
        if (*removed == 0 && !expiredLeft) {
            return Error{ErrorCode::damaged, m_directory.databasePath(),
                         "the totals count entries that are not there"};
        }
        expiredLeft = expiredLeft && *removed > 0;
    }
    return {};
}

Result<std::vector<FileStoreRemoval>> FileStoreWriter::commit() {
    {
        const auto scope = m_writeTotals.scope();
        auto written = m_writeTotals.bind(1, m_totals.entries)
                           .bind(2, m_totals.bytes)
                           .bind(3, m_totals.stamp)
                           .run();
        if (!written) {
            return written.error();
        }
    }
    const auto scope = m_commit.scope();
    if (auto committed = m_commit.run(); !committed) {
        return committed.error();
    }
    m_newFiles.clear();
    // A file that cannot be removed now is found by the next search for leftovers.
    for (const std::string& file : std::exchange(m_obsoleteFiles, {})) {
        static_cast<void>(m_directory.removeValue(file).ok());
    }
    return std::exchange(m_removals, {});
}

void FileStoreWriter::rollback() {
    if (m_connection.database.inTransaction()) {
        // SQLite has rolled back by itself after the worst errors; then there is nothing to do.
        static_cast<void>(m_connection.database.run("ROLLBACK").ok());
    }
    for (const std::string& file : std::exchange(m_newFiles, {})) {
        m_directory.removeLeftover(file);
    }
    m_obsoleteFiles.clear();
    m_removals.clear();
}

Result<TimePoint> FileStoreWriter::earliestDeadline() {
    return readEarliest(m_earliest);
}

void FileStoreWriter::checkpoint() {
    static_cast<void>(m_connection.database.run("PRAGMA wal_checkpoint(PASSIVE)").ok());
}

void FileStoreWriter::compact() {
    static_cast<void>(m_connection.database.run("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)").ok());
}

}  // namespace cachescope
