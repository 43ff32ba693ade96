// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/sqlite_database.h"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "engine/backend/private_files.h"
#include "engine/core/file_error.h"

namespace cachescope {

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

void SqliteStatement::note(int code) noexcept {
    if (code != SQLITE_OK && m_bindFailure == SQLITE_OK) {
        m_bindFailure = code;
    }
}

void SqliteStatement::reset() noexcept {
    sqlite3_reset(m_statement.get());
    m_bindFailure = SQLITE_OK;
}

SqliteStatement& SqliteStatement::bind(int parameter, std::int64_t value) {
    note(sqlite3_bind_int64(m_statement.get(), parameter, value));
    return *this;
}

SqliteStatement& SqliteStatement::bindBytes(int parameter, std::string_view value) {
    // A null pointer would be stored as NULL, and an empty value is not that.
    note(sqlite3_bind_blob64(m_statement.get(), parameter, value.empty() ? "" : value.data(),
                             value.size(), SQLITE_STATIC));
    return *this;
}

SqliteStatement& SqliteStatement::bindNull(int parameter) {
    note(sqlite3_bind_null(m_statement.get(), parameter));
    return *this;
}

Result<bool> SqliteStatement::step() {
    errno = 0;
    const int code = m_bindFailure != SQLITE_OK ? m_bindFailure : sqlite3_step(m_statement.get());
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        return code == SQLITE_ROW;
    }
    return SqliteDatabase::errorOf(sqlite3_db_handle(m_statement.get()), code);
}

Result<void> SqliteStatement::run() {
    auto row = step();
    return row ? Result<void>{} : Result<void>{row.error()};
}

bool SqliteStatement::isNull(int column) const {
    return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
}

std::int64_t SqliteStatement::integer(int column) const {
    return sqlite3_column_int64(m_statement.get(), column);
}

std::string_view SqliteStatement::bytes(int column) const {
    // The pointer first: asking for it may convert the column, and so change its size.
    const auto* data = static_cast<const char*>(sqlite3_column_blob(m_statement.get(), column));
    const int size = sqlite3_column_bytes(m_statement.get(), column);
    return data == nullptr ? std::string_view{}
                           : std::string_view{data, static_cast<std::size_t>(size)};
}

void SqliteDatabase::Close::operator()(sqlite3* connection) const noexcept {
    sqlite3_close_v2(connection);
}

Error SqliteDatabase::errorOf(sqlite3* connection, int code) {
    const int writeError = errno;
    const char* name = sqlite3_db_filename(connection, "main");
    const std::string subject = name != nullptr ? name : "";
    std::string detail = sqlite3_errmsg(connection);
    int systemError = sqlite3_system_errno(connection);
    if (code == SQLITE_IOERR_WRITE && systemError == 0) {
        // SQLite forgets why a write failed (a quota, a limit on the size of files) unless the disk
        // is full, but leaves errno as it was; our callers set it to zero before.
        systemError = writeError;
    }
    switch (code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        // Every statement is a constant that fits the schema: where one does not, the schema is
        // not what its version number says.
        case SQLITE_ERROR:
        case SQLITE_SCHEMA:
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
            return Error{ErrorCode::damaged, subject, std::move(detail)};
        case SQLITE_FULL:
            return Error{ErrorCode::diskFull, subject, std::move(detail)};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
            return Error{ErrorCode::timedOut, subject, std::move(detail)};
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return Error{ErrorCode::notPermitted, subject, std::move(detail)};
        case SQLITE_TOOBIG:
            return Error{ErrorCode::tooLarge, subject, std::move(detail)};
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
            if (systemError != 0) {
                const Error cause = fileError(subject, systemError);
                return Error{cause.code(), subject, std::move(detail)}.because(cause);
            }
            [[fallthrough]];
        default:
            return Error{ErrorCode::io, subject, std::move(detail)};
    }
}

Result<SqliteDatabase> SqliteDatabase::open(const std::string& path, Duration timeout) {
    SqliteDatabase database;
    sqlite3* connection = nullptr;
    // Our callers keep each connection to one thread at a time, so SQLite needs no locks of its
    // own. Without SQLITE_OPEN_CREATE: the file was made with the rights we want.
    const int code = sqlite3_open_v2(path.c_str(), &connection,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    database.m_connection.reset(connection);
    if (connection == nullptr) {
        return Error{ErrorCode::io, path, sqlite3_errstr(code)};
    }
    sqlite3_extended_result_codes(connection, 1);
    if (code != SQLITE_OK) {
        return errorOf(connection, code).about(path);
    }
    sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    database.setTimeout(timeout);
    return database;
}

void SqliteDatabase::setTimeout(Duration timeout) {
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
    constexpr std::int64_t kMost = std::numeric_limits<int>::max();
    sqlite3_busy_timeout(m_connection.get(),
                         static_cast<int>(std::clamp<std::int64_t>(milliseconds, 1, kMost)));
}

Result<void> SqliteDatabase::run(const char* statements) {
    errno = 0;
    const int code = sqlite3_exec(m_connection.get(), statements, nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? Result<void>{} : errorOf(m_connection.get(), code);
}

Result<SqliteStatement> SqliteDatabase::prepare(const char* statement) {
    SqliteStatement prepared;
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(m_connection.get(), statement, -1,
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    prepared.m_statement.reset(raw);
    if (code != SQLITE_OK) {
        return errorOf(m_connection.get(), code);
    }
    return prepared;
}

Result<std::int64_t> SqliteDatabase::integer(const char* query) {
    auto statement = prepare(query);
    if (!statement) {
        return statement.error();
    }
    auto row = statement->step();
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return Error{ErrorCode::damaged, sqlite3_db_filename(m_connection.get(), "main"), query};
    }
    return statement->integer(0);
}

bool SqliteDatabase::inTransaction() const {
    return sqlite3_get_autocommit(m_connection.get()) == 0;
}

std::int64_t SqliteDatabase::changes() const {
    return sqlite3_changes(m_connection.get());
}

}  // namespace cachescope
