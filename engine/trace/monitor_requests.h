// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/trace/monitor_line.h"
#include "engine/trace/trace.h"

namespace cachescope {

/// What a command does with its keys, seen from a cache.
enum class KeyedAccess : std::uint8_t { none, read, write, removal, deadline };

/// `none` for commands without keys, for those that only look at a key from outside (TTL, TYPE,
/// OBJECT, MEMORY), and for scripts, whose commands come as lines of their own. Pure; any thread.
KeyedAccess accessOf(const MonitorLine& line);

/// Calls with each key of a command that accessOf() is not `none` for, and the bytes written for it
/// (0: none, or not said).
void forEachKey(const MonitorLine& line,
                const std::function<void(std::string_view key, std::uint64_t bytes)>& take);

/// Makes the requests of a trace out of the commands of a server, as they come.
///
/// Reads are requests, writes and removals change the data. A write shortly after a read of a key
/// that was not known to be there is what a cache does after a miss: it is no request of its own,
/// but tells size and TTL of what was read. So reads wait a little before they are handed out, in
/// their order. Size and TTL of later reads are those last seen for their key. Keys of another
/// database than 0 begin with its number ("3/key"). Memory is bounded by the limits. One thread.
class MonitorRequests {
public:
    struct Request {
        Duration time{};
        std::string key;
        TraceOperation operation = TraceOperation::read;
        std::uint64_t size = 0;  ///< 0: not known
        Duration ttl{};          ///< zero: none, or not known
    };
    struct Limits {
        Duration wait = std::chrono::seconds{1};  ///< for a write, by the times of the lines
        std::size_t held = 50'000;                ///< requests that wait
        std::size_t known = 200'000;              ///< keys whose size and TTL are remembered
    };
    using Take = std::function<void(const Request&)>;

    MonitorRequests() : MonitorRequests(Limits{}) {}
    explicit MonitorRequests(Limits limits) : m_limits(limits) {}

    /// Hands out what need not wait any more.
    void add(const MonitorLine& line, const Take& take);
    /// Hands out everything.
    void finish(const Take& take);

    /// Commands that were left out since they say nothing about a key.
    std::uint64_t leftOut() const noexcept { return m_leftOut; }
    std::size_t held() const noexcept { return m_held.size(); }

private:
    struct Known {
        std::uint64_t size = 0;
        Duration ttl{};
        std::optional<Duration> deadline;  // by the lines' clock; nothing: none
        bool isThere = false;
    };
    struct Held {
        Request request;
        std::uint64_t before = 0;  // the number of the read of this key before it; 0: none
    };

    void addKey(const MonitorLine& line, KeyedAccess access, std::string key, std::uint64_t bytes);
    void write(const MonitorLine& line, std::string key, std::uint64_t bytes);
    void setDeadline(const MonitorLine& line, const std::string& key, Duration ttl);
    bool tellWaiting(const std::string& key, const Known& known);
    void hold(Request request, bool isRead);
    void handOut(std::size_t count, const Take& take);
    Known* known(const std::string& key, bool mayAdd);

    const Limits m_limits;
    std::deque<Held> m_held;
    std::uint64_t m_first = 1;  // the number of the first that is held
    std::unordered_map<std::string, std::uint64_t> m_waiting;  // the last read of a key
    std::unordered_map<std::string, Known> m_known;
    std::uint64_t m_leftOut = 0;
};

/// A key as it can stand in a line of text: zero bytes, line breaks and backslashes as \x00, \n, \r
/// and \\, so that no two keys become the same.
std::string monitorKeyText(std::string_view key);

}  // namespace cachescope
