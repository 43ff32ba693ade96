// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/file_store_writer.h"

#include "engine/backend/reserved_keys.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace cachescope {

using namespace filestore;

namespace {

constexpr std::size_t kLargestInlineValue = 64 * 1024;
constexpr std::int64_t kRemovedAtOnce = 256;
// When what the cache in front notes was used: it is evicted after all entries.
constexpr std::int64_t kUsedLast = std::numeric_limits<std::int64_t>::max();

}  // namespace

Result<std::unique_ptr<FileStoreWriter>> FileStoreWriter::make(const FileStoreDirectory& directory,
                                                               FileStoreConnection connection) {
    std::unique_ptr<FileStoreWriter> writer{new FileStoreWriter(directory, std::move(connection))};
    // m_look, m_expired and m_oldest begin with the same columns, those that forget() reads.
    const auto prepared = prepareAll(
        writer->m_connection.database,
        {{&writer->m_begin, "BEGIN IMMEDIATE"},
         {&writer->m_commit, "COMMIT"},
         {&writer->m_readTotals, kReadTotals},
         {&writer->m_writeTotals,
          "UPDATE total SET entries = ?1, bytes = ?2, stamp = ?3 WHERE id = 0"},
         {&writer->m_look,
          "SELECT id, key, created, expires, size, file, checksum, length(notes),"
          " sealed IS NOT NULL FROM entry WHERE hash = ?1"},
         {&writer->m_insert,
          "INSERT INTO entry(hash, key, created, expires, version, cost, used, size, checksum,"
          " file, value, notes) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"},
         {&writer->m_update,
          "UPDATE entry SET key = ?2, created = ?3, expires = ?4, version = ?5, cost = ?6,"
          " used = ?7, size = ?8, checksum = ?9, file = ?10, value = ?11, notes = ?12,"
          " sealed = NULL WHERE hash = ?1"},
         {&writer->m_remove, "DELETE FROM entry WHERE id = ?1"},
         {&writer->m_markUsed, "UPDATE entry SET used = ?2 WHERE id = ?1"},
         {&writer->m_touch,
          "UPDATE entry SET expires = ?2, checksum = ?3, sealed = coalesce(sealed, ?4)"
          " WHERE id = ?1"},
         {&writer->m_expired,
          "SELECT id, key, created, expires, size, file, checksum, length(notes)"
          " FROM entry"
          " WHERE expires < ?1 ORDER BY expires LIMIT ?2"},
         {&writer->m_oldest,
          "SELECT id, key, created, expires, size, file, checksum, length(notes)"
          " FROM entry"
          " ORDER BY used LIMIT ?2"}});
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

Result<bool> FileStoreWriter::look(std::int64_t hash) {
    return m_look.bind(1, hash).step();
}

void FileStoreWriter::forget(const SqliteStatement& statement, RemovalCause cause) {
    const std::string_view key = statement.bytes(1);
    m_totals.entries -= 1;
    m_totals.bytes -= accounted(key.size(), statement.integer(4) + statement.integer(7));
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
    const std::int64_t hash = hashOf(key);
    const std::string_view value = entry.value.view();
    const std::string_view notes = entry.notes.view();
    SqliteStatement* put = &m_insert;
    {
        const auto scope = m_look.scope();
        auto old = look(hash);
        if (!old) {
            return old.error();
        }
        if (*old) {
            put = &m_update;
            const bool sameKey = m_look.bytes(1) == key;
            forget(m_look, deadlineAt(m_look, 3) < now ? RemovalCause::expired
                           : sameKey                   ? RemovalCause::replaced
                                                       : RemovalCause::evicted);
        }
    }
    m_totals.entries += 1;
    m_totals.bytes += accounted(key.size(), static_cast<std::int64_t>(value.size() + notes.size()));
    m_totals.stamp += 1;
    const auto scope = put->scope();
    std::string file;
    if (value.size() > kLargestInlineValue) {
        auto written = m_directory.writeValue(key, m_totals.stamp, value);
        if (!written) {
            return written.error();
        }
        file = std::move(*written);
        m_newFiles.push_back(file);
        put->bindBytes(10, file).bindNull(11);
    } else {
        put->bindNull(10).bindBytes(11, value);
    }
    put->bind(1, hash)
        .bindBytes(2, key)
        .bind(3, toColumn(entry.created))
        .bind(5, std::bit_cast<std::int64_t>(entry.version))
        .bind(6, entry.loadCost.count())
        .bind(7, isReservedKey(key) ? kUsedLast : m_totals.stamp)
        .bind(8, static_cast<std::int64_t>(value.size()))
        .bind(9, checksumOf(key, entry));
    bindDeadline(*put, 4, entry.expires);
    if (notes.empty()) {
        put->bindNull(12);
    } else {
        put->bindBytes(12, notes);
    }
    return put->run();
}

Result<bool> FileStoreWriter::erase(std::string_view key, RemovalCause cause, TimePoint now) {
    std::int64_t id = 0;
    bool alive = false;
    {
        const auto scope = m_look.scope();
        auto found = look(hashOf(key));
        if (!found) {
            return found.error();
        }
        if (!*found || m_look.bytes(1) != key) {
            return false;
        }
        id = m_look.integer(0);
        alive = deadlineAt(m_look, 3) >= now;
        forget(m_look, alive ? cause : RemovalCause::expired);
    }
    if (auto removed = removeId(id); !removed) {
        return removed.error();
    }
    return alive;
}

Result<void> FileStoreWriter::eraseIfExpired(std::string_view key, TimePoint now) {
    std::int64_t id = 0;
    {
        const auto scope = m_look.scope();
        auto found = look(hashOf(key));
        if (!found) {
            return found.error();
        }
        if (!*found || m_look.bytes(1) != key || deadlineAt(m_look, 3) >= now) {
            return {};
        }
        id = m_look.integer(0);
        forget(m_look, RemovalCause::expired);
    }
    return removeId(id);
}

Result<void> FileStoreWriter::eraseFound(const FileStoreRow& row, RemovalCause cause) {
    std::int64_t id = 0;
    {
        const auto scope = m_look.scope();
        auto found = look(row.hash);
        if (!found) {
            return found.error();
        }
        if (!*found || m_look.integer(6) != row.checksum) {
            return {};
        }
        id = m_look.integer(0);
        forget(m_look, cause);
    }
    return removeId(id);
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
        m_reporting ? "SELECT id, key, created, expires, size, file, checksum, length(notes)"
                      " FROM entry"
                    : "SELECT id, key, created, expires, size, file, checksum, length(notes)"
                      " FROM entry"
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

Result<void> FileStoreWriter::markUsed(std::int64_t id) {
    const auto scope = m_markUsed.scope();
    return m_markUsed.bind(1, id).bind(2, m_totals.stamp).run();
}

Result<bool> FileStoreWriter::touch(std::string_view key, TimePoint expires, TimePoint now) {
    const auto scope = m_touch.scope();
    {
        const auto lookScope = m_look.scope();
        auto found = look(hashOf(key));
        if (!found) {
            return found.error();
        }
        if (!*found || m_look.bytes(1) != key || deadlineAt(m_look, 3) < now) {
            return false;
        }
        const TimePoint before = deadlineAt(m_look, 3);
        const auto movedBefore = m_look.integer(8) != 0 ? std::optional{before} : std::nullopt;
        m_touch.bind(1, m_look.integer(0))
            .bind(3, movedChecksum(m_look.integer(6), movedBefore, expires))
            .bind(4, toColumn(before));
        bindDeadline(m_touch, 2, expires);
    }
    auto touched = m_touch.run();
    return touched ? Result<bool>{true} : Result<bool>{touched.error()};
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

void FileStoreWriter::checkpoint() {
    // Tries to empty the log, and with readers in the way copies what it can.
    m_connection.database.setTimeout(Duration::zero());
    static_cast<void>(m_connection.database.run("PRAGMA wal_checkpoint(TRUNCATE)").ok());
}

void FileStoreWriter::compact() {
    static_cast<void>(m_connection.database.run("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)").ok());
}

}  // namespace cachescope
