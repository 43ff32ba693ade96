// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace cachescope {

/// What went wrong, in a form a program can decide on. The user interface turns a code into a
/// sentence and a remedy; the engine never does.
enum class ErrorCode : std::uint8_t {
    // Input: what somebody wrote is not what is understood.
    syntax,       ///< not JSON, not a URL, not CSV
    missing,      ///< a required field is absent
    unknownName,  ///< a field, scheme, policy or option nobody knows
    wrongType,    ///< a number where a text is expected, and the like
    outOfRange,   ///< understood, but not an allowed value
    unsupported,  ///< understood, but this build or backend cannot do it
    // Files.
    notFound,
    notPermitted,  ///< the operating system refuses access
    diskFull,
    io,       ///< any other failure of reading or writing
    damaged,  ///< the content contradicts itself
    // Servers.
    unreachable,      ///< no connection: refused, no route, no such host, no such socket
    timedOut,         ///< no answer before the deadline
    disconnected,     ///< the connection was lost while a reply was due
    authentication,   ///< user or password refused
    untrusted,        ///< a certificate refused, the server's or ours (TlsRefusal)
    noPermission,     ///< the server's access rules forbid the command
    readOnly,         ///< the server takes no writes (replica, or persistence failed)
    outOfMemory,      ///< the server is at its memory limit and may not evict
    loading,          ///< the server cannot answer yet: it reads its data, elects, runs a script
    notThisProtocol,  ///< something answers, but does not speak the expected protocol
    serverError,      ///< any other error the server reported
    // Loads.
    loadFailed,     ///< the origin failed
    reentrantLoad,  ///< a load asked for the very value that it is loading, or waits in a circle
    // Lifetime.
    cancelled,
    closed,       ///< the object was shut down
    tooLarge,     ///< a key or value over the backend's limit
    unavailable,  ///< switched off on purpose, or waiting before the next attempt
};

/// A stable name of a code, for logs and JSON: "timedOut".
const char* errorCodeName(ErrorCode code) noexcept;

/// A failure as a value: a code, what it is about, what the failing party said, and the cause.
///
/// Cheap to move and copy (one pointer). `subject` names the thing: a path, a URL without its
/// password, a place in a document such as "lanes[1].ttl". `detail` is raw text of the system or
/// server, or the values that were expected; it is untranslated and may come from outside, so it
/// must be shown as plain text. Immutable; any thread.
class Error {
public:
    explicit Error(ErrorCode code, std::string subject = {}, std::string detail = {})
        : m_code(code), m_info(makeInfo(std::move(subject), std::move(detail), nullptr)) {}

    ErrorCode code() const noexcept { return m_code; }
    const std::string& subject() const noexcept;
    const std::string& detail() const noexcept;

    /// The failure behind this one, or null.
    const Error* cause() const noexcept;

    /// This error with another one as its cause.
    Error because(Error cause) const;

    /// This error about another thing: a reader knows the place, its caller the file.
    Error about(std::string subject) const;

    /// This error carrying what a user's function threw, to be thrown again where that function was
    /// called for. Nothing of ours throws or catches by it.
    Error carrying(std::exception_ptr thrown) const;
    std::exception_ptr exception() const noexcept;

    /// "code: subject: detail", for logs and test failures, not for people.
    std::string toLogLine() const;

private:
    struct Info;
    static std::shared_ptr<const Info> makeInfo(std::string subject, std::string detail,
                                                std::shared_ptr<const Error> cause,
                                                std::exception_ptr thrown = {});

    ErrorCode m_code;
    std::shared_ptr<const Info> m_info;  // null when there is nothing but the code
};

}  // namespace cachescope
