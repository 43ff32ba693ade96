// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/cluster_batch.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "engine/redis/cluster_client.h"
#include "engine/redis/command_key.h"

namespace cachescope {

namespace {

constexpr Duration kMigrationWait = std::chrono::milliseconds{10};
// So long a host may be silent before it is asked who else has its slots.
constexpr Duration kPatience = std::chrono::seconds{1};
constexpr Duration kDownWait = ClusterNodes::kDownWait;

// "MOVED 3999 127.0.0.1:6381"; the host may be missing, and have colons of its own.
struct Redirection {
    std::size_t slot = 0;
    ClusterEndpoint to;
};

std::optional<Redirection> parseRedirection(std::string_view text, const ClusterEndpoint& from) {
    text.remove_prefix(std::min(text.find(' '), text.size() - 1) + 1);
    const auto space = text.find(' ');
    const auto colon = text.rfind(':');
    if (space == std::string_view::npos || colon == std::string_view::npos || colon < space) {
        return std::nullopt;
    }
    Redirection found;
    const auto slot = std::from_chars(text.data(), text.data() + space, found.slot);
    const char* const port = text.data() + colon + 1;
    const auto parsed = std::from_chars(port, text.data() + text.size(), found.to.port);
    const bool valid = slot.ec == std::errc{} && found.slot < kRedisSlots &&
                       parsed.ec == std::errc{} && found.to.port > 0 && found.to.port <= 65535;
    if (!valid) {
        return std::nullopt;
    }
    found.to.host = text.substr(space + 1, colon - space - 1);
    if (found.to.host.empty() || found.to.host == "?") {
        found.to.host = from.host;
    }
    return found;
}

std::string_view firstWord(const RedisReply& reply) {
    return std::string_view{reply.text}.substr(0, reply.text.find(' '));
}

// Whoever reads in another way is about to change something, for which late is too late.
bool isForReplicas(const RedisCommand& command) {
    return onlyReads(command) && (command.front() == "GET" || command.front() == "MGET");
}

}  // namespace

ClusterBatch::ClusterBatch(ClusterNodes& nodes, std::span<const RedisCommand> commands,
                           const Options& options, std::atomic<std::uint64_t>& redirections)
    : m_nodes(nodes),
      m_commands(commands),
      m_options(options),
      m_redirections(redirections),
      m_onlyReads(options.readsReplicas &&
                  std::all_of(commands.begin(), commands.end(), isForReplicas)),
      m_items(commands.size()),
      m_results(commands.size(), RedisReply{}) {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if (const auto place = keyPlace(commands[i])) {
            m_items[i].slot = slotOf(commands[i][*place]);
            first = first ? first : m_items[i].slot;
        }
    }
    for (Item& item : m_items) {
        item.slot = item.slot ? item.slot : first;
    }
}

std::vector<Result<RedisReply>> ClusterBatch::run() {
    bool more = !m_items.empty();
    while (more) {
        const auto map = m_nodes.map(m_options.deadline);
        if (!map) {
            more = failAll(map.error());
            continue;
        }
        m_wait = Duration::zero();
        auto groups = divide(**map);
        exchange(groups);
        more = prepareNextRound();
    }
    return std::move(m_results);
}

bool ClusterBatch::failAll(const Error& error) {
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        if (!m_items[i].done) {
            m_results[i] = error;
        }
    }
    return false;
}

ClusterEndpoint ClusterBatch::endpointFor(const Item& item, const SlotMap& map) const {
    if (item.ask) {
        return *item.ask;
    }
    const SlotMap::Shard* const owner = item.slot ? map.shardOf(*item.slot) : nullptr;
    // Nobody has the slot, or nobody needs to: any server will do, or say what is wrong.
    const auto any =
        (m_options.turn + static_cast<std::uint64_t>(item.failures)) % map.shards().size();
    const SlotMap::Shard& shard = owner != nullptr ? *owner : map.shards()[any];
    if (m_onlyReads && !item.primaryOnly && !shard.replicas.empty()) {
        const auto place = m_options.turn % (shard.replicas.size() + 1);
        return place == 0 ? shard.primary : shard.replicas[place - 1];
    }
    return shard.primary;
}

