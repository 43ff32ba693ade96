// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_target.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace cachescope {

namespace {

constexpr int kMaxDatabase = 1'000'000;
constexpr int kSentinelPort = 26379;

struct Scheme {
    std::string_view name;
    RedisTarget::Kind kind;
    bool tls;
};
constexpr Scheme kSchemes[] = {
    {"redis", RedisTarget::Kind::server, false},
    {"rediss", RedisTarget::Kind::server, true},
    {"redis+unix", RedisTarget::Kind::server, false},
    {"redis+cluster", RedisTarget::Kind::cluster, false},
    {"rediss+cluster", RedisTarget::Kind::cluster, true},
    {"redis+sentinel", RedisTarget::Kind::sentinel, false},
    {"rediss+sentinel", RedisTarget::Kind::sentinel, true},
};

const Scheme* findScheme(std::string_view name) {
    const auto* const found =
        std::find_if(std::begin(kSchemes), std::end(kSchemes),
                     [&](const Scheme& candidate) { return candidate.name == name; });
    return found == std::end(kSchemes) ? nullptr : found;
}

struct Parameter {
    const char* name;
    bool (*isOf)(const Scheme& scheme);
};
bool isEncrypted(const Scheme& scheme) {
    return scheme.tls;
}
bool isCluster(const Scheme& scheme) {
    return scheme.kind == RedisTarget::Kind::cluster;
}
bool hasDatabases(const Scheme& scheme) {
    return !isCluster(scheme);
}
bool isSentinel(const Scheme& scheme) {
    return scheme.kind == RedisTarget::Kind::sentinel;
}
constexpr Parameter kParameters[] = {
    {"db", hasDatabases},    {"verify", isEncrypted},       {"ca", isEncrypted},
    {"cert", isEncrypted},   {"key", isEncrypted},          {"servername", isEncrypted},
    {"replicas", isCluster}, {"sentinel-user", isSentinel}, {"sentinel-password", isSentinel},
};

bool parseDatabase(std::string_view text, int& database) {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), database);
    return failure == std::errc{} && end == text.data() + text.size() && database >= 0 &&
           database <= kMaxDatabase;
}

// Reads the parts of one URL; each step says what is wrong.
class Reader {
public:
    Reader(const BackendUrl& url, const Scheme& scheme) : m_url(url), m_scheme(scheme) {
        m_target.kind = scheme.kind;
    }

    Result<RedisTarget> read() {
        if (!m_url.user.empty() && m_url.password.empty()) {
            return fail(ErrorCode::missing, "user:password, or :password");
        }
        m_common.user = m_url.user;
        m_common.password = m_url.password;
        for (auto step : {&Reader::checkParameters, &Reader::readDatabase, &Reader::readTls,
                          &Reader::readSwitches, &Reader::readSeeds}) {
            if (auto done = (this->*step)(); !done) {
                return done.error();
            }
        }
        return std::move(m_target);
    }

private:
    Error fail(ErrorCode code, std::string detail) const {
        return Error{code, m_url.withoutPassword(), std::move(detail)};
    }
    bool isUnix() const { return m_url.storeScheme() == "redis+unix"; }
    const std::string* parameter(const std::string& name) const {
        const auto found = m_url.parameters.find(name);
        return found == m_url.parameters.end() ? nullptr : &found->second;
    }

    Result<void> checkParameters() {
        for (const Parameter& known : kParameters) {
            if (parameter(known.name) != nullptr && !known.isOf(m_scheme)) {
                return fail(ErrorCode::unknownName, std::string{"a scheme that has "} + known.name);
            }
        }
        return {};
    }

    // The path is `/database`, and of sentinels `/name/database`.
    Result<void> readDatabase() {
        std::string_view database;
        if (!isUnix()) {
            database = m_url.path;
            database.remove_prefix(database.starts_with('/') ? 1 : 0);
        }
        if (m_scheme.kind == RedisTarget::Kind::sentinel) {
            const auto slash = database.find('/');
            m_target.primaryName = database.substr(0, slash);
            database = slash == std::string_view::npos ? "" : database.substr(slash + 1);
            if (m_target.primaryName.empty()) {
                m_target.primaryName = "mymaster";
            }
        }
        if (m_scheme.kind == RedisTarget::Kind::cluster) {
            return database.empty() || database == "0"
                       ? Result<void>{}
                       : fail(ErrorCode::outOfRange, "a cluster has database 0 alone");
        }
        if (const auto* db = parameter("db")) {
            if (!database.empty() && database != *db) {
                return fail(ErrorCode::syntax, "two databases: in the path and as db");
            }
            if (db->empty()) {
                return fail(ErrorCode::outOfRange, "db from 0 to 1000000");
            }
            database = *db;
        }
        if (!database.empty() && !parseDatabase(database, m_common.database)) {
            return fail(ErrorCode::outOfRange, "db from 0 to 1000000");
        }
        return {};
    }

