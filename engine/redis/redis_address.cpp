// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_address.h"

#include <charconv>

namespace cachescope {

namespace {

constexpr int kMaxDatabase = 1'000'000;

bool parseDatabase(std::string_view text, int& database) {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), database);
    return failure == std::errc{} && end == text.data() + text.size() && database >= 0 &&
           database <= kMaxDatabase;
}

}  // namespace

Result<RedisAddress> RedisAddress::parse(std::string_view url) {
    auto parsed = BackendUrl::parse(url);
    if (!parsed) {
        return parsed.error();
    }
    return fromUrl(*parsed);
}

Result<RedisAddress> RedisAddress::fromUrl(const BackendUrl& url) {
    const auto fail = [&](ErrorCode code, std::string detail) {
        return Error{code, url.withoutPassword(), std::move(detail)};
    };
    const bool unixSocket = url.scheme == "redis+unix";
    if (!unixSocket && url.scheme != "redis") {
        const bool known = url.scheme == "rediss" || url.scheme == "redis+cluster" ||
                           url.scheme == "redis+sentinel";
        return fail(known ? ErrorCode::unsupported : ErrorCode::unknownName, "redis:, redis+unix:");
    }
    RedisAddress address;
    address.user = url.user;
    address.password = url.password;
    if (!url.user.empty() && url.password.empty()) {
        return fail(ErrorCode::missing, "user:password, or :password");
    }

    std::string_view database;
    if (unixSocket) {
        if (!url.host.empty() || url.port != 0) {
            return fail(ErrorCode::syntax, "redis+unix:///path/of/socket");
        }
        if (url.path.empty() || url.path == "/") {
            return fail(ErrorCode::missing, "redis+unix:///path/of/socket");
        }
        address.unixPath = url.path;
    } else {
        address.host = url.host.empty() ? address.host : url.host;
        address.port = url.port == 0 ? address.port : url.port;
        database = url.path;
        if (!database.empty() && database.front() == '/') {
            database.remove_prefix(1);
        }
    }
    if (const auto db = url.parameters.find("db"); db != url.parameters.end()) {
        if (!database.empty() && database != db->second) {
            return fail(ErrorCode::syntax, "two databases: in the path and as db");
        }
        database = db->second;
        if (database.empty()) {
            return fail(ErrorCode::outOfRange, "db from 0 to 1000000");
        }
    }
    if (!database.empty() && !parseDatabase(database, address.database)) {
        return fail(ErrorCode::outOfRange, "db from 0 to 1000000");
    }
    return address;
}

std::string RedisAddress::toText() const {
    BackendUrl url;
    if (isUnix()) {
        url.scheme = "redis+unix";
        url.path = unixPath;
        if (database != 0) {
            url.parameters["db"] = std::to_string(database);
        }
    } else {
        url.scheme = "redis";
        url.host = host;
        url.port = port;
        url.path = '/' + std::to_string(database);
    }
    return url.withoutPassword();
}

}  // namespace cachescope
