// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/inspect/guarded_session.h"

namespace cachescope::inspect {

/// One command that took the server long.
struct SlowCommand {
    std::int64_t id = 0;
    TimePoint at{};  ///< by the server's clock, to the second
    Duration took{};
    std::vector<std::string> words;  ///< the command; long ones were cut by the server
    std::string client;              ///< address; empty before Redis 4
    std::string clientName;
};

/// One connection, as CLIENT LIST tells it. Times are to the second.
struct ClientEntry {
    std::uint64_t id = 0;
    std::string address, name, user, flags, lastCommand, library;
    int database = 0;
    int protocol = 2;
    Duration age{}, idle{};
    std::uint64_t subscriptions = 0;
    std::uint64_t memory = 0;        ///< all that the server holds for it; 0 before 6.2
    std::uint64_t outputMemory = 0;  ///< of answers that it has not taken yet
    bool isOurs = false;             ///< the session that asked; our others have a name
};

enum class ConfigurationId : std::uint8_t {
    maxMemory,
    maxMemoryPolicy,
    maxMemorySamples,
    notifyKeyspaceEvents,
    activeExpireEffort,
    hz,
    dynamicHz,
    lazyfreeEviction,
    lazyfreeExpire,
    lazyfreeServerDel,
    lazyfreeUserDel,
    lfuLogFactor,
    lfuDecayTime,
    maxMemoryClients,
    replicaIgnoresMaxMemory,
    slowLogSlowerThan,
    slowLogLength,
};

/// What a value of the configuration means for a cache. The texts are the window's.
enum class ConfigurationMeaning : std::uint8_t {
    plain,                ///< as one would have it, or a matter of taste
    growsWithoutBound,    ///< no maxmemory: the machine's memory is the bound
    refusesWrites,        ///< noeviction with a maxmemory: writes fail once it is full
    evictsVolatileOnly,   ///< keys without a TTL are never evicted
    evictsAtRandom,       ///< whatever is used often may go
    fewSamples,           ///< what is evicted is far from the least used
    sendsNoEvents,        ///< no notifications: expirations cannot be seen as events
    sendsExpiredEvents,   ///< expirations can be seen as events
    sendsMissEvents,      ///< each miss is told, at a cost
    expiresSlowly,        ///< the default effort: dead keys may stay for long
    removesInForeground,  ///< large values hold everybody up while they are removed
    logsNothing,          ///< the slow log is off
    logsEverything,       ///< each command is logged as slow
};

struct ConfigurationValue {
    ConfigurationId id = ConfigurationId::maxMemory;
    std::string name;   ///< "maxmemory"
    std::string value;  ///< as the server says
    ConfigurationMeaning meaning = ConfigurationMeaning::plain;
};

/// The newest first. The server's log is left as it is.
Result<std::vector<SlowCommand>> readSlowLog(GuardedSession& session, std::size_t most,
                                             Duration timeout, const std::stop_token& stop = {});
Result<std::vector<ClientEntry>> readClients(GuardedSession& session, Duration timeout,
                                             const std::stop_token& stop = {});
/// What of the configuration concerns a cache; parameters that the server does not have are left
/// out.
///
/// These wait, on any thread that may. Errors: those of the session; noPermission with the rule
/// that is missing as subject ("+config|get"), as refusalOf() says.
Result<std::vector<ConfigurationValue>> readConfiguration(GuardedSession& session, Duration timeout,
                                                          const std::stop_token& stop = {});

/// The same from replies and values at hand. Pure; any thread.
std::vector<SlowCommand> slowCommandsIn(const RedisReply& reply);
std::vector<ClientEntry> clientsIn(std::string_view list, std::uint64_t ours = 0);
std::vector<ConfigurationValue> judgedConfiguration(
    const std::vector<std::pair<std::string, std::string>>& values);

/// Whether flags of notify-keyspace-events send events of a kind ('x' expired, 'm' misses, …) on
/// channels __keyevent@*__.
bool sendsEvents(std::string_view flags, char kind) noexcept;

}  // namespace cachescope::inspect
