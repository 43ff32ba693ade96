// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "engine/backend/file_store_directory.h"
#include "engine/backend/sqlite_database.h"

namespace cachescope {

/// A connection to the database of a FileStoreDirectory, whose tables are known to be there.
struct FileStoreConnection {
    SqliteDatabase database;
    FileIdentity identity;  ///< of the file it is connected to, whatever its name is by now
};

/// What had to be done to open, for people to know: a database was set aside (damaged, or
/// unsupported when it belongs to a newer version or another program), and where it is now.
using FileStoreNotice = std::optional<Error>;

/// Opens the database, making directory, file and tables where they are missing, bringing those of
/// an older version up to date, and sets aside what is no database of ours. Safe against any number
/// of processes and threads that do the same at this moment. Opening waits for them up to
/// `patience`, later calls up to `timeout`.
Result<FileStoreConnection> openFileStore(const FileStoreDirectory& directory, Duration patience,
                                          Duration timeout, FileStoreNotice& notice);

/// Sets the database aside because of `reason`, unless it is no longer the one with `identity`:
/// then somebody else already has. True when this call did it.
Result<bool> setAsideDamaged(const FileStoreDirectory& directory, FileIdentity identity,
                             const Error& reason, Duration patience, FileStoreNotice& notice);

}  // namespace cachescope
