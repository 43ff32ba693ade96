// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What stands between a request and its store: two levels, circuit breaker, recovery queue and
// lease, each beside the same call without it; and a hit with an option of the cache on, beside a
// plain one.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend_registry.h"
#include "engine/backend/circuit_breaker.h"
#include "engine/backend/recovery_queue.h"
#include "engine/cache/cache.h"
#include "engine/redis/private_redis_server.h"
#include "tests/bench/comparison.h"
#include "tests/support/temporary_directory.h"

using namespace cachescope;
using namespace cachescope::bench;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kKeys = 1000;

const std::vector<std::string>& keyNames() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (std::size_t i = 0; i < kKeys; ++i) {
            all.push_back("product:" + std::to_string(i));
        }
        return all;
    }();
    return names;
}

const std::string& keyAt(std::uint64_t i) {
    return keyNames()[(i * 7) % kKeys];
}

void demand(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "not as promised: %s\n", what);
        std::exit(1);
    }
}

Entry entryOf(const std::string& text) {
    Entry entry;
    entry.value = Bytes{text};
    entry.created = SystemClock::instance().now();
    entry.expires = entry.created + 1h;
    return entry;
}

std::shared_ptr<Backend> filled(std::unique_ptr<Backend> backend) {
    for (const std::string& key : keyNames()) {
        demand(backend->set(key, entryOf(std::string(256, 'x'))).ok(), "a set");
    }
    return backend;
}

std::unique_ptr<Backend> make(const std::string& url) {
    return BackendRegistry::builtin().create(url, {}).value();
}

// Hits of one level: 0 the first.
std::function<double()> hits(Watch watch, std::uint64_t operations,
                             const std::shared_ptr<Backend>& backend, int level = 0) {
    return [=] {
        std::uint64_t there = 0;
        for (const std::string& key : keyNames()) {
            keep(backend->get(key));  // the copies that a round before has left to be made
        }
        const double time = timed(watch, operations, [&] {
            for (std::uint64_t i = 0; i < operations; ++i) {
                const auto found = backend->get(keyAt(i));
                there += found.ok() && *found && (*found)->level == level ? 1 : 0;
            }
        });
        // What a bounded level keeps by chance, and what arrives late as a message.
        demand(there >= operations - operations / 20, "hits of the level that is measured");
        return time;
    };
}

std::function<double()> sets(Watch watch, std::uint64_t operations,
                             const std::shared_ptr<Backend>& backend) {
    return [=] {
        const Entry entry = entryOf(std::string(256, 'y'));
        return timed(watch, operations, [&] {
            for (std::uint64_t i = 0; i < operations; ++i) {
                keep(backend->set(keyAt(i), entry).ok());
            }
        });
    };
}

void compareLevels(std::vector<Comparison>& comparisons, const std::string& name,
                   const std::string& url, char separator, std::uint64_t operations) {
    const std::string copies = "tiered:" + url + separator + "upper_ttl=1h";
    auto& below = comparisons.emplace_back("two levels over " + name + ": a hit below");
    below.add(name + " alone", hits(Watch::wall, operations, filled(make(url))));
    below.add("two levels, no copy",
              hits(Watch::wall, operations, filled(make(copies + "&upper_entries=1")), 1));
    auto& above = comparisons.emplace_back("two levels over " + name + ": a copy");
    above.add("memory alone", hits(Watch::processor, 100 * operations, filled(make("memory:"))));
    above.add("two levels, a copy", hits(Watch::processor, 100 * operations, filled(make(copies))));
}

void compareGuards(std::vector<Comparison>& comparisons) {
    constexpr std::uint64_t kOperations = 400'000;
    const auto plain = filled(make("memory:"));
    const auto breaker = filled(std::make_unique<CircuitBreaker>(make("memory:")));
    const auto queue = filled(std::make_unique<RecoveryQueue>(make("memory:")));
    const auto both =
        filled(std::make_unique<RecoveryQueue>(std::make_unique<CircuitBreaker>(make("memory:"))));
    for (const bool reading : {true, false}) {
        auto& comparison =
            comparisons.emplace_back(reading ? "guards: a hit in memory" : "guards: a set");
        const auto add = [&](const char* name, const std::shared_ptr<Backend>& backend) {
            comparison.add(name, reading ? hits(Watch::processor, kOperations, backend)
                                         : sets(Watch::processor, kOperations, backend));
        };
        add("without", plain);
        add("circuit breaker, closed", breaker);
        add("recovery queue, empty", queue);
        add("both", both);
    }
}

/// A cache in memory whose entries were loaded under some options.
struct OptionCache {
    ManualClock clock;
    CacheOptions options;
    std::unique_ptr<Cache> cache;

