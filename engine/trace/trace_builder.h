// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/trace/key_index.h"
#include "engine/trace/trace_reader.h"

namespace cachescope {

/// Where readers put what they understood, and say what they did not.
///
/// Counts times from the first request and keeps them from running backwards. A column begins to
/// exist with its first value that is not zero. It may throw std::bad_alloc. One thread.
class TraceBuilder {
public:
    struct Request {
        std::int64_t time = 0;  ///< nanoseconds since whenever, not negative
        std::uint32_t size = 0;
        TraceOperation operation = TraceOperation::read;
        Duration ttl{};
    };

    explicit TraceBuilder(const TraceReadOptions& options);

    /// For a recording without times.
    void leaveOutTimes() noexcept { m_withTimes = false; }
    /// How many requests will come, where that is known.
    void expect(std::uint64_t requests);

    /// Waits with a few others, since many keys at a time are found sooner.
    void add(std::string_view key, const Request& request);
    /// As many requests as keys.
    void add(std::span<const std::uint64_t> keys, const Request* requests);

    /// A line or a record was left out.
    void skip(std::uint64_t number, std::string_view reason);
    void breakOff(std::string reason) { m_reading.brokenOff = std::move(reason); }
    void assume(std::string what) { m_reading.assumed = std::move(what); }

    std::size_t size() const noexcept { return m_reading.trace.size() + m_waiting; }
    /// Why nothing more can be added, if so; ask before each few thousand requests.
    std::optional<Error> limitReached(std::size_t nextRequests) const;

    /// Nothing waits any more.
    void finish();
    /// Everything, after finish(); the builder is of no further use.
    TraceReading take();

private:
    void add(std::uint32_t key, const Request& request);
    template <class Column, class Value>
    void append(Column& column, Value value);

    TraceReading m_reading;
    KeyIndex m_index;
    std::uint64_t m_mostBytes;
    bool m_withTimes = true;
    std::int64_t m_start = 0;

    std::size_t m_waiting = 0;
    std::array<Request, KeyIndex::kAtATime> m_waitingRequests;
    std::array<std::size_t, KeyIndex::kAtATime> m_waitingEnds{};
    std::string m_waitingKeys;
};

}  // namespace cachescope
