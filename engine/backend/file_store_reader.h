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

private:
    FileStoreReader(const FileStoreDirectory& directory, FileStoreConnection connection)
        : m_directory(directory), m_connection(std::move(connection)) {}
    Error damaged(std::string detail) const;

    const FileStoreDirectory& m_directory;
    FileStoreConnection m_connection;
    SqliteStatement m_find, m_page, m_firstPage, m_totals, m_earliest, m_file;
};

}  // namespace cachescope