    explicit OptionCache(CacheOptions how) : options(std::move(how)) {
        BackendConfig config;
        config.clock = &clock;
        cache = std::make_unique<Cache>(
            BackendRegistry::builtin().create("memory:", config).value(), clock);
    }
    void fetch(const std::string& key) {
        cache->fetch(
            key, options,
            [this](const LoadDone& done) {
                clock.advance(1ms);  // a load that costs nothing is none for XFetch
                done(Loaded{Bytes{std::string(256, 'x')}});
            },
            [](const Result<Fetched>& result) { keep(result->entry.value.size()); });
    }
    double round(std::uint64_t operations) {
        for (const std::string& key : keyNames()) {
            fetch(key);
        }
        const std::uint64_t before = cache->stats().misses;
        const double time = timed(Watch::processor, operations, [&] {
            for (std::uint64_t i = 0; i < operations; ++i) {
                clock.advance(1us);  // so that there is something to slide
                fetch(keyAt(i));
            }
        });
        demand(cache->stats().misses == before, "hits alone");
        return time;
    }
};

void compareOptions(std::vector<Comparison>& comparisons) {
    constexpr std::uint64_t kOperations = 200'000;
    auto& comparison = comparisons.emplace_back("options: a hit in memory, through Cache::fetch");
    const auto add = [&](const char* name, const std::function<void(CacheOptions&)>& change) {
        CacheOptions options{.ttl = 1h};
        change(options);
        comparison.add(name, [cache = std::make_shared<OptionCache>(std::move(options))] {
            return cache->round(kOperations);
        });
    };
    add("plain", [](CacheOptions&) {});
    add("jitter", [](CacheOptions& options) { options.jitter = 0.2; });
    add("sliding", [](CacheOptions& options) { options.sliding = true; });
    add("a tag", [](CacheOptions& options) { options.tags = {"shop"}; });
    add("five tags", [](CacheOptions& options) { options.tags = {"a", "b", "c", "d", "e"}; });
    add("refresh ahead", [](CacheOptions& options) { options.refreshAfter = 0.8; });
    add("XFetch", [](CacheOptions& options) { options.xfetchBeta = 1; });
    add("stale while revalidate",
        [](CacheOptions& options) { options.staleWhileRevalidate = 1min; });
    add("fail-safe", [](CacheOptions& options) { options.staleIfError = 1h; });
    add("all of these", [](CacheOptions& options) {
        options.jitter = 0.2;
        options.sliding = true;
        options.tags = {"shop"};
        options.refreshAfter = 0.8;
        options.xfetchBeta = 1;
        options.staleWhileRevalidate = 1min;
        options.staleIfError = 1h;
    });
}

std::function<double()> loads(const std::shared_ptr<Cache>& cache, const CacheOptions& options) {
    constexpr std::uint64_t kOperations = 2000;
    const auto next = std::make_shared<std::uint64_t>(0);
    return [=] {
        return timed(Watch::wall, kOperations, [&] {
            for (std::uint64_t i = 0; i < kOperations; ++i) {
                const auto result = cache->fetchBlocking(
                    "load:" + std::to_string((*next)++), options,
                    []() -> LoadResult { return Loaded{Bytes{std::string(256, 'x')}}; });
                demand(result.ok() && result->source == Source::loaded && result->kept, "a load");
            }
        });
    };
}

void compareLeases(std::vector<Comparison>& comparisons, const std::string& url) {
    auto& comparison =
        comparisons.emplace_back("lease: a key that is missed, loaded at once and stored in Redis");
    CacheOptions options{.ttl = 1h};
    comparison.add("without",
                   loads(std::make_shared<Cache>(make(url + "?prefix=plain:")), options));
    options.lease = 5s;
    comparison.add("with a lease",
                   loads(std::make_shared<Cache>(make(url + "?prefix=leased:")), options));
}

}  // namespace

int main(int argc, char** argv) {
    const test::TemporaryDirectory directory;
    std::vector<Comparison> comparisons;
    compareGuards(comparisons);
    compareOptions(comparisons);
    compareLevels(comparisons, "files", "file:" + (directory / "levels").string(), '?', 4000);
    std::unique_ptr<PrivateRedisServer> server;
    if (PrivateRedisServer::available()) {
        server = PrivateRedisServer::start().value();
        compareLevels(comparisons, "Redis", server->url() + "?prefix=levels:", '&', 4000);
        compareLeases(comparisons, server->url());
    } else {
        std::puts("redis-server is not installed here: Redis is not measured");
    }
    return runAll("guards", 7, std::move(comparisons), argc, argv);
}
