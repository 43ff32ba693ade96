// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "engine/backend/backend.h"
#include "engine/backend/backend_registry.h"

namespace cachescope::test {

/// A memory backend that fails when told to, has touch() and leases, and lets a test step between.
///
/// What wraps backends is tested on it: see that calls come through, fail them with any code,
/// before or after they took effect. Any thread; change `before` and `after` while nobody calls.
class FaultyBackend final : public Backend {
public:
    explicit FaultyBackend(const Clock& clock, bool shared = false) : m_shared(shared) {
        BackendConfig config;
        config.clock = &clock;
        m_inner = BackendRegistry::builtin().create("memory:", config).value();
    }

    /// Calls fail with this code; nothing: they work.
    void fail(std::optional<ErrorCode> code) { m_code = code ? static_cast<int>(*code) : -1; }
    std::atomic<bool> afterwards{false};  ///< a failing call takes effect before it fails
    std::atomic<int> calls{0};            ///< all but stat()
    /// Called with the name and key of each call, on its thread, before anything else.
    std::function<void(std::string_view call, std::string_view key)> before;
    /// The same after a call that worked, before it returns.
    std::function<void(std::string_view call, std::string_view key)> after;
    Backend& inner() { return *m_inner; }
    std::string valueOf(std::string_view key) {
        const auto found = m_inner->get(key).value();
        return found ? found->value.toString() : "(absent)";
    }

    std::string url() const override { return "faulty:"; }
    BackendCapabilities capabilities() const override {
        BackendCapabilities can = m_inner->capabilities();
        can.shared = m_shared;
        can.touches = true;
        can.leases = true;
        return can;
    }
    Result<std::optional<Entry>> get(std::string_view key) override {
        return call("get", key, [&] { return m_inner->get(key); });
    }
    Result<void> set(std::string_view key, const Entry& entry) override {
        return call("set", key, [&] { return m_inner->set(key, entry); });
    }
    Result<bool> erase(std::string_view key) override {
        return call("erase", key, [&] {
            const std::lock_guard lock(m_mutex);
            m_leases.erase(std::string{key});
            return m_inner->erase(key);
        });
    }
    Result<std::uint64_t> clear() override {
        return call("clear", {}, [&] { return m_inner->clear(); });
    }
    Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                          std::size_t limit) override {
        return call("scan", {}, [&] { return m_inner->scan(cursor, pattern, limit); });
    }
    Result<BackendStat> stat() override { return m_inner->stat(); }
    Result<std::uint64_t> removeExpired(std::size_t limit) override {
        return call("removeExpired", {}, [&] { return m_inner->removeExpired(limit); });
    }
    Result<std::uint64_t> eraseMatching(std::string_view pattern) override {
        return call("eraseMatching", pattern, [&] { return m_inner->eraseMatching(pattern); });
    }
    Result<bool> touch(std::string_view key, TimePoint expires) override {
        return call("touch", key, [&]() -> Result<bool> {
            auto found = m_inner->get(key).value();
            if (!found) {
                return false;
            }
            found->expires = expires;
            return m_inner->set(key, *found).ok();
        });
    }
    Result<std::optional<std::uint64_t>> acquireLease(std::string_view key, Duration) override {
        return call("acquireLease", key, [&]() -> Result<std::optional<std::uint64_t>> {
            const std::lock_guard lock(m_mutex);
            const auto [lease, fresh] = m_leases.try_emplace(std::string{key}, m_nextToken);
            return fresh ? std::optional{m_nextToken++} : std::nullopt;
        });
    }
    Result<bool> setAndRelease(std::string_view key, const Entry& entry,
                               std::uint64_t token) override {
        return call("setAndRelease", key, [&]() -> Result<bool> {
            return ended(key, token) && m_inner->set(key, entry).ok();
        });
    }
    Result<void> releaseLease(std::string_view key, std::uint64_t token) override {
        return call("releaseLease", key, [&]() -> Result<void> {
            (void)ended(key, token);
            return {};
        });
    }
    Result<void> flush() override {
        return call("flush", {}, [&] { return m_inner->flush(); });
    }
    Result<void> check() override {
        return call("check", {}, [&] { return m_inner->check(); });
    }
    void setRemovalListener(RemovalListener listener) override {
        m_inner->setRemovalListener(std::move(listener));
    }

private:
    template <class Do>
    std::invoke_result_t<Do> call(std::string_view name, std::string_view key, Do work) {
        ++calls;
        if (before) {
            before(name, key);
        }
        // Once: another thread may heal the backend in between.
        if (const int code = m_code; code >= 0) {
            if (afterwards) {
                (void)work();
            }
            return Error{static_cast<ErrorCode>(code), "faulty:", std::string{name}};
        }
        auto done = work();
        if (after) {
            after(name, key);
        }
        return done;
    }
    bool ended(std::string_view key, std::uint64_t token) {
        const std::lock_guard lock(m_mutex);
        const auto lease = m_leases.find(std::string{key});
        if (lease == m_leases.end() || lease->second != token) {
            return false;
        }
        m_leases.erase(lease);
        return true;
    }

    const bool m_shared;
    std::unique_ptr<Backend> m_inner;
    std::atomic<int> m_code{-1};
    std::mutex m_mutex;
    std::map<std::string, std::uint64_t> m_leases;
    std::uint64_t m_nextToken = 1;
};

}  // namespace cachescope::test
