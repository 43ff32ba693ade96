// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A GET that hits, by each of the ways to Redis, one at a time and 64 in flight, next to the
// server's own tool with one client and the same load. One client thread each, but for the session,
// which has its own.

#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/backend/backend_registry.h"
#include "engine/redis/private_redis_server.h"
#include "engine/redis/redis_pool.h"
#include "engine/redis/redis_session.h"
#include "engine/redis/redis_target.h"
#include "tests/bench/comparison.h"
#include "tests/bench/redis_benchmark.h"

using namespace cachescope;
using namespace cachescope::bench;

namespace {

constexpr std::size_t kKeys = 2000;
constexpr std::size_t kInFlight = 64;
constexpr std::uint64_t kSingle = 20'000;
constexpr std::uint64_t kPipelined = 256'000;

const std::string kValue(256, 'v');

[[noreturn]] void giveUp(const std::string& what) {
    std::fprintf(stderr, "%s\n", what.c_str());
    std::exit(1);
}

const std::string& nameOf(std::uint64_t i) {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> made;
        for (std::size_t key = 0; key < kKeys; ++key) {
            made.push_back(redisBenchmarkKey(key));
        }
        return made;
    }();
    return names[(i * 7) % kKeys];
}

void check(const Result<RedisReply>& reply) {
    if (!reply || reply->text.size() != kValue.size()) {
        giveUp(reply ? "a wrong reply: " + reply->text : reply.error().toLogLine());
    }
}

RedisClientOptions poolOptions() {
    RedisClientOptions options;
    options.timeout = std::chrono::seconds{5};
    return options;
}

/// 64 requests in flight: each reply's callback asks for the next key.
class Ring {
public:
    explicit Ring(const RedisAddress& address) : m_session(address) {}

    double round() {
        m_left = kPipelined;
        m_open = 0;
        return timed(Watch::wall, kPipelined, [this] {
            {
                const std::lock_guard lock(m_mutex);
                for (std::size_t i = 0; i < kInFlight; ++i) {
                    askNext();
                }
            }
            std::unique_lock lock(m_mutex);
            m_done.wait(lock, [this] { return m_open == 0; });
        });
    }

private:
    void askNext() {
        --m_left;
        ++m_open;
        m_session.submit({{"GET", nameOf(m_left)},
                          deadlineAfter(SystemClock::instance().now(), std::chrono::seconds{5}),
                          RedisPriority::interactive,
                          m_use,
                          [this](Result<RedisReply> reply) {
                              check(reply);
                              const std::lock_guard lock(m_mutex);
                              --m_open;
                              if (m_left > 0) {
                                  askNext();
                              } else if (m_open == 0) {
                                  m_done.notify_one();
                              }
                          }});
    }

    const std::shared_ptr<RedisUse> m_use = std::make_shared<RedisUse>();
    std::mutex m_mutex;
    std::condition_variable m_done;
    std::uint64_t m_left = 0;
    std::uint64_t m_open = 0;
    RedisSession m_session;  // last: calls back until it ends
};

std::vector<Comparison> compare(const PrivateRedisServer& server) {
    const std::string socket = server.url().substr(server.url().find('/'));
    const RedisAddress address = RedisTarget::parse(server.url()).value().seeds.front();
    const auto pool = std::make_shared<RedisPool>(address, poolOptions());
    BackendConfig config;
    config.timeout = std::chrono::seconds{5};
    const std::shared_ptr<Backend> backend =
        BackendRegistry::builtin().create(server.url(), config).value();
    Entry entry;
    entry.value = Bytes{kValue};
    for (std::size_t i = 0; i < kKeys; ++i) {
        pool->call({"SET", nameOf(i), kValue}).value();
        backend->set(nameOf(i), entry).value();
    }
    const bool tool = redisBenchmark(socket, "get", 1000).has_value();
    if (!tool) {
        std::puts("redis-benchmark is not installed here: Redis is measured without its peer");
    }

    std::vector<Comparison> comparisons;
    auto& single = comparisons.emplace_back("redis: a GET, one at a time");
    if (tool) {
        single.add("peer: redis-benchmark -c 1",
                   [socket] { return redisBenchmark(socket, "get", kSingle).value_or(0); });
    }
    single.add("RedisBackend::get", [backend] {
        return timed(Watch::wall, kSingle, [&] {
            for (std::uint64_t i = 0; i < kSingle; ++i) {
                const auto found = backend->get(nameOf(i));
                if (!found || !*found || (*found)->value.size() != kValue.size()) {
                    giveUp("the backend does not give a key back");
                }
            }
        });
    });
    single.add("RedisPool::call", [pool] {
        return timed(Watch::wall, kSingle, [&] {
            for (std::uint64_t i = 0; i < kSingle; ++i) {
                check(pool->call({"GET", nameOf(i)}));
            }
        });
    });

    auto& many = comparisons.emplace_back("redis: a GET, 64 in flight");
    if (tool) {
        many.add("peer: redis-benchmark -c 1 -P 64", [socket] {
            return redisBenchmark(socket, "get", kPipelined, kInFlight).value_or(0);
        });
    }
    many.add("RedisBackend::getMany of 64", [backend] {
        return timed(Watch::wall, kPipelined, [&] {
            std::vector<std::string> keys;
            for (std::uint64_t i = 0; i < kPipelined; i += kInFlight) {
                keys.clear();
                for (std::uint64_t k = i; k < i + kInFlight; ++k) {
                    keys.push_back(nameOf(k));
                }
                const auto found = backend->getMany(keys);
                if (!found) {
                    giveUp(found.error().toLogLine());
                }
                for (const auto& each : *found) {
                    if (!each || each->value.size() != kValue.size()) {
                        giveUp("the backend does not give a key back");
                    }
                }
            }
        });
    });
    const auto ring = std::make_shared<Ring>(address);
    many.add("RedisSession, each reply asks again", [ring] { return ring->round(); });
    many.add("RedisPool::callAll of 64", [pool] {
        return timed(Watch::wall, kPipelined, [&] {
            std::vector<RedisCommand> commands;
            for (std::uint64_t i = 0; i < kPipelined; i += kInFlight) {
                commands.clear();
                for (std::uint64_t k = i; k < i + kInFlight; ++k) {
                    commands.push_back({"GET", nameOf(k)});
                }
                const auto replies = pool->callAll(commands);
                if (!replies) {
                    giveUp(replies.error().toLogLine());
                }
                for (const RedisReply& reply : *replies) {
                    if (reply.text.size() != kValue.size()) {
                        giveUp("a wrong reply: " + reply.text);
                    }
                }
            }
        });
    });
    return comparisons;
}

}  // namespace

int main(int argc, char** argv) {
    if (!PrivateRedisServer::available()) {
        std::puts("redis-server is not installed here: Redis is not measured");
        return runAll("redis", 7, {}, argc, argv);
    }
    const auto server = PrivateRedisServer::start().value();
    return runAll("redis", 7, compare(*server), argc, argv);
}
