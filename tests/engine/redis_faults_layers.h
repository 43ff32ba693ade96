// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/backend/backend_registry.h"
#include "engine/core/worker.h"
#include "engine/redis/redis_pool.h"
#include "engine/redis/redis_session.h"
#include "tests/support/session_asker.h"

namespace cachescope::test {

/// How long a call of a layer may take in these tests.
inline constexpr Duration kCallTimeout = std::chrono::milliseconds{100};

/// One of the ways to Redis, as far as all of them can do the same. Any thread.
class RedisLayer {
public:
    virtual ~RedisLayer() = default;
    virtual Result<void> write(const std::string& key, const std::string& value) = 0;
    virtual Result<std::optional<std::string>> read(const std::string& key) = 0;
};

class SessionLayer final : public RedisLayer {
public:
    explicit SessionLayer(const RedisAddress& address, Duration timeout)
        : m_timeout(timeout), m_session(address, options()) {}

    Result<void> write(const std::string& key, const std::string& value) override {
        const auto reply = ask({"SET", key, value});
        return reply ? Result<void>{} : reply.error();
    }
    Result<std::optional<std::string>> read(const std::string& key) override {
        const auto reply = ask({"GET", key});
        if (!reply) {
            return reply.error();
        }
        return reply->isBulk() ? std::optional{reply->text} : std::nullopt;
    }

private:
    static RedisSessionOptions options() {
        RedisSessionOptions options;
        options.connectTimeout = kCallTimeout;
        options.minBackoff = std::chrono::milliseconds{5};
        options.maxBackoff = std::chrono::milliseconds{50};
        options.silence = std::chrono::milliseconds{50};
        return options;
    }
    Result<RedisReply> ask(RedisCommand command) {
        SessionAsker asker;
        auto reply = asker.ask(m_session, std::move(command), m_timeout);
        if (reply && reply->isError()) {
            return redisError(*reply, {});
        }
        return reply;
    }

    const Duration m_timeout;
    RedisSession m_session;
};

class PoolLayer final : public RedisLayer {
public:
    explicit PoolLayer(const RedisAddress& address, Duration timeout)
        : m_pool(address, options(timeout)) {}

    Result<void> write(const std::string& key, const std::string& value) override {
        const auto reply = m_pool.call({"SET", key, value});
        if (!reply) {
            return reply.error();
        }
        return reply->isError() ? Result<void>{redisError(*reply, {})} : Result<void>{};
    }
    Result<std::optional<std::string>> read(const std::string& key) override {
        auto reply = m_pool.call({"GET", key});
        if (!reply || reply->isError()) {
            return reply ? redisError(*reply, {}) : reply.error();
        }
        return reply->isBulk() ? std::optional{reply->text} : std::nullopt;
    }

private:
    static RedisClientOptions options(Duration timeout) {
        RedisClientOptions options;
        options.timeout = timeout;
        options.minBackoff = std::chrono::milliseconds{5};
        options.maxBackoff = std::chrono::milliseconds{50};
        return options;
    }

    RedisPool m_pool;
};

class BackendLayer final : public RedisLayer {
public:
    BackendLayer(const std::string& url, Duration timeout) {
        BackendConfig config;
        config.timeout = timeout;
        m_backend = BackendRegistry::builtin().create(url, config).value();
    }
    Result<void> write(const std::string& key, const std::string& value) override {
        Entry entry;
        entry.value = Bytes{value};
        return m_backend->set(key, entry);
    }
    Result<std::optional<std::string>> read(const std::string& key) override {
        const auto found = m_backend->get(key);
        if (!found) {
            return found.error();
        }
        return *found ? std::optional{std::string{(*found)->value.view()}} : std::nullopt;
    }

private:
    std::unique_ptr<Backend> m_backend;
};

enum class LayerKind : std::uint8_t { session, pool, backend };
inline constexpr LayerKind kLayerKinds[] = {LayerKind::session, LayerKind::pool,
                                            LayerKind::backend};

inline const char* layerName(LayerKind kind) {
    return kind == LayerKind::session ? "session" : (kind == LayerKind::pool ? "pool" : "backend");
}

inline std::unique_ptr<RedisLayer> makeLayer(LayerKind kind, const RedisAddress& address,
                                             Duration timeout = kCallTimeout) {
    switch (kind) {
        case LayerKind::session:
            return std::make_unique<SessionLayer>(address, timeout);
        case LayerKind::pool:
            return std::make_unique<PoolLayer>(address, timeout);
        case LayerKind::backend:
            break;
    }
    const std::string login =
        address.password.empty() ? std::string{} : address.user + ':' + address.password + '@';
    return std::make_unique<BackendLayer>(
        address.isUnix() ? "redis+unix://" + login + address.unixPath
                         : "redis://" + login + address.host + ':' + std::to_string(address.port),
        timeout);
}

inline std::string keyAt(int i) {
    return "key:" + std::to_string(i);
}
/// Carries its key, so that the reply to another question is known for what it is.
inline std::string valueFor(const std::string& key) {
    return "value of " + key;
}

/// Four threads that read `kKeys` keys without a pause and look at what they get.
class Traffic {
public:
    static constexpr int kKeys = 50;

    explicit Traffic(RedisLayer& layer) {
        for (int t = 0; t < 4; ++t) {
            m_threads.push_back(std::make_unique<Worker>(
                "traffic", [this, &layer, t](Worker&, const std::stop_token& stop) {
                    for (int i = t; !stop.stop_requested(); ++i) {
                        readOne(layer, keyAt(i % kKeys));
                    }
                }));
        }
    }
    void stop() { m_threads.clear(); }

    std::atomic<int> right{0};
    std::atomic<int> wrong{0};
    std::atomic<int> failed{0};

    Duration slowest() const {
        const std::lock_guard lock(m_mutex);
        return m_slowest;
    }
    /// The codes of all failures so far, with an example of each.
    std::map<ErrorCode, std::string> codes() const {
        const std::lock_guard lock(m_mutex);
        return m_codes;
    }

private:
    void readOne(RedisLayer& layer, const std::string& key) {
        const Clock& clock = SystemClock::instance();
        const TimePoint start = clock.now();
        const auto value = layer.read(key);
        const Duration took = clock.now() - start;
        if (value && *value) {
            ++(**value == valueFor(key) ? right : wrong);
        }
        const std::lock_guard lock(m_mutex);
        m_slowest = std::max(m_slowest, took);
        if (!value) {
            m_codes.emplace(value.error().code(), value.error().toLogLine());
            ++failed;
        }
    }

    mutable std::mutex m_mutex;
    Duration m_slowest{};
    std::map<ErrorCode, std::string> m_codes;
    std::vector<std::unique_ptr<Worker>> m_threads;  // last: ends before what it uses
};

}  // namespace cachescope::test