std::vector<ClusterBatch::Group> ClusterBatch::divide(const SlotMap& map) {
    std::vector<Group> groups;
    bool plain = true;  // all of them, in the order given
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        const Item& item = m_items[i];
        if (item.done) {
            plain = false;
            continue;
        }
        plain = plain && !item.ask;
        const ClusterEndpoint endpoint = endpointFor(item, map);
        auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const Group& one) { return one.node->endpoint == endpoint; });
        if (group == groups.end()) {
            groups.push_back({m_nodes.node(endpoint), {}, {}, {}});
            group = std::prev(groups.end());
        }
        group->items.push_back(i);
    }
    if (plain && groups.size() == 1) {
        return groups;
    }
    for (Group& group : groups) {
        for (const std::size_t i : group.items) {
            if (m_items[i].ask) {
                group.commands.push_back({"ASKING"});
            }
            group.commands.push_back(m_commands[i]);
        }
    }
    // Threads that wait for connections of several servers while they hold others do so in one
    // order, or they could wait for each other.
    std::sort(groups.begin(), groups.end(), [](const Group& one, const Group& other) {
        return one.node->order < other.node->order;
    });
    return groups;
}

void ClusterBatch::exchange(std::vector<Group>& groups) {
    std::vector<Group*> all;
    all.reserve(groups.size());
    for (Group& group : groups) {
        all.push_back(&group);
    }
    lendFor(all, false);
    // Those that other threads keep busy come last, when nothing is held that others wait for.
    const auto busy = std::stable_partition(
        all.begin(), all.end(), [](const Group* group) { return group->lease.has_value(); });
    std::vector<Group*> later(busy, all.end());
    all.erase(busy, all.end());
    sendLent(all);
    lendFor(later, true);
    sendLent(later);
}

// Removes the groups that failed, and leaves those without a lease that would have to wait.
void ClusterBatch::lendFor(std::vector<Group*>& groups, bool waits) {
    auto left = static_cast<std::int64_t>(groups.size());
    std::erase_if(groups, [&](Group* group) {
        const TimePoint now = m_options.clock.now();
        const Duration time = std::max(m_options.deadline - now, Duration::zero());
        // What is left over is for sending, or for whoever takes the place of this one.
        const Duration share = time / (left + 1);
        const TimePoint until =
            now + (groups.size() == 1 ? std::max(share, std::min(time, kPatience)) : share);
        --left;
        RedisPool& pool = group->node->pool;
        const std::size_t count = commandsOf(*group).size();
        auto lease = waits ? pool.lend(count, until) : pool.lendUnlessBusy(count, until);
        if (!lease) {
            for (const std::size_t i : group->items) {
                failed(i, lease.error(), group->node->endpoint, false);
            }
            return true;
        }
        if (lease->connection != nullptr) {
            group->lease = std::move(*lease);
        }
        return false;
    });
}

void ClusterBatch::sendLent(std::span<Group* const> groups) {
    std::vector<RedisConnection::Exchange> exchanges;
    exchanges.reserve(groups.size());
    for (const Group* group : groups) {
        exchanges.push_back({group->lease->connection.get(), commandsOf(*group)});
    }
    RedisConnection::sendAll(exchanges, m_options.deadline);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        groups[i]->node->pool.takeBack(std::move(*groups[i]->lease), exchanges[i].replies);
        take(*groups[i], exchanges[i].replies);
    }
}

std::span<const RedisCommand> ClusterBatch::commandsOf(const Group& group) const {
    return group.commands.empty() ? m_commands : std::span<const RedisCommand>{group.commands};
}

