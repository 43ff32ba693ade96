// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/file_store_schema.h"

namespace cachescope {

namespace {

// "CScp", so that file(1) and we can tell this database from any other.
constexpr std::int64_t kApplicationId = 0x43536370;
constexpr std::int64_t kSchemaVersion = 2;
constexpr std::int64_t kVersionWithoutNotes = 1;

// Rows are appended in the order of their coming, and only the small index of hashes is written at
// random: with the key or its hash as the primary key, every set would rewrite a page of values.
// The hash only finds; the full key is compared, and two keys with one hash take turns. The value
// comes last, so that reading the other columns does not load it. A missing deadline is NULL, which
// keeps it out of the index of deadlines. `sealed` is the deadline that the entry was stored with,
// where it has been moved since; see filestore::checksumOf().
constexpr const char* kCreateTables = R"sql(
    BEGIN IMMEDIATE;
    CREATE TABLE entry(
        id       INTEGER PRIMARY KEY,
        hash     INTEGER NOT NULL,
        key      BLOB    NOT NULL,
        created  INTEGER NOT NULL,
        expires  INTEGER,
        version  INTEGER NOT NULL,
        cost     INTEGER NOT NULL,
        used     INTEGER NOT NULL,
        size     INTEGER NOT NULL,
        checksum INTEGER NOT NULL,
        file     BLOB,
        notes    BLOB,
        sealed   INTEGER,
        value    BLOB
    );
    CREATE UNIQUE INDEX entry_hash ON entry(hash);
    CREATE INDEX entry_expires ON entry(expires) WHERE expires IS NOT NULL;
    CREATE INDEX entry_used ON entry(used);
    CREATE INDEX entry_file ON entry(file) WHERE file IS NOT NULL;
    CREATE TABLE total(
        id      INTEGER PRIMARY KEY,
        entries INTEGER NOT NULL,
        bytes   INTEGER NOT NULL,
        stamp   INTEGER NOT NULL
    );
    INSERT INTO total VALUES(0, 0, 0, 0);
    PRAGMA application_id = 1129538416;
    PRAGMA user_version = 2;
    COMMIT;
)sql";
static_assert(kApplicationId == 1129538416 && kSchemaVersion == 2);

// Writes no entry: NULL in both columns is what an entry without notes has that nobody touched.
constexpr const char* kAddNotes = R"sql(
    BEGIN IMMEDIATE;
    ALTER TABLE entry ADD COLUMN notes BLOB;
    ALTER TABLE entry ADD COLUMN sealed INTEGER;
    PRAGMA user_version = 2;
    COMMIT;
)sql";

enum class Content { ours, older, empty, foreign };

Result<Content> look(SqliteDatabase& database) {
    const auto application = database.integer("PRAGMA application_id");
    const auto version = database.integer("PRAGMA user_version");
    const auto objects = database.integer("SELECT count(*) FROM sqlite_master");
    for (const auto* result : {&application, &version, &objects}) {
        if (!*result) {
            return result->error();
        }
    }
    if (*objects == 0 && *application == 0 && *version == 0) {
        return Content::empty;
    }
    if (*application != kApplicationId) {
        return Content::foreign;
    }
    return *version == kSchemaVersion         ? Content::ours
           : *version == kVersionWithoutNotes ? Content::older
                                              : Content::foreign;
}

Result<Content> prepareConnection(SqliteDatabase& database) {
    auto content = look(database);
    if (content && *content != Content::foreign) {
        // WAL survives kill -9 at any moment, and lets readers read while a writer writes. NORMAL
        // may lose the last entries when the power fails, never the consistency. No mmap: a file
        // that another process truncates would end ours.
        auto done = database.run(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 0;"
            "PRAGMA cell_size_check = ON; PRAGMA wal_autocheckpoint = 8000;"
            "PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY; PRAGMA cache_size = "
            "-32768;");
        if (done && *content == Content::empty) {
            done = database.run(kCreateTables);
        } else if (done && *content == Content::older) {
            done = database.run(kAddNotes);
        }
        if (!done) {
            return done.error();
        }
    }
    return content;
}

Result<void> setAside(const FileStoreDirectory& directory, const char* word, const Error& reason,
                      FileStoreNotice& notice) {
    auto to = directory.setDatabaseAside(word);
    if (!to) {
        return to.error().because(reason);
    }
    notice = Error{reason.code(), directory.databasePath(), "set aside as " + *to}.because(reason);
    return {};
}

}  // namespace

Result<FileStoreConnection> openFileStore(const FileStoreDirectory& directory, Duration patience,
                                          Duration timeout, FileStoreNotice& notice) {
    const auto lock = directory.lock(patience);
    if (!lock) {
        return lock.error();
    }
    // Twice at most: what is there, and if that cannot be used, a new one.
    for (int attempt = 0;; ++attempt) {
        if (auto created = directory.createDatabaseFile(); !created) {
            return created.error();
        }
        const FileIdentity identity = directory.databaseIdentity();
        auto database = SqliteDatabase::open(directory.databasePath(), patience);
        if (!database) {
            return database.error();
        }
        const auto content = prepareConnection(*database);
        if (content && *content != Content::foreign) {
            database->setTimeout(timeout);
            return FileStoreConnection{std::move(*database), identity};
        }
        const Error reason = content ? Error{ErrorCode::unsupported, directory.databasePath(),
                                             "a database of a newer version or of another program"}
                                     : content.error();
        if (attempt > 0 || (!content && reason.code() != ErrorCode::damaged)) {
            return reason;
        }
        if (auto moved = setAside(directory, content ? "foreign" : "damaged", reason, notice);
            !moved) {
            return moved.error();
        }
    }
}

Result<bool> setAsideDamaged(const FileStoreDirectory& directory, FileIdentity identity,
                             const Error& reason, Duration patience, FileStoreNotice& notice) {
    const auto lock = directory.lock(patience);
    if (!lock) {
        return lock.error();
    }
    if (directory.databaseIdentity() != identity) {
        return false;
    }
    auto moved = setAside(directory, "damaged", reason, notice);
    if (!moved) {
        return moved.error();
    }
    return true;
}

}  // namespace cachescope