    Result<void> readTls() {
        if (!m_scheme.tls) {
            return {};
        }
        TlsOptions& tls = m_common.tls.emplace();
        if (auto done = readSwitch("verify", tls.verify); !done) {
            return done;
        }
        const auto text = [&](const char* name, std::string& into) {
            if (const auto* value = parameter(name)) {
                into = *value;
            }
        };
        text("ca", tls.caFile);
        text("cert", tls.certificateFile);
        text("key", tls.keyFile);
        text("servername", tls.serverName);
        if (!tls.keyFile.empty() && tls.certificateFile.empty()) {
            return fail(ErrorCode::missing, "cert");
        }
        return {};
    }

    Result<void> readSwitch(const char* name, bool& into) const {
        if (const auto* value = parameter(name)) {
            if (*value != "on" && *value != "off") {
                return fail(ErrorCode::outOfRange, std::string{name} + "=on or off");
            }
            into = *value == "on";
        }
        return {};
    }

    Result<void> readSwitches() {
        if (const auto* user = parameter("sentinel-user")) {
            m_target.sentinelUser = *user;
        }
        if (const auto* password = parameter("sentinel-password")) {
            m_target.sentinelPassword = *password;
        }
        if (!m_target.sentinelUser.empty() && m_target.sentinelPassword.empty()) {
            return fail(ErrorCode::missing, "sentinel-password");
        }
        return readSwitch("replicas", m_target.readsReplicas);
    }

    Result<void> readSeeds() {
        if (isUnix()) {
            if (!m_url.host.empty() || m_url.port != 0 || !m_url.moreHosts.empty()) {
                return fail(ErrorCode::syntax, "redis+unix:///path/of/socket");
            }
            if (m_url.path.empty() || m_url.path == "/") {
                return fail(ErrorCode::missing, "redis+unix:///path/of/socket");
            }
            m_common.unixPath = m_url.path;
            m_target.seeds.push_back(m_common);
            return {};
        }
        if (m_scheme.kind == RedisTarget::Kind::server && !m_url.moreHosts.empty()) {
            return fail(ErrorCode::syntax, "several hosts: redis+cluster or redis+sentinel");
        }
        add(m_url.host, m_url.port);
        for (const BackendUrl::Host& host : m_url.moreHosts) {
            add(host.name, host.port);
        }
        return {};
    }

    void add(const std::string& host, int port) {
        RedisAddress seed = m_common;
        if (m_scheme.kind == RedisTarget::Kind::sentinel) {
            seed.port = kSentinelPort;
        }
        seed.host = host.empty() ? seed.host : host;
        seed.port = port == 0 ? seed.port : port;
        m_target.seeds.push_back(std::move(seed));
    }

    const BackendUrl& m_url;
    const Scheme& m_scheme;
    RedisAddress m_common;
    RedisTarget m_target;
};

}  // namespace

Result<RedisTarget> RedisTarget::parse(std::string_view url) {
    auto parsed = BackendUrl::parse(url);
    if (!parsed) {
        return parsed.error();
    }
    return fromUrl(*parsed);
}

Result<RedisTarget> RedisTarget::fromUrl(const BackendUrl& url) {
    const Scheme* const scheme = findScheme(url.storeScheme());
    if (scheme == nullptr) {
        return Error{ErrorCode::unknownName, url.withoutPassword(),
                     "redis:, rediss:, redis+unix:, redis+cluster:, redis+sentinel:"};
    }
    return Reader{url, *scheme}.read();
}

std::vector<std::string> RedisTarget::parametersOf(std::string_view scheme) {
    std::vector<std::string> names;
    const Scheme* const found = findScheme(scheme);
    for (const Parameter& known : kParameters) {
        if (found != nullptr && known.isOf(*found)) {
            names.emplace_back(known.name);
        }
    }
    return names;
}

RedisTarget RedisTarget::of(RedisAddress address) {
    RedisTarget target;
    target.seeds.push_back(std::move(address));
    return target;
}

std::string RedisTarget::toText() const {
    if (kind == Kind::server) {
        return seeds.front().toText();
    }
    BackendUrl url;
    url.scheme = std::string{usesTls() ? "rediss" : "redis"} +
                 (kind == Kind::cluster ? "+cluster" : "+sentinel");
    url.host = seeds.front().host;
    url.port = seeds.front().port;
    for (std::size_t i = 1; i < seeds.size(); ++i) {
        url.moreHosts.push_back({seeds[i].host, seeds[i].port});
    }
    if (kind == Kind::sentinel) {
        url.path = '/' + primaryName + '/' + std::to_string(seeds.front().database);
    }
    return url.withoutPassword();
}

}  // namespace cachescope