void ClusterBatch::take(const Group& group, Result<std::vector<RedisReply>>& replies) {
    const ClusterEndpoint& from = group.node->endpoint;
    std::size_t next = 0;
    for (const std::size_t i : group.items) {
        if (!replies) {
            failed(i, replies.error(), from, true);
            continue;
        }
        next += m_items[i].ask ? 1U : 0U;  // the reply to ASKING
        answered(i, std::move((*replies)[next++]), from);
    }
}

void ClusterBatch::answered(std::size_t index, RedisReply reply, const ClusterEndpoint& from) {
    Item& item = m_items[index];
    item.ask.reset();
    const std::string_view word = reply.isError() ? firstWord(reply) : std::string_view{};
    if (word == "MOVED" || word == "ASK") {
        redirected(index, reply, from);
        return;
    }
    const bool migrates = word == "TRYAGAIN";
    // Each time anew by way of ASK, where all of the keys have left but some never were.
    item.redirections = migrates ? 0 : item.redirections;
    const bool down = word == "CLUSTERDOWN" || word == "LOADING" || word == "MASTERDOWN";
    if (down) {
        item.primaryOnly = true;
        m_nodes.doubt();
    }
    const Duration wait = migrates ? kMigrationWait : kDownWait;
    item.done =
        !(migrates || down) || deadlineAfter(m_options.clock.now(), wait) >= m_options.deadline;
    if (!item.done) {
        m_wait = std::max(m_wait, wait);
    }
    m_results[index] = std::move(reply);
}

void ClusterBatch::redirected(std::size_t index, const RedisReply& reply,
                              const ClusterEndpoint& from) {
    Item& item = m_items[index];
    m_redirections.fetch_add(1, std::memory_order_relaxed);
    const auto where = parseRedirection(reply.text, from);
    if (!where || ++item.redirections > ClusterClient::kMostRedirections) {
        m_results[index] = Error{ErrorCode::unavailable, from.toText(), reply.text};
        item.done = true;
        return;
    }
    item.primaryOnly = true;
    if (firstWord(reply) == "ASK") {
        item.ask = where->to;
    } else {
        m_nodes.moved(where->slot, where->to);
    }
}

void ClusterBatch::failed(std::size_t index, const Error& error, const ClusterEndpoint& from,
                          bool sent) {
    Item& item = m_items[index];
    item.ask.reset();
    m_results[index] = error;
    const bool passes = mayPassInCluster(error);
    if (passes) {
        m_nodes.doubt();
    }
    if (!passes || (sent && m_options.repeat == RedisRepeat::forbidden) ||
        m_options.clock.now() >= m_options.deadline) {
        item.done = true;
        return;
    }
    // A connection that was lost says little about the server: it may be back already.
    const bool lost = sent && item.failures == 0 && error.code() == ErrorCode::disconnected;
    item.failed = lost ? std::nullopt : std::optional{from};
    item.primaryOnly = true;
    ++item.failures;
}

// Whether anything is left to be sent, once it is time for that.
bool ClusterBatch::prepareNextRound() {
    bool more = false;
    for (Item& item : m_items) {
        item.done = item.done || (item.failed && !mayTryAgain(item));
        more = more || !item.done;
    }
    if (more && m_wait > Duration::zero()) {
        m_nodes.waitForChange(m_wait, m_options.deadline);
    }
    return more;
}

// Elsewhere at once, or later where it was: until a failover is over, nobody knows another server.
bool ClusterBatch::mayTryAgain(Item& item) {
    const auto map = m_nodes.map(m_options.deadline);
    const bool elsewhere = map && endpointFor(item, **map) != *item.failed;
    const bool triedAll = map && item.failures > static_cast<int>((*map)->shards().size()) + 1;
    item.failed.reset();
    if (elsewhere && !triedAll) {
        return true;
    }
    m_wait = std::max(m_wait, kDownWait);
    return deadlineAfter(m_options.clock.now(), kDownWait) < m_options.deadline;
}

}  // namespace cachescope
