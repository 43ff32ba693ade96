// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/redis/redis_target.h"

namespace cachescope {

/// One thing that was tried, and what came of it.
struct TrialStep {
    enum class Kind : std::uint8_t {
        sentinel,  ///< ask one for the primary; `where` is the sentinel, `answer` "host port"
        lookUp,    ///< the host's name; left out for an address in digits and a socket
        connect,   ///< `where` is the address that took the connection, or the last one tried
        tls,       ///< handshake; `answer` is the version and cipher, `certificate` the server's
        logIn,     ///< `answer` is the user's name; left out without a login
        ping,      ///< `took` is the round trip
        info,      ///< INFO; skipped where it is not permitted
        cluster,   ///< `answer` is "primaries/replicas/slots covered", as numbers
    };
    enum class Outcome : std::uint8_t { done, failed, skipped };

    Kind kind = Kind::connect;
    Outcome outcome = Outcome::done;
    std::string where;           ///< the address, without login
    std::string answer;          ///< raw text, by kind
    Duration took{};             ///< 0: not measured
    std::optional<Error> error;  ///< why it failed
};

/// What the server's certificate says.
struct TrialCertificate {
    std::string subject;             ///< its common name
    std::vector<std::string> names;  ///< the hosts that it is for
    std::string issuer;              ///< the common name of who signed it
    std::string notAfter;            ///< "2027-01-31"
    bool verified = false;
};

/// What a server says about itself to somebody who wants to connect.
struct RedisServerInfo {
    bool infoPermitted = false;   ///< INFO is allowed; without it, only the round trip is known
    std::string product;          ///< "Redis", "Valkey"
    std::string version;          ///< "7.0.15"
    std::string mode;             ///< "standalone", "cluster", "sentinel"
    std::string role;             ///< "master", "slave", "sentinel"
    std::string maxmemoryPolicy;  ///< "allkeys-lru", "noeviction"
    std::uint64_t maxmemory = 0;  ///< bytes; 0: no bound
    std::uint64_t keys = 0;       ///< in the database that was chosen
    Duration roundTrip{};         ///< of one PING on the open connection
};

/// A connection tried out step by step: what a person wants to see who asks why it does not work.
///
/// Stops at the first step without which the next makes no sense. A value; see tryRedis().
struct RedisTrial {
    std::vector<TrialStep> steps;
    std::optional<TrialCertificate> certificate;
    std::optional<RedisServerInfo> server;  ///< once it answered
    std::optional<Error> failure;           ///< that of the step that ended it
    bool works() const noexcept { return !failure; }
};

/// Tries a target within `timeout` of real time, and keeps nothing open. Reads no key and changes
/// nothing. Of a cluster, the first seed that answers; of sentinels, each until one knows the
/// primary, and then that one. Any thread.
RedisTrial tryRedis(const RedisTarget& target, Duration timeout,
                    const Clock& clock = SystemClock::instance());

}  // namespace cachescope
