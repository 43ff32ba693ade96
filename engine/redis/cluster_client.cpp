// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/cluster_client.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/redis/cluster_batch.h"
#include "engine/redis/server_client.h"

namespace cachescope {

namespace {

// Where a scan is: the number of the primary, its cursor, and the layout that this is of.
struct Place {
    std::uint64_t shard = 0;
    std::uint64_t position = 0;
    std::uint64_t layout = 0;

    std::string toText() const {
        return std::to_string(shard) + ':' + std::to_string(position) + ':' +
               std::to_string(layout);
    }
};

std::optional<Place> parsePlace(std::string_view text) {
    Place place;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::uint64_t* const number : {&place.shard, &place.position, &place.layout}) {
        const auto parsed = std::from_chars(at, end, *number);
        const bool last = number == &place.layout;
        const bool stops = parsed.ptr == end ? last : !last && *parsed.ptr == ':';
        if (parsed.ec != std::errc{} || !stops) {
            return std::nullopt;
        }
        at = last ? end : parsed.ptr + 1;
    }
    return place;
}

}  // namespace

ClusterClient::ClusterClient(RedisTarget target, RedisClientOptions options)
    : RedisClient(std::move(target), options), m_nodes(this->target(), this->options()) {}

Result<std::vector<RedisReply>> ClusterClient::callAll(std::span<const RedisCommand> commands,
                                                       RedisRepeat repeat, TimePoint deadline) {
    auto each = callEach(commands, repeat, deadline);
    std::vector<RedisReply> replies;
    replies.reserve(each.size());
    for (Result<RedisReply>& one : each) {
        if (!one) {
            return one.error();
        }
        replies.push_back(std::move(*one));
    }
    return replies;
}

std::vector<Result<RedisReply>> ClusterClient::callEach(std::span<const RedisCommand> commands,
                                                        RedisRepeat repeat, TimePoint deadline) {
    const ClusterBatch::Options options{repeat, deadline, target().readsReplicas,
                                        m_turn.fetch_add(1, std::memory_order_relaxed),
                                        *this->options().clock};
    return ClusterBatch{m_nodes, commands, options, m_redirections}.run();
}

Result<RedisClient::ScanPage> ClusterClient::scan(const std::string& cursor,
                                                  const std::string& match, std::size_t count,
                                                  TimePoint deadline) {
    auto place = cursor.empty() ? std::optional{Place{}} : parsePlace(cursor);
    if (!place) {
        return Error{ErrorCode::outOfRange, subject(), "cursor"};
    }
    for (;;) {
        const auto map = m_nodes.map(deadline);
        if (!map) {
            return map.error();
        }
        const std::uint64_t layout = (*map)->fingerprint();
        if (place->layout != layout) {
            place = Place{0, 0, layout};
        }
        if (place->shard >= (*map)->shards().size()) {
            return Error{ErrorCode::outOfRange, subject(), "cursor"};
        }
        const auto node = m_nodes.node((*map)->shards()[place->shard].primary);
        const std::string position = std::to_string(place->position);
        auto page = scanOnce(position, match, count, node->pool.subject(),
                             [&](const RedisCommand& command) {
                                 return node->pool.call(command, RedisRepeat::allowed, deadline);
                             });
        if (!page) {
            m_nodes.doubt();
            // Another may have taken its place, or does so soon.
            const auto now = m_nodes.map(deadline);
            const bool same = now && (*now)->fingerprint() == layout;
            const bool late =
                deadlineAfter(options().clock->now(), ClusterNodes::kDownWait) >= deadline;
            if (!now || late || !mayPassInCluster(page.error())) {
                return page;
            }
            if (same) {
                m_nodes.waitForChange(ClusterNodes::kDownWait, deadline);
            }
            continue;
        }
        if (!page->next.empty()) {
            const auto& next = page->next;
            const auto parsed =
                std::from_chars(next.data(), next.data() + next.size(), place->position);
            if (parsed.ec != std::errc{}) {
                return Error{ErrorCode::notThisProtocol, node->pool.subject(), "SCAN"};
            }
            page->next = place->toText();
        } else if (++place->shard < (*map)->shards().size()) {
            place->position = 0;
            page->next = place->toText();
        }
        return page;
    }
}

std::string ClusterClient::tagFor(std::string_view key) const {
    return tagOfSlot(slotOf(key));
}

RedisCounters ClusterClient::counters() const {
    RedisCounters sum = m_nodes.counters();
    sum.redirections = m_redirections.load(std::memory_order_relaxed);
    return sum;
}

}  // namespace cachescope
