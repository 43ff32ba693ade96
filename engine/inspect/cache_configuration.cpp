// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <charconv>

#include "engine/inspect/refusal.h"
#include "engine/inspect/server_panels.h"

namespace cachescope::inspect {

namespace {

using Id = ConfigurationId;
using Meaning = ConfigurationMeaning;

struct Parameter {
    Id id;
    std::string_view name;
};
constexpr std::array kParameters{
    Parameter{Id::maxMemory, "maxmemory"},
    Parameter{Id::maxMemoryPolicy, "maxmemory-policy"},
    Parameter{Id::maxMemorySamples, "maxmemory-samples"},
    Parameter{Id::notifyKeyspaceEvents, "notify-keyspace-events"},
    Parameter{Id::activeExpireEffort, "active-expire-effort"},
    Parameter{Id::hz, "hz"},
    Parameter{Id::dynamicHz, "dynamic-hz"},
    Parameter{Id::lazyfreeEviction, "lazyfree-lazy-eviction"},
    Parameter{Id::lazyfreeExpire, "lazyfree-lazy-expire"},
    Parameter{Id::lazyfreeServerDel, "lazyfree-lazy-server-del"},
    Parameter{Id::lazyfreeUserDel, "lazyfree-lazy-user-del"},
    Parameter{Id::lfuLogFactor, "lfu-log-factor"},
    Parameter{Id::lfuDecayTime, "lfu-decay-time"},
    Parameter{Id::maxMemoryClients, "maxmemory-clients"},
    Parameter{Id::replicaIgnoresMaxMemory, "replica-ignore-maxmemory"},
    Parameter{Id::slowLogSlowerThan, "slowlog-log-slower-than"},
    Parameter{Id::slowLogLength, "slowlog-max-len"},
};

std::int64_t numberIn(std::string_view text) noexcept {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

Meaning ofEvents(std::string_view flags) noexcept {
    if (sendsEvents(flags, 'm')) {
        return Meaning::sendsMissEvents;
    }
    return sendsEvents(flags, 'x') ? Meaning::sendsExpiredEvents : Meaning::sendsNoEvents;
}

Meaning ofPolicy(std::string_view policy, bool isBounded) noexcept {
    if (policy == "noeviction") {
        return isBounded ? Meaning::refusesWrites : Meaning::plain;
    }
    if (policy.starts_with("volatile")) {
        return Meaning::evictsVolatileOnly;
    }
    return policy.ends_with("random") ? Meaning::evictsAtRandom : Meaning::plain;
}

Meaning meaningOf(Id id, std::string_view value, bool isBounded) noexcept {
    constexpr std::int64_t kFewSamples = 5;
    switch (id) {
        case Id::maxMemory:
            return isBounded ? Meaning::plain : Meaning::growsWithoutBound;
        case Id::maxMemoryPolicy:
            return ofPolicy(value, isBounded);
        case Id::maxMemorySamples:
            return numberIn(value) < kFewSamples ? Meaning::fewSamples : Meaning::plain;
        case Id::notifyKeyspaceEvents:
            return ofEvents(value);
        case Id::activeExpireEffort:
            return numberIn(value) <= 1 ? Meaning::expiresSlowly : Meaning::plain;
        case Id::lazyfreeEviction:
        case Id::lazyfreeExpire:
            return value == "no" ? Meaning::removesInForeground : Meaning::plain;
        case Id::slowLogSlowerThan:
            return numberIn(value) < 0    ? Meaning::logsNothing
                   : numberIn(value) == 0 ? Meaning::logsEverything
                                          : Meaning::plain;
        default:
            return Meaning::plain;
    }
}

}  // namespace

bool sendsEvents(std::string_view flags, char kind) noexcept {
    const auto has = [&](char flag) { return flags.find(flag) != std::string_view::npos; };
    // Misses and new keys are not part of "all".
    const bool isInAll = kind != 'm' && kind != 'n';
    return has('E') && (has(kind) || (isInAll && has('A')));
}

std::vector<ConfigurationValue> judgedConfiguration(
    const std::vector<std::pair<std::string, std::string>>& values) {
    const auto find = [&](std::string_view name) {
        return std::find_if(values.begin(), values.end(),
                            [&](const auto& each) { return each.first == name; });
    };
    const auto limit = find("maxmemory");
    const bool isBounded = limit != values.end() && limit->second != "0";
    std::vector<ConfigurationValue> judged;
    for (const Parameter& parameter : kParameters) {
        if (const auto found = find(parameter.name); found != values.end()) {
            judged.push_back({parameter.id, found->first, found->second,
                              meaningOf(parameter.id, found->second, isBounded)});
        }
    }
    return judged;
}

Result<std::vector<ConfigurationValue>> readConfiguration(GuardedSession& session, Duration timeout,
                                                          const std::stop_token& stop) {
    // One by one, since servers before 7.0 take no more than one name.
    std::vector<RedisCommand> commands;
    commands.reserve(kParameters.size());
    for (const Parameter& parameter : kParameters) {
        commands.push_back({"CONFIG", "GET", std::string{parameter.name}});
    }
    const auto replies = session.ask(commands, CommandReach::observe, RedisPriority::interactive,
                                     deadlineAfter(session.clock().now(), timeout), stop);
    if (!replies) {
        return replies.error();
    }
    std::vector<std::pair<std::string, std::string>> values;
    for (std::size_t i = 0; i < replies->size(); ++i) {
        const RedisReply& reply = (*replies)[i];
        if (reply.isError()) {
            return refusalOf(commands[i], reply);
        }
        if (reply.elements.size() == 2) {
            values.emplace_back(reply.elements[0].text, reply.elements[1].text);
        }
    }
    return judgedConfiguration(values);
}

}  // namespace cachescope::inspect
