// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/default_cache.h"

#include <chrono>
#include <mutex>

namespace cachescope {

namespace {

constexpr auto kSweepInterval = std::chrono::milliseconds{100};

struct Default {
    std::mutex mutex;
    std::shared_ptr<Cache> cache;
};

Default& theDefault() {
    static Default instance;
    return instance;
}

Result<std::shared_ptr<Cache>> makeCache(std::string_view url, const BackendRegistry& registry,
                                         const BackendConfig& config) {
    auto backend = registry.create(url, config);
    if (!backend) {
        return backend.error();
    }
    auto cache = std::make_shared<Cache>(std::move(*backend), *config.clock);
    cache->sweepEvery(kSweepInterval);
    return cache;
}

}  // namespace

std::shared_ptr<Cache> defaultCache() {
    Default& current = theDefault();
    const std::lock_guard lock(current.mutex);
    if (!current.cache) {
        current.cache = makeCache("memory:?entries=100000", BackendRegistry::builtin(), {}).value();
    }
    return current.cache;
}

void setDefaultCache(std::shared_ptr<Cache> cache) {
    Default& current = theDefault();
    const std::lock_guard lock(current.mutex);
    current.cache.swap(cache);
}

Result<void> setDefaultBackend(std::string_view url, const BackendRegistry& registry,
                               const BackendConfig& config) {
    auto cache = makeCache(url, registry, config);
    if (!cache) {
        return cache.error();
    }
    setDefaultCache(std::move(*cache));
    return {};
}

}  // namespace cachescope
