// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/file_store_reader.h"

#include <bit>
#include <utility>

namespace cachescope {

using namespace filestore;

Result<std::unique_ptr<FileStoreReader>> FileStoreReader::make(const FileStoreDirectory& directory,
                                                               FileStoreConnection connection) {
    std::unique_ptr<FileStoreReader> reader{new FileStoreReader(directory, std::move(connection))};
    const auto prepared = prepareAll(
        reader->m_connection.database,
        {{&reader->m_find,
          "SELECT key, created, expires, version, cost, used, checksum, id, file, value, notes,"
          " sealed FROM entry WHERE hash = ?1"},
         {&reader->m_page,
          "SELECT id, key, created, expires, size FROM entry WHERE id > ?1 ORDER BY id LIMIT ?2"},
         {&reader->m_firstPage,
          "SELECT id, key, created, expires, size FROM entry ORDER BY id LIMIT ?2"},
         {&reader->m_totals, kReadTotals},
         {&reader->m_earliest,
          "SELECT expires FROM entry WHERE expires IS NOT NULL ORDER BY expires LIMIT 1"},
         {&reader->m_file, "SELECT 1 FROM entry WHERE file IS NOT NULL AND file = ?1"}});
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
        row.hash = hashOf(key);
        auto found = m_find.bind(1, row.hash).step();
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
        row.id = m_find.integer(7);
        row.entry.notes = SharedBytes{m_find.bytes(10)};
        const auto sealed =
            m_find.isNull(11) ? std::nullopt : std::optional{toTime(m_find.integer(11))};
        if (m_find.isNull(8)) {
            row.entry.value = Bytes{m_find.bytes(9)};
            if (checksumOf(key, row.entry, sealed) != row.checksum) {
                return damaged("the checksum of an entry is wrong");
            }
            return std::optional{std::move(row)};
        }
        row.file = m_find.bytes(8);
        auto value = m_directory.readValue(row.file);
        if (!value) {
            return value.error();
        }
        if (*value) {
            row.entry.value = std::move(**value);
            if (checksumOf(key, row.entry, sealed) == row.checksum) {
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
    return filestore::readTotals(m_totals);
}

Result<TimePoint> FileStoreReader::earliestDeadline() {
    const auto scope = m_earliest.scope();
    auto row = m_earliest.step();
    if (!row) {
        return row.error();
    }
    return *row ? deadlineAt(m_earliest, 0) : kNever;
}

Result<bool> FileStoreReader::refersToFile(std::string_view name) {
    const auto scope = m_file.scope();
    return m_file.bindBytes(1, name).step();
}

}  // namespace cachescope
