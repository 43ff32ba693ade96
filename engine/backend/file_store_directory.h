// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/private_files.h"
#include "engine/core/bytes.h"
#include "engine/core/clock.h"
#include "engine/core/result.h"

namespace cachescope {

/// The files of a FileBackend, and their names:
///
///     cache.db (-wal, -shm)     the entries
///     cache.lock                held by whoever creates, checks or replaces the database
///     values/ab/cdef…-17        the large values: hash of the key, and a number of its own
///     cache.db.damaged-1        a database that could not be trusted, kept for a look
///     cache.db.foreign-1        a database that is not ours, or of a newer version
///
/// It knows names and rights, not contents. Any thread and any process.
class FileStoreDirectory {
public:
    explicit FileStoreDirectory(std::string path) : m_path(std::move(path)) {}

    /// Held while an instance lives; of all processes and threads, one holds it.
    class Lock {
    public:
        Lock(Lock&& other) noexcept;
        Lock& operator=(Lock&&) = delete;
        ~Lock();

    private:
        friend class FileStoreDirectory;
        explicit Lock(int descriptor) noexcept : m_descriptor(descriptor) {}
        int m_descriptor;
    };

    /// Makes the directory where it is missing, and waits for its lock: timedOut after `patience`.
    Result<Lock> lock(Duration patience) const;

    const std::string& path() const noexcept { return m_path; }
    std::string databasePath() const { return m_path + "/cache.db"; }
    FileIdentity databaseIdentity() const noexcept { return identityOf(databasePath()); }

    /// An empty database file for its owner only, unless there is a file. With the lock held.
    Result<void> createDatabaseFile() const;

    /// Renames the database to cache.db.<word>-N, N the next that is free. With the lock held.
    /// The new path.
    Result<std::string> setDatabaseAside(std::string_view word) const;

    /// Stores a large value under a name that `key` and `number` decide; the name.
    Result<std::string> writeValue(std::string_view key, std::int64_t number,
                                   std::string_view value) const;

    /// Nothing when there is no such file. damaged for a name that writeValue() never gives, so
    /// that a database from elsewhere can neither show nor remove a file outside values/.
    Result<std::optional<Bytes>> readValue(std::string_view name) const;
    Result<void> removeValue(std::string_view name) const;

    /// The names of all stored values, and of what killed processes left of unfinished ones.
    std::vector<std::string> valueNames() const;

    /// Removes what valueNames() reported, unfinished ones included.
    void removeLeftover(std::string_view name) const;

private:
    std::string m_path;
};

}  // namespace cachescope
