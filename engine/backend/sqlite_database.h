// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/clock.h"
#include "engine/core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cachescope {

class SqliteDatabase;

/// A prepared statement of a SqliteDatabase, used again and again.
///
/// Bind, step until it returns false, read columns after each step that returned true. Bound bytes
/// must live until the reset; columns are valid until the next step. Take a scope() first, so that
/// the statement is reset whatever happens: one left in the middle keeps old data alive for
/// everybody. One thread at a time; must not outlive its database.
class SqliteStatement {
public:
    SqliteStatement() = default;

    class Scope {
    public:
        explicit Scope(SqliteStatement& statement) : m_statement(statement) {}
        ~Scope() { m_statement.reset(); }
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

    private:
        SqliteStatement& m_statement;
    };
    [[nodiscard]] Scope scope() { return Scope{*this}; }

    /// Parameters count from 1. A failure to bind appears as the failure of the next step().
    SqliteStatement& bind(int parameter, std::int64_t value);
    SqliteStatement& bindBytes(int parameter, std::string_view value);
    SqliteStatement& bindNull(int parameter);

    /// True: a row is there. False: done.
    Result<bool> step();

    /// step() for statements without rows.
    Result<void> run();

    /// Columns count from 0.
    bool isNull(int column) const;
    std::int64_t integer(int column) const;
    std::string_view bytes(int column) const;

private:
    friend class SqliteDatabase;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    void note(int code) noexcept;
    void reset() noexcept;

    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
    int m_bindFailure = 0;
};

/// One connection to an SQLite database file.
///
/// Failures are classified: damaged for a file that is no database or contradicts itself (a table
/// that should be there and is not, too), timedOut when another connection held a lock longer than
/// the time-out, diskFull, notPermitted, io; detail is SQLite's own text. Closing a connection
/// neither writes nor removes files, so that it cannot disturb a database that has since taken the
/// place of this one. One thread at a time.
class SqliteDatabase {
public:
    /// Opens an existing file; an empty one is an empty database.
    static Result<SqliteDatabase> open(const std::string& path, Duration timeout);

    Result<void> run(const char* statements);
    Result<std::int64_t> integer(const char* query);
    Result<SqliteStatement> prepare(const char* statement);

    /// How long a call may wait for the locks of other connections.
    void setTimeout(Duration timeout);

    bool inTransaction() const;
    /// Rows that the last statement removed or changed.
    std::int64_t changes() const;

private:
    friend class SqliteStatement;
    struct Close {
        void operator()(sqlite3* connection) const noexcept;
    };
    SqliteDatabase() = default;
    static Error errorOf(sqlite3* connection, int code);

    std::unique_ptr<sqlite3, Close> m_connection;
};

}  // namespace cachescope
