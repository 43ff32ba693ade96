// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/live_metrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace cachescope::inspect {

namespace {

std::uint64_t difference(std::uint64_t later, std::uint64_t earlier) noexcept {
    return later > earlier ? later - earlier : 0;
}

// "keys=3,expires=1,avg_ttl=0"
std::uint64_t fieldOf(std::string_view text, std::string_view name) {
    const std::size_t at = text.find(name);
    std::uint64_t number = 0;
    if (at != std::string_view::npos) {
        std::from_chars(text.data() + at + name.size(), text.data() + text.size(), number);
    }
    return number;
}

bool isAboutTheServer(std::string_view command) noexcept {
    static constexpr std::array<std::string_view, 12> kNames{
        "info",    "ping",    "auth",      "hello",      "select",      "role",
        "monitor", "command", "subscribe", "psubscribe", "unsubscribe", "time"};
    static constexpr std::array<std::string_view, 8> kContainers{
        "config|", "client|", "latency|", "slowlog|", "acl|", "command|", "cluster|", "module|"};
    return std::find(kNames.begin(), kNames.end(), command) != kNames.end() ||
           std::any_of(kContainers.begin(), kContainers.end(),
                       [&](std::string_view each) { return command.starts_with(each); });
}

double perSecond(std::uint64_t count, Duration span) noexcept {
    const double seconds = std::chrono::duration<double>(span).count();
    return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::optional<double> ratioOf(std::uint64_t hits, std::uint64_t misses) noexcept {
    const std::uint64_t all = hits + misses;
    return all == 0 ? std::nullopt
                    : std::optional{static_cast<double>(hits) / static_cast<double>(all)};
}

struct OthersLookUps {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
};

// Our own look-ups that the server may have counted between two snapshots, at most: all that was
// answered or under way after the later one, less what was answered before the earlier.
std::uint64_t mostOfOurs(const LiveSnapshot& earlier, const LiveSnapshot& later) noexcept {
    const auto all = [](const LookUps& lookUps) {
        return lookUps.hits + lookUps.misses + lookUps.unsure;
    };
    return difference(all(later.after.lookUps), all(earlier.before.lookUps)) + later.after.pending;
}

// Our own hits when the server counted: somewhere between before and after. What is under way is
// mostly a walk, and so finds its keys.
std::uint64_t ownHits(const LiveSnapshot& snapshot) noexcept {
    return (snapshot.before.lookUps.hits + snapshot.after.lookUps.hits + snapshot.after.pending) /
           2;
}
std::uint64_t ownMisses(const LiveSnapshot& snapshot) noexcept {
    return (snapshot.before.lookUps.misses + snapshot.after.lookUps.misses) / 2;
}

OthersLookUps othersLookUps(const LiveSnapshot& earlier, const LiveSnapshot& later) noexcept {
    const std::uint64_t hits = difference(later.hits, earlier.hits);
    const std::uint64_t misses = difference(later.misses, earlier.misses);
    const LookUps& oursThen = earlier.after.lookUps;
    const LookUps& oursNow = later.before.lookUps;
    if (earlier.isExact() && later.isExact() && oursThen.unsure == oursNow.unsure) {
        return {difference(hits, oursNow.hits - oursThen.hits),
                difference(misses, oursNow.misses - oursThen.misses)};
    }
    if (hits + misses <= mostOfOurs(earlier, later)) {
        return {};
    }
    return {difference(hits, difference(ownHits(later), ownHits(earlier))),
            difference(misses, difference(ownMisses(later), ownMisses(earlier)))};
}

}  // namespace

ServerLatency ServerLatency::of(const RedisReply& histogram) {
    ServerLatency latency;
    const auto& elements = histogram.elements;
    for (std::size_t i = 0; i + 1 < elements.size(); i += 2) {
        const auto& details = elements[i + 1].elements;
        if (details.size() != 4 || isAboutTheServer(elements[i].text)) {
            continue;
        }
        std::uint64_t sum = 0;
        const auto& steps = details[3].elements;
        for (std::size_t k = 0; k + 1 < steps.size(); k += 2) {
            const auto upToHere =
                static_cast<std::uint64_t>(std::max<std::int64_t>(steps[k + 1].integer, 0));
            latency
                .counts[static_cast<std::uint64_t>(std::max<std::int64_t>(steps[k].integer, 0))] +=
                difference(upToHere, sum);
            sum = std::max(sum, upToHere);
        }
    }
    return latency;
}

ServerLatency ServerLatency::since(const ServerLatency& before) const {
    ServerLatency result;
    for (const auto& [bound, earlier] : before.counts) {
        const auto found = counts.find(bound);
        if (found == counts.end() || found->second < earlier) {
            return {};
        }
    }
    for (const auto& [bound, now] : counts) {
        const auto found = before.counts.find(bound);
        const std::uint64_t more = now - (found == before.counts.end() ? 0 : found->second);
        if (more != 0) {
            result.counts[bound] = more;
        }
    }
    return result;
}

std::uint64_t ServerLatency::count() const noexcept {
    std::uint64_t all = 0;
    for (const auto& [bound, count] : counts) {
        all += count;
    }
    return all;
}

Duration ServerLatency::percentile(double share) const noexcept {
    const double wanted = share * static_cast<double>(count());
    std::uint64_t sum = 0;
    for (const auto& [bound, count] : counts) {
        sum += count;
        if (static_cast<double>(sum) >= wanted) {
            return std::chrono::microseconds{static_cast<std::int64_t>(bound)};
        }
    }
    return {};
}

LiveSnapshot LiveSnapshot::of(const RedisInfo& info, TimePoint at) {
    LiveSnapshot snapshot;
    snapshot.at = at;
    snapshot.runId = info.value("run_id");
    snapshot.role = info.value("role");
    snapshot.replicationId = info.value("master_replid");
    snapshot.policy = info.value("maxmemory_policy");
    snapshot.version = info.value("redis_version");
    snapshot.uptimeSeconds = info.number("uptime_in_seconds");
    snapshot.hits = info.number("keyspace_hits");
    snapshot.misses = info.number("keyspace_misses");
    snapshot.commands = info.number("total_commands_processed");
    snapshot.expired = info.number("expired_keys");
    snapshot.evicted = info.number("evicted_keys");
    snapshot.bytesIn = info.number("total_net_input_bytes");
    snapshot.bytesOut = info.number("total_net_output_bytes");
    snapshot.connections = info.number("total_connections_received");
    snapshot.infoCalls = fieldOf(info.value("cmdstat_info"), "calls=");
    snapshot.memory = info.number("used_memory");
    snapshot.maxMemory = info.number("maxmemory");
    snapshot.residentMemory = info.number("used_memory_rss");
    snapshot.clients = info.number("connected_clients");
    snapshot.blockedClients = info.number("blocked_clients");
    snapshot.staleShare =
        std::clamp(std::strtod(info.value("expired_stale_perc").c_str(), nullptr) / 100, 0.0, 1.0);
    constexpr int kMostDatabases = 256;
    for (int i = 0; i < kMostDatabases; ++i) {
        const std::string& database = info.value("db" + std::to_string(i));
        snapshot.keys += fieldOf(database, "keys=");
        snapshot.keysWithTtl += fieldOf(database, "expires=");
    }
    return snapshot;
}

bool LiveSnapshot::isExact() const noexcept {
    return before.pending == 0 && after.pending == 0 && before.lookUps.hits == after.lookUps.hits &&
           before.lookUps.misses == after.lookUps.misses &&
           before.lookUps.unsure == after.lookUps.unsure;
}

LiveBreak breakBetween(const LiveSnapshot& earlier, const LiveSnapshot& later) noexcept {
    if (earlier.runId != later.runId || later.uptimeSeconds < earlier.uptimeSeconds) {
        return LiveBreak::restart;
    }
    // We asked INFO in between ourselves, so that its calls must have become more. A server that
    // does not tell them has zero.
    const bool infoShrank = earlier.infoCalls != 0 && later.infoCalls <= earlier.infoCalls;
    const bool shrank = later.hits < earlier.hits || later.misses < earlier.misses ||
                        later.commands < earlier.commands || later.expired < earlier.expired ||
                        later.evicted < earlier.evicted || later.bytesIn < earlier.bytesIn ||
                        later.connections < earlier.connections;
    return shrank || infoShrank ? LiveBreak::statsReset : LiveBreak::none;
}

LiveFigures liveFigures(const LiveSnapshot& earlier, const LiveSnapshot& later) {
    LiveFigures figures;
    figures.span = std::max(later.at - earlier.at, Duration::zero());
    figures.broken = breakBetween(earlier, later);
    if (figures.broken != LiveBreak::none) {
        return figures;
    }
    const OthersLookUps lookUps = othersLookUps(earlier, later);
    figures.hits = lookUps.hits;
    figures.misses = lookUps.misses;
    figures.hitRatio = ratioOf(figures.hits, figures.misses);
    const std::uint64_t ours = difference(later.after.commands, earlier.before.commands);
    figures.operationsPerSecond =
        perSecond(difference(difference(later.commands, earlier.commands), ours), figures.span);
    // What is input for the server is what we have sent.
    figures.bytesInPerSecond =
        perSecond(difference(difference(later.bytesIn, earlier.bytesIn),
                             difference(later.after.bytesSent, earlier.before.bytesSent)),
                  figures.span);
    figures.bytesOutPerSecond =
        perSecond(difference(difference(later.bytesOut, earlier.bytesOut),
                             difference(later.after.bytesReceived, earlier.before.bytesReceived)),
                  figures.span);
    figures.expired = later.expired - earlier.expired;
    figures.evicted = later.evicted - earlier.evicted;
    figures.connections = later.connections - earlier.connections;
    figures.latency = later.latency.since(earlier.latency);
    return figures;
}

std::optional<double> lifetimeHitRatio(const LiveSnapshot& first, const LiveSnapshot& later) {
    const OthersLookUps since = othersLookUps(first, later);
    return ratioOf(first.hits + since.hits, first.misses + since.misses);
}

}  // namespace cachescope::inspect
