// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/inspect/guarded_session.h"

namespace cachescope::inspect {

enum class ValueType : std::uint8_t { string, hash, list, set, sortedSet, stream, other };

/// What is known of a key before anything of its value was read.
struct ValueHead {
    bool exists = false;
    ValueType type = ValueType::other;
    std::string typeName;  ///< as the server says: that of a module's type where `type` is other
    std::string encoding;  ///< empty where it may not be asked
    std::uint64_t length = 0;             ///< bytes of a string, elements of the others
    std::optional<std::uint64_t> memory;  ///< estimated by the server from some elements
    std::optional<Duration> ttl;          ///< nothing: it does not expire
    TimePoint readAt{};                   ///< when the server was asked
};

/// One element of a value: of a list its value, of a set its member as value, of a hash and a
/// sorted set name and value (the score), of a stream the id and one field after the other.
struct ValueElement {
    std::string name;
    std::string value;
    std::vector<std::pair<std::string, std::string>> fields;  ///< of a stream's entry
    std::optional<Duration> ttl;  ///< of a field of a hash, where the server has such
};

/// Where a page begins; the first by default. Made by the page before.
struct ValuePlace {
    std::uint64_t index = 0;  ///< of strings (bytes), lists and sorted sets
    std::string cursor;       ///< of hashes, sets and streams
    bool operator==(const ValuePlace&) const = default;
};

struct ValuePage {
    /// Whether the key is still what it was taken for; otherwise nothing else is set.
    enum class State : std::uint8_t { present, vanished, otherType };
    State state = State::present;
    std::string typeName;      ///< what it is now
    std::uint64_t length = 0;  ///< of the whole value, now
    std::string bytes;         ///< of a string
    std::vector<ValueElement> elements;
    std::optional<ValuePlace> next;  ///< nothing at the end
};

struct ValueReaderOptions {
    std::uint64_t stringBytes = std::uint64_t{64} << 10;  ///< of a page
    std::uint64_t elements = 200;                         ///< of a page, when they are small
    std::uint64_t pageBytes = std::uint64_t{1} << 20;  ///< fewer elements where these would be more
    /// Elements of this mean size are not read at all, because one cannot be had in part.
    std::uint64_t largestElement = std::uint64_t{16} << 20;
    Duration timeout = std::chrono::seconds{5};  ///< of one call
};

/// Reads the value of a key that somebody has opened, page by page.
///
/// Asks with reach `open`, which sets the key's idle time back. A value is never read whole: a
/// string in windows of bytes, collections in pages whose size follows the size of their elements.
/// Pages of hashes and sets come in the server's order, and may hold an element twice while the key
/// is written to. Calls wait; any thread that may, several at a time. Errors: those of the session;
/// noPermission as refusalOf() says; unsupported for the values of types that only a module knows;
/// tooLarge for elements over `largestElement`.
class ValueReader {
public:
    /// The session must outlive the reader.
    explicit ValueReader(GuardedSession& session, ValueReaderOptions options = {})
        : m_session(session), m_options(options) {}

    Result<ValueHead> head(const std::string& key, const std::stop_token& stop = {});

    Result<ValuePage> page(const std::string& key, const ValueHead& head,
                           const ValuePlace& from = {}, const std::stop_token& stop = {});

private:
    Result<std::vector<RedisReply>> ask(std::vector<RedisCommand> commands,
                                        const std::stop_token& stop);
    Result<std::uint64_t> elementsOfAPage(const ValueHead& head) const;
    void addFieldTimes(const std::string& key, ValuePage& page, const std::stop_token& stop);

    GuardedSession& m_session;
    const ValueReaderOptions m_options;
};

}  // namespace cachescope::inspect
