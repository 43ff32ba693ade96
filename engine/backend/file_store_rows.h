// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/file_store_schema.h"

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
/// the indexes, as measured on databases of small entries.
inline constexpr std::int64_t kFileStoreEntryOverhead = 96;

/// An entry as it was found, and what is needed to remove exactly this one later.
struct FileStoreRow {
    Entry entry;
    std::int64_t id = 0;
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

/// The reading side of the entries: one connection and its prepared statements.
///
/// Errors are those of SqliteDatabase; damaged also for an entry whose checksum is wrong, so that
/// a caller never sees it. Does not look at deadlines. One thread at a time.
class FileStoreReader {
public:
    /// `directory` must outlive the reader.
    static Result<std::unique_ptr<FileStoreReader>> make(const FileStoreDirectory& directory,
                                                         FileStoreConnection connection);

    FileIdentity identity() const noexcept { return m_connection.identity; }

    Result<std::optional<FileStoreRow>> find(std::string_view key);

    /// Up to `limit` keys whose id is greater than `after` (nothing: from the first), in the order
    /// of ids; `last` is the id to go on from, and nothing after the end.
    struct Page {
        std::vector<ScannedKey> keys;
        std::optional<std::int64_t> last;
    };
    Result<Page> page(std::optional<std::int64_t> after, std::size_t limit);

    Result<FileStoreTotals> totals();
    Result<TimePoint> earliestDeadline();
    Result<bool> refersToFile(std::string_view name);

    /// A number that differs from an earlier one when some connection has changed the database.
    Result<std::int64_t> dataVersion();

private:
    FileStoreReader(const FileStoreDirectory& directory, FileStoreConnection connection)
        : m_directory(directory), m_connection(std::move(connection)) {}
    Error damaged(std::string detail) const;

    const FileStoreDirectory& m_directory;
    FileStoreConnection m_connection;
    SqliteStatement m_find, m_page, m_firstPage, m_totals, m_earliest, m_file, m_dataVersion;
};

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
    Result<bool> eraseIfExpired(std::string_view key, TimePoint now);
    /// Removes the entry only while it is the very one that was found.
    Result<bool> eraseFound(const FileStoreRow& found, RemovalCause cause);
    Result<std::uint64_t> eraseAll(TimePoint now);
    Result<std::uint64_t> eraseExpired(TimePoint now, std::size_t limit);
    /// Counts as used now; unknown ids are passed over.
    Result<void> touch(std::int64_t id);
    /// Removes expired entries, then the least recently used, until both bounds hold (0: none).
    Result<void> enforce(std::uint64_t maxEntries, std::uint64_t maxBytes, TimePoint now);
    Result<std::vector<FileStoreRemoval>> commit();
    void rollback();

    const FileStoreTotals& totals() const noexcept { return m_totals; }
    Result<TimePoint> earliestDeadline();

    /// Copies the log into the database, as far as nobody is in the way.
    void checkpoint();
    /// Gives the space of removed entries back to the file system, as far as nobody is in the way.
    void compact();

private:
    FileStoreWriter(const FileStoreDirectory& directory, FileStoreConnection connection)
        : m_directory(directory), m_connection(std::move(connection)) {}
    // Takes the row that `statement` stands on out of the sums and, unless a new one takes its
    // place, the statement's caller out of the table.
    void forget(const SqliteStatement& statement, RemovalCause cause);
    Result<void> removeId(std::int64_t id);
    Result<std::uint64_t> removeListed(SqliteStatement& list, RemovalCause cause);

    const FileStoreDirectory& m_directory;
    FileStoreConnection m_connection;
    SqliteStatement m_begin, m_commit, m_readTotals, m_writeTotals, m_look, m_put, m_remove,
        m_touch, m_expired, m_oldest, m_earliest;
    FileStoreTotals m_totals;
    std::vector<FileStoreRemoval> m_removals;
    std::vector<std::string> m_obsoleteFiles;  // to be removed after the commit
    std::vector<std::string> m_newFiles;       // to be removed after a rollback
    bool m_reporting = true;
};

}  // namespace cachescope
