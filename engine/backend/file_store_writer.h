// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/file_store_entry.h"
#include "engine/backend/file_store_schema.h"

namespace cachescope {

/// The writing side: one connection, its prepared statements, and the transaction under way.
///
/// begin(), any number of changes, then commit() or rollback(); after a failure only rollback().
/// Files of large values are written before the row that names them, and removed after the row is
/// gone for good. One thread at a time.
class FileStoreWriter {
public:
    static Result<std::unique_ptr<FileStoreWriter>> make(const FileStoreDirectory& directory,
                                                         FileStoreConnection connection);

    FileIdentity identity() const noexcept { return m_connection.identity; }

    /// Whether commit() tells what was removed; off saves copying the keys.
    void reportRemovals(bool on) noexcept { m_reporting = on; }

    Result<void> begin();
    Result<void> put(std::string_view key, const Entry& entry, TimePoint now);
    /// Whether a live entry was removed. One past its deadline goes as expired, not as `cause`.
    Result<bool> erase(std::string_view key, RemovalCause cause, TimePoint now);
    /// Removes the entry only if it is past its deadline.
    Result<void> eraseIfExpired(std::string_view key, TimePoint now);
    /// Removes the entry only while it is the very one that was found.
    Result<void> eraseFound(const FileStoreRow& found, RemovalCause cause);
    Result<std::uint64_t> eraseAll(TimePoint now);
    Result<std::uint64_t> eraseExpired(TimePoint now, std::size_t limit);
    /// See Backend::touch().
    Result<bool> touch(std::string_view key, TimePoint expires, TimePoint now);
    /// Counts as used now; unknown ids are passed over.
    Result<void> markUsed(std::int64_t id);
    /// Removes expired entries, then the least recently used, until both bounds hold (0: none).
    Result<void> enforce(std::uint64_t maxEntries, std::uint64_t maxBytes, TimePoint now);
    Result<std::vector<FileStoreRemoval>> commit();
    void rollback();

    const FileStoreTotals& totals() const noexcept { return m_totals; }

    /// Copies the log into the database, as far as nobody is in the way. The last thing to be done.
    void checkpoint();
    /// Gives the space of removed entries back to the file system, as far as nobody is in the way.
    void compact();

private:
    FileStoreWriter(const FileStoreDirectory& directory, FileStoreConnection connection)
        : m_directory(directory), m_connection(std::move(connection)) {}
    // Whether there is an entry with this hash; m_look stands on it then.
    Result<bool> look(std::int64_t hash);
    // Takes the row that `statement` stands on out of the sums. The row itself is left to the
    // caller, who may put another one in its place.
    void forget(const SqliteStatement& statement, RemovalCause cause);
    Result<void> removeId(std::int64_t id);
    Result<std::uint64_t> removeListed(SqliteStatement& list, RemovalCause cause);

    const FileStoreDirectory& m_directory;
    FileStoreConnection m_connection;
    SqliteStatement m_begin, m_commit, m_readTotals, m_writeTotals, m_look, m_insert, m_update,
        m_remove, m_markUsed, m_touch, m_expired, m_oldest;
    FileStoreTotals m_totals;
    std::vector<FileStoreRemoval> m_removals;
    std::vector<std::string> m_obsoleteFiles;  // to be removed after the commit
    std::vector<std::string> m_newFiles;       // to be removed after a rollback
    bool m_reporting = true;
};

}  // namespace cachescope
