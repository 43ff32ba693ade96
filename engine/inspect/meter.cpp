// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/meter.h"

#include <cstdlib>
#include <string>
#include <string_view>

namespace cachescope::inspect {

namespace {

constexpr std::uint64_t kLineEnd = 2;

std::uint64_t digitsOf(std::uint64_t number) noexcept {
    std::uint64_t digits = 1;
    for (; number >= 10; number /= 10) {
        ++digits;
    }
    return digits;
}

std::uint64_t bulkBytes(std::size_t size) noexcept {
    return 1 + digitsOf(size) + kLineEnd + size + kLineEnd;
}

// "calls=3,usec=12,usec_per_call=4.00,…"
double microsecondsOfACall(const std::string& stats) {
    constexpr std::string_view kField = "usec_per_call=";
    const auto at = stats.find(kField);
    return at == std::string::npos ? 0.0 : std::strtod(stats.c_str() + at + kField.size(), nullptr);
}

}  // namespace

Meter::Meter() : m_calls(std::make_unique<std::atomic<std::uint64_t>[]>(commandCount())) {}

void Meter::countSent(const CommandPass& pass, std::uint64_t bytes) noexcept {
    m_pending.fetch_add(pass.keys, std::memory_order_relaxed);
    m_calls[pass.number].fetch_add(1, std::memory_order_relaxed);
    m_bytesSent.fetch_add(bytes, std::memory_order_relaxed);
}

void Meter::countReply(const CommandPass& pass, const LookUps& lookUps,
                       std::uint64_t bytes) noexcept {
    m_bytesReceived.fetch_add(bytes, std::memory_order_relaxed);
    m_hits.fetch_add(lookUps.hits, std::memory_order_relaxed);
    m_misses.fetch_add(lookUps.misses, std::memory_order_relaxed);
    m_unsure.fetch_add(lookUps.unsure, std::memory_order_relaxed);
    m_pending.fetch_sub(pass.keys, std::memory_order_release);
}

void Meter::countHeard(std::uint64_t bytes) noexcept {
    m_bytesReceived.fetch_add(bytes, std::memory_order_relaxed);
}

void Meter::countLost(const CommandPass& pass) noexcept {
    m_unsure.fetch_add(pass.keys, std::memory_order_relaxed);
    m_pending.fetch_sub(pass.keys, std::memory_order_release);
}

void Meter::countRefused() noexcept {
    m_refused.fetch_add(1, std::memory_order_relaxed);
}

Meter::Figures Meter::figures() const {
    Figures figures;
    // First, so that no look-up can be missing here and below.
    figures.pending = m_pending.load(std::memory_order_acquire);
    figures.refused = m_refused.load(std::memory_order_relaxed);
    figures.bytesSent = m_bytesSent.load(std::memory_order_relaxed);
    figures.bytesReceived = m_bytesReceived.load(std::memory_order_relaxed);
    figures.lookUps = {m_hits.load(std::memory_order_relaxed),
                       m_misses.load(std::memory_order_relaxed),
                       m_unsure.load(std::memory_order_relaxed)};
    figures.calls.resize(commandCount());
    for (std::size_t i = 0; i < figures.calls.size(); ++i) {
        figures.calls[i] = m_calls[i].load(std::memory_order_relaxed);
        figures.commands += figures.calls[i];
    }
    return figures;
}

Duration estimatedServerTime(const Meter::Figures& figures, const RedisInfo& commandStats) {
    double microseconds = 0;
    for (std::size_t i = 0; i < figures.calls.size(); ++i) {
        if (figures.calls[i] == 0) {
            continue;
        }
        const std::string name{commandName(i)};
        const std::string* stats = &commandStats.value("cmdstat_" + name);
        if (stats->empty()) {
            // Before 7.0 subcommands were not told apart.
            stats = &commandStats.value("cmdstat_" + name.substr(0, name.find('|')));
        }
        microseconds += static_cast<double>(figures.calls[i]) * microsecondsOfACall(*stats);
    }
    return Duration{static_cast<std::int64_t>(microseconds * 1000.0)};
}

std::uint64_t wireBytes(const RedisCommand& command) noexcept {
    std::uint64_t bytes = 1 + digitsOf(command.size()) + kLineEnd;
    for (const std::string& word : command) {
        bytes += bulkBytes(word.size());
    }
    return bytes;
}

std::uint64_t wireBytes(const RedisReply& reply) noexcept {
    switch (reply.type) {
        case RedisReply::Type::status:
        case RedisReply::Type::error:
            return 1 + reply.text.size() + kLineEnd;
        case RedisReply::Type::integer: {
            const auto number = static_cast<std::uint64_t>(reply.integer);
            const bool negative = reply.integer < 0;
            return 1 + (negative ? 1 : 0) + digitsOf(negative ? 0 - number : number) + kLineEnd;
        }
        case RedisReply::Type::bulk:
            return bulkBytes(reply.text.size());
        case RedisReply::Type::array: {
            std::uint64_t bytes = 1 + digitsOf(reply.elements.size()) + kLineEnd;
            for (const RedisReply& element : reply.elements) {
                bytes += wireBytes(element);
            }
            return bytes;
        }
        case RedisReply::Type::nil:
        case RedisReply::Type::unsupported:
            break;
    }
    return 5;  // "$-1\r\n"
}

}  // namespace cachescope::inspect
