// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/trace_builder.h"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <fstream>
#include <limits>

namespace cachescope {

namespace {

// What the machine can give without swapping; Linux promises memory that it does not have, and ends
// the program later.
std::uint64_t memoryToSpare() {
    std::ifstream file("/proc/meminfo");
    std::string name;
    std::uint64_t kibibytes = 0;
    std::string unit;
    while (file >> name >> kibibytes) {
        if (name == "MemAvailable:") {
            return kibibytes << 10;
        }
        std::getline(file, unit);
    }
    const auto pages = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
    return pages * static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
}

template <class Value>
std::uint64_t bytesOf(const std::vector<Value>& column, std::size_t more) {
    const std::uint64_t now = column.capacity() * sizeof(Value);
    // To grow, a vector needs twice its memory beside what it has.
    return column.size() + more > column.capacity() ? 3 * now : now;
}

}  // namespace

TraceBuilder::TraceBuilder(const TraceReadOptions& options)
    : m_index(options.mostKeys),
      m_mostBytes(options.mostBytes != 0 ? options.mostBytes : memoryToSpare()) {}

void TraceBuilder::expect(std::uint64_t requests) {
    // A guess that does not fit is no reason to fail: it may be wrong.
    if (requests * (sizeof(std::uint32_t) + sizeof(Duration)) < m_mostBytes / 4) {
        m_reading.trace.keys.reserve(requests);
        if (m_withTimes) {
            m_reading.trace.times.reserve(requests);
        }
    }
}

template <class Column, class Value>
void TraceBuilder::append(Column& column, Value value) {
    if (column.empty()) {
        if (value == Value{}) {
            return;
        }
        column.reserve(m_reading.trace.keys.capacity());
        column.resize(m_reading.trace.keys.size() - 1);
    }
    column.push_back(value);
}

void TraceBuilder::add(std::uint32_t key, const Request& request) {
    Trace& trace = m_reading.trace;
    trace.keys.push_back(key);
    if (m_withTimes) {
        if (trace.times.empty()) {
            m_start = request.time;
        }
        Duration time{request.time - m_start};
        const Duration last = trace.times.empty() ? Duration{} : trace.times.back();
        if (time < last) {
            time = last;
            ++m_reading.backwards;
        }
        trace.times.push_back(time);
    }
    append(trace.sizes, request.size);
    append(trace.ttls, request.ttl);
    append(trace.operations, request.operation);
}

void TraceBuilder::add(std::span<const std::uint64_t> keys, const Request* requests) {
    std::array<std::uint32_t, 256> numbers{};
    while (!keys.empty()) {
        const auto part = keys.first(std::min(keys.size(), numbers.size()));
        m_index.numbersOf(part, numbers.data());
        for (std::size_t i = 0; i < part.size(); ++i) {
            add(numbers[i], *requests++);
        }
        keys = keys.subspan(part.size());
    }
}

void TraceBuilder::add(std::string_view key, const Request& request) {
    m_waitingKeys += key;
    m_waitingEnds[m_waiting] = m_waitingKeys.size();
    m_waitingRequests[m_waiting] = request;
    if (++m_waiting == KeyIndex::kAtATime) {
        finish();
    }
}

void TraceBuilder::finish() {
    std::array<std::string_view, KeyIndex::kAtATime> keys;
    std::array<std::uint32_t, KeyIndex::kAtATime> numbers{};
    std::size_t begin = 0;
    for (std::size_t i = 0; i < m_waiting; ++i) {
        keys[i] = std::string_view{m_waitingKeys}.substr(begin, m_waitingEnds[i] - begin);
        begin = m_waitingEnds[i];
    }
    const std::size_t count = m_waiting;
    m_index.numbersOf(std::span{keys}.first(count), numbers.data());
    m_waiting = 0;
    m_waitingKeys.clear();
    for (std::size_t i = 0; i < count; ++i) {
        add(numbers[i], m_waitingRequests[i]);
    }
}

void TraceBuilder::skip(std::uint64_t number, std::string_view reason) {
    if (m_reading.skipped++ == 0) {
        m_reading.firstSkipped = number;
        m_reading.firstReason = reason;
    }
}

std::optional<Error> TraceBuilder::limitReached(std::size_t nextRequests) const {
    if (m_index.full()) {
        return Error{ErrorCode::tooLarge, {}, "more different keys than can be numbered"};
    }
    const Trace& trace = m_reading.trace;
    const std::uint64_t bytes =
        bytesOf(trace.keys, nextRequests) + bytesOf(trace.times, nextRequests) +
        bytesOf(trace.sizes, nextRequests) + bytesOf(trace.ttls, nextRequests) +
        bytesOf(trace.operations, nextRequests) + m_index.bytes(nextRequests);
    if (bytes > m_mostBytes) {
        return Error{ErrorCode::tooLarge,
                     {},
                     "the memory is full after " + std::to_string(trace.size()) + " requests"};
    }
    return std::nullopt;
}

TraceReading TraceBuilder::take() {
    m_reading.trace.names = m_index.takeTable();
    return std::move(m_reading);
}

}  // namespace cachescope
