// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "engine/redis/tls_options.h"

namespace cachescope {

/// Where one Redis server is and how to log in. RedisTarget reads it from a URL. A value type; any
/// thread.
struct RedisAddress {
    std::string unixPath;  ///< empty: TCP
    std::string host = "127.0.0.1";
    int port = 6379;
    std::string user;      ///< empty: the server's default user
    std::string password;  ///< empty: no login
    int database = 0;
    std::optional<TlsOptions> tls;  ///< nothing: not encrypted

    bool isUnix() const noexcept { return !unixPath.empty(); }

    /// The address as a URL without user and password, as the subject of errors.
    std::string toText() const;

    bool operator==(const RedisAddress&) const = default;
};

}  // namespace cachescope
