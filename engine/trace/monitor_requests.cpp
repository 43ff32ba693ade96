// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/monitor_requests.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "engine/redis/command_key.h"

namespace cachescope {

namespace {

std::string upper(std::string_view word) {
    std::string text{word.substr(0, 32)};
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
}

template <std::size_t n>
bool isOneOf(std::string_view name, const std::array<std::string_view, n>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// They look at a key, or at several, without using what is in it.
constexpr std::array<std::string_view, 10> kFromOutside{
    "TTL",    "PTTL",   "EXPIRETIME", "PEXPIRETIME", "TYPE",
    "OBJECT", "MEMORY", "XINFO",      "WATCH",       "TOUCH"};
constexpr std::array<std::string_view, 9> kScripts{"EVAL",       "EVALSHA",  "EVAL_RO",
                                                   "EVALSHA_RO", "FCALL",    "FCALL_RO",
                                                   "MIGRATE",    "SPUBLISH", "RESTORE-ASKING"};
constexpr std::array<std::string_view, 3> kRemovals{"DEL", "UNLINK", "GETDEL"};
constexpr std::array<std::string_view, 5> kDeadlines{"EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT",
                                                     "PERSIST"};
// Reading, though the server counts them among the writes because of what they do beside it.
constexpr std::array<std::string_view, 1> kAlsoReads{"GETEX"};
constexpr std::array<std::string_view, 5> kManyKeys{"MGET", "EXISTS", "DEL", "UNLINK", "MSET"};

std::optional<std::int64_t> numberIn(std::string_view text) {
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, number);
    return failure == std::errc{} && stop == end ? std::optional{number} : std::nullopt;
}

// From a number with its unit to a span; a moment counts from `now`. Zero is none.
Duration spanOf(std::string_view text, std::string_view unit, Duration now) {
    const auto number = numberIn(text);
    constexpr std::int64_t kMost = std::int64_t{1} << 33;  // seconds that fit into a Duration
    if (!number || *number <= 0) {
        return {};
    }
    const bool inMilliseconds = unit.starts_with('P');
    const std::int64_t limit = inMilliseconds ? kMost * 1000 : kMost;
    const std::int64_t value = std::min(*number, limit);
    const Duration span = inMilliseconds ? Duration{std::chrono::milliseconds{value}}
                                         : Duration{std::chrono::seconds{value}};
    return unit.ends_with("AT") ? std::max(span - now, Duration::zero()) : span;
}

// What SET and GETEX say of a TTL among their words from `from` on.
Duration ttlAmong(const MonitorLine& line, std::size_t from) {
    for (std::size_t i = from; i + 1 < line.words.size(); ++i) {
        const std::string word = upper(line.words[i]);
        if (word == "EX" || word == "PX" || word == "EXAT" || word == "PXAT") {
            return spanOf(line.words[i + 1], word, line.time);
        }
    }
    return {};
}

struct Written {
    Duration ttl{};
    bool keepsTtl = false;
};

Written ttlOf(const MonitorLine& line) {
    const std::string name = upper(line.words.front());
    if (name == "SETEX" || name == "PSETEX") {
        return {line.words.size() > 2
                    ? spanOf(line.words[2], name == "SETEX" ? "EX" : "PX", line.time)
                    : Duration{},
                false};
    }
    if (name == "SET") {
        const bool keeps = std::any_of(line.words.begin(), line.words.end(),
                                       [](const auto& word) { return upper(word) == "KEEPTTL"; });
        return {ttlAmong(line, 3), keeps};
    }
    // Whatever changes a part of a value leaves its deadline alone.
    return {{}, name != "GETSET" && name != "MSET" && name != "SETNX"};
}

// The bytes of the value that a command writes, as far as it says them.
std::uint64_t writtenBytes(const MonitorLine& line, const std::string& name, std::size_t key) {
    const auto size = [&](std::size_t at) { return at < line.sizes.size() ? line.sizes[at] : 0; };
    if (name == "SET" || name == "SETNX" || name == "GETSET" || name == "MSET") {
        return size(key + 1);
    }
    if (name == "SETEX" || name == "PSETEX" || name == "RESTORE") {
        return size(key + 2);
    }
    std::uint64_t sum = 0;
    for (std::size_t i = key + 1; i < line.sizes.size(); ++i) {
        sum += line.sizes[i];
    }
    return sum;
}

}  // namespace

KeyedAccess accessOf(const MonitorLine& line) {
    const std::string name = upper(line.words.front());
    if (isOneOf(name, kFromOutside) || isOneOf(name, kScripts) || !keyPlace(line.words)) {
        return KeyedAccess::none;
    }
    if (isOneOf(name, kRemovals)) {
        return KeyedAccess::removal;
    }
    if (isOneOf(name, kDeadlines)) {
        return KeyedAccess::deadline;
    }
    return onlyReads(line.words) || isOneOf(name, kAlsoReads) ? KeyedAccess::read
                                                              : KeyedAccess::write;
}

void forEachKey(const MonitorLine& line,
                const std::function<void(std::string_view, std::uint64_t)>& take) {
    const auto place = keyPlace(line.words);
    if (!place) {
        return;
    }
    const std::string name = upper(line.words.front());
    const bool isWrite = accessOf(line) == KeyedAccess::write;
    const auto one = [&](std::size_t at) {
        take(line.words[at], isWrite ? writtenBytes(line, name, at) : 0);
    };
    if (!isOneOf(name, kManyKeys)) {
        one(*place);
        return;
    }
    const std::size_t step = name == "MSET" ? 2 : 1;
    for (std::size_t i = *place; i < line.words.size(); i += step) {
        one(i);
    }
}

void MonitorRequests::add(const MonitorLine& line, const Take& take) {
    while (!m_held.empty() && m_held.front().request.time + m_limits.wait < line.time) {
        handOut(1, take);
    }
    const KeyedAccess access = accessOf(line);
    if (access == KeyedAccess::none) {
        ++m_leftOut;
        return;
    }
    forEachKey(line, [&](std::string_view key, std::uint64_t bytes) {
        std::string name = line.database == 0 ? std::string{} : std::to_string(line.database) + "/";
        name += key;
        addKey(line, access, std::move(name), bytes);
    });
    handOut(m_held.size() - std::min(m_held.size(), m_limits.held), take);
}

void MonitorRequests::finish(const Take& take) {
    handOut(m_held.size(), take);
}

void MonitorRequests::addKey(const MonitorLine& line, KeyedAccess access, std::string key,
                             std::uint64_t bytes) {
    switch (access) {
        case KeyedAccess::none:
            return;
        case KeyedAccess::read: {
            Request request{line.time, std::move(key), TraceOperation::read, 0, {}};
            if (Known* const seen = known(request.key, false)) {
                if (const Duration ttl = ttlAmong(line, 2); ttl > Duration::zero()) {
                    seen->deadline = line.time + ttl;
                }
                if (seen->deadline && *seen->deadline <= line.time) {
                    seen->isThere = false;
                }
                request.size = seen->size;
                request.ttl = seen->ttl;
            }
            hold(std::move(request), true);
            return;
        }
        case KeyedAccess::write:
            write(line, std::move(key), bytes);
            return;
        case KeyedAccess::removal:
            if (Known* const seen = known(key, false)) {
                seen->isThere = false;
            }
            m_waiting.erase(key);
            hold({line.time, std::move(key), TraceOperation::write, 0, {}}, false);
            return;
        case KeyedAccess::deadline: {
            const std::string unit = upper(line.words.front());
            const std::string_view count =
                line.words.size() > 2 ? std::string_view{line.words[2]} : std::string_view{};
            // EXPIREAT is to EXPIRE what EXAT is to EX.
            setDeadline(line, key,
                        spanOf(count,
                               std::string{unit.starts_with('P') ? "PX" : "EX"} +
                                   (unit.ends_with("AT") ? "AT" : ""),
                               line.time));
            return;
        }
    }
}

void MonitorRequests::write(const MonitorLine& line, std::string key, std::uint64_t bytes) {
    const Written written = ttlOf(line);
    Known local;
    Known* seen = known(key, true);
    if (seen == nullptr) {
        seen = &local;
    }
    const bool wasThere = seen->isThere && (!seen->deadline || *seen->deadline > line.time);
    const bool isPart = written.keepsTtl && bytes < seen->size;
    seen->size = isPart ? seen->size : bytes;
    if (!written.keepsTtl) {
        seen->ttl = written.ttl;
        seen->deadline.reset();
        if (written.ttl > Duration::zero()) {
            seen->deadline = line.time + written.ttl;
        }
    }
    seen->isThere = true;
    if (!wasThere && tellWaiting(key, *seen)) {
        return;
    }
    const Known now = *seen;
    m_waiting.erase(key);
    hold({line.time, std::move(key), TraceOperation::write, now.size, now.ttl}, false);
}

void MonitorRequests::setDeadline(const MonitorLine& line, const std::string& key, Duration ttl) {
    Known* const seen = known(key, true);
    if (seen == nullptr) {
        return;
    }
    seen->ttl = ttl;
    seen->deadline.reset();
    if (ttl > Duration::zero()) {
        seen->deadline = line.time + ttl;
    }
    tellWaiting(key, *seen);
}

// Gives reads of the key that wait its size and TTL; whether there are any.
bool MonitorRequests::tellWaiting(const std::string& key, const Known& known) {
    const auto found = m_waiting.find(key);
    if (found == m_waiting.end()) {
        return false;
    }
    for (std::uint64_t number = found->second; number >= m_first && number != 0;) {
        Held& held = m_held[static_cast<std::size_t>(number - m_first)];
        held.request.size = known.size;
        held.request.ttl = known.ttl;
        number = held.before;
    }
    return true;
}

void MonitorRequests::hold(Request request, bool isRead) {
    Held held{std::move(request), 0};
    if (isRead) {
        const std::uint64_t number = m_first + m_held.size();
        const auto [place, isNew] = m_waiting.emplace(held.request.key, number);
        if (!isNew) {
            held.before = std::exchange(place->second, number);
        }
    }
    m_held.push_back(std::move(held));
}

void MonitorRequests::handOut(std::size_t count, const Take& take) {
    for (; count > 0 && !m_held.empty(); --count) {
        const Held held = std::move(m_held.front());
        m_held.pop_front();
        const std::uint64_t number = m_first++;
        if (const auto found = m_waiting.find(held.request.key);
            found != m_waiting.end() && found->second == number) {
            m_waiting.erase(found);
            // Nobody has filled it in: it was there.
            if (Known* const seen = known(held.request.key, true)) {
                seen->isThere = true;
            }
        }
        take(held.request);
    }
}

MonitorRequests::Known* MonitorRequests::known(const std::string& key, bool mayAdd) {
    const auto found = m_known.find(key);
    if (found != m_known.end()) {
        return &found->second;
    }
    return mayAdd && m_known.size() < m_limits.known ? &m_known[key] : nullptr;
}

std::string monitorKeyText(std::string_view key) {
    if (key.find_first_of(std::string_view{"\0\n\r\\", 4}) == std::string_view::npos) {
        return std::string{key};
    }
    std::string text;
    for (const char byte : key) {
        switch (byte) {
            case '\0':
                text += "\\x00";
                break;
            case '\n':
                text += "\\n";
                break;
            case '\r':
                text += "\\r";
                break;
            case '\\':
                text += "\\\\";
                break;
            default:
                text += byte;
        }
    }
    return text;
}

}  // namespace cachescope
