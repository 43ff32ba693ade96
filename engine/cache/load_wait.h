// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "engine/cache/cache.h"

namespace cachescope {

/// A part of a load for which no thread of the cache was free: whoever comes first does it, one of
/// the cache's threads or a request that waits for the load without a time-out. Any thread.
class LateStep {
public:
    explicit LateStep(std::function<void()> work) : m_work(std::move(work)) {}

    /// Does it, unless somebody has begun to.
    void run() {
        if (claim()) {
            std::exchange(m_work, nullptr)();
        }
    }
    /// Whether nobody has begun: from now on, nobody will.
    bool claim() noexcept { return !m_claimed.exchange(true); }

private:
    std::atomic<bool> m_claimed{false};
    std::function<void()> m_work;
};

/// The answers that one thread waits for, as they come in from several others, and what wakes it
/// when there is a LateStep that it could do instead of waiting. put() and wake() from any thread,
/// all else from the one that waits.
class LoadWait {
public:
    explicit LoadWait(std::size_t answers) : m_results(answers) {}

    void put(std::size_t place, const Result<Fetched>& result) {
        const std::lock_guard lock(m_mutex);
        m_results[place] = result;
        m_changed.notify_all();
    }
    void wake() {
        const std::lock_guard lock(m_mutex);
        m_woken = true;
        m_changed.notify_all();
    }
    bool has(std::size_t place) {
        const std::lock_guard lock(m_mutex);
        return m_results[place].has_value();
    }
    /// Until the answer is there or wake() was called since the last time; whether it is there.
    bool await(std::size_t place) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_results[place].has_value() || m_woken; });
        m_woken = false;
        return m_results[place].has_value();
    }
    /// All have come. Answers that nobody waits for may still do so.
    std::vector<Result<Fetched>> take() {
        const std::lock_guard lock(m_mutex);
        std::vector<Result<Fetched>> all;
        all.reserve(m_results.size());
        for (auto& result : m_results) {
            all.push_back(*std::move(result));
        }
        return all;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_woken = false;
    std::vector<std::optional<Result<Fetched>>> m_results;
};

/// Says that this thread runs a load, as long as the object lives. What is asked of any cache
/// meanwhile is part of that load: others may wait for it.
class LoadScope {
public:
    LoadScope() noexcept { ++s_depth; }
    ~LoadScope() { --s_depth; }
    LoadScope(const LoadScope&) = delete;
    LoadScope& operator=(const LoadScope&) = delete;

    static bool isInside() noexcept { return s_depth > 0; }

private:
    static inline thread_local int s_depth = 0;
};

}  // namespace cachescope
