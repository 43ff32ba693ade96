// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_address.h"

#include "engine/backend/backend_url.h"

namespace cachescope {

std::string RedisAddress::toText() const {
    BackendUrl url;
    if (isUnix()) {
        url.scheme = "redis+unix";
        url.path = unixPath;
        if (database != 0) {
            url.parameters["db"] = std::to_string(database);
        }
    } else {
        url.scheme = tls ? "rediss" : "redis";
        url.host = host;
        url.port = port;
        url.path = '/' + std::to_string(database);
    }
    return url.withoutPassword();
}

}  // namespace cachescope
