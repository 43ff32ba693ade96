// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/backend_url.h"
#include "engine/core/result.h"
#include "engine/redis/redis_address.h"

namespace cachescope {

/// What a Redis URL stands for: one server, the primary that sentinels name, or a cluster.
///
/// `redis://user:password@host:port/database`, `redis+unix://user:password@/path/of/socket?db=2`,
/// `redis+cluster://user:password@host:port,host:port` and
/// `redis+sentinel://user:password@host:port,host:port/name-of-primary/database`. Every part but a
/// socket's path may be left out: 127.0.0.1, port 6379 (of a sentinel 26379), database 0, no login,
/// the primary `mymaster`. A password alone is `redis://:password@host`. An s after the first redis
/// (`rediss:`, `rediss+cluster:`, `rediss+sentinel:`) speaks TLS with everyone involved, with the
/// parameters `verify=off`, `ca`, `cert`, `key` (paths of PEM files) and `servername`. `db` is a
/// parameter everywhere but in a cluster, `replicas=on` allows reads from replicas of a cluster,
/// and `sentinel-user` and `sentinel-password` log in with sentinels. A value type; any thread.
struct RedisTarget {
    enum class Kind : std::uint8_t { server, cluster, sentinel };

    Kind kind = Kind::server;
    /// At least one. Of a server, exactly the one; otherwise where to begin to ask. All have the
    /// same login, database and TLS: those of the servers with the data.
    std::vector<RedisAddress> seeds;
    std::string primaryName;       ///< of sentinels
    std::string sentinelUser;      ///< of sentinels; empty: their default user
    std::string sentinelPassword;  ///< of sentinels; empty: no login
    bool readsReplicas = false;    ///< of a cluster: reads may be answered by replicas, and so late

    /// unknownName for another scheme and for a parameter that another scheme has, missing without
    /// a socket's path, a user's password or a key's certificate, outOfRange for a database that is
    /// no number from 0 to 1,000,000 or a switch that is neither on nor off, syntax for anything
    /// else. Parameters that are no scheme's are left to whoever they are for.
    static Result<RedisTarget> fromUrl(const BackendUrl& url);
    /// The same from a URL as text.
    static Result<RedisTarget> parse(std::string_view url);
    /// One server.
    static RedisTarget of(RedisAddress address);

    /// The parameters that a scheme has; none for one that is not Redis.
    static std::vector<std::string> parametersOf(std::string_view scheme);

    bool usesTls() const noexcept { return seeds.front().tls.has_value(); }

    /// As a URL without users and passwords, as the subject of errors.
    std::string toText() const;
};

}  // namespace cachescope
