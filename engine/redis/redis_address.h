// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/backend/backend_url.h"
#include "engine/core/result.h"

namespace cachescope {

/// Where a Redis server is and how to log in, read from a URL.
///
/// `redis://user:password@host:port/database` and `redis+unix://user:password@/path/of/socket`;
/// every part but the socket's path may be left out (127.0.0.1, 6379, database 0, no login). A
/// password alone is `redis://:password@host`. As a socket's URL has no room for a database in its
/// path, it is the parameter `?db=2` there; the parameter works with TCP as well. A value type; any
/// thread.
struct RedisAddress {
    std::string unixPath;  ///< empty: TCP
    std::string host = "127.0.0.1";
    int port = 6379;
    std::string user;      ///< empty: the server's default user
    std::string password;  ///< empty: no login
    int database = 0;

    /// unsupported for rediss:, redis+cluster: and redis+sentinel:, unknownName for any other
    /// scheme, missing without a socket's path or a user's password, outOfRange for a database that
    /// is no number from 0 to 1,000,000, syntax for anything else.
    static Result<RedisAddress> fromUrl(const BackendUrl& url);

    /// The same from a URL as text.
    static Result<RedisAddress> parse(std::string_view url);

    bool isUnix() const noexcept { return !unixPath.empty(); }

    /// The address without user and password, as the subject of errors.
    std::string toText() const;
};

}  // namespace cachescope
