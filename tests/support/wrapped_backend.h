// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/backend/backend.h"
#include "engine/backend/backend_registry.h"

namespace cachescope::test {

/// A real backend with counters and a place to interfere: what a test of the front needs to see.
class WrappedBackend final : public Backend {
public:
    explicit WrappedBackend(std::unique_ptr<Backend> inner) : m_inner(std::move(inner)) {}

    static std::unique_ptr<WrappedBackend> memory(const Clock& clock) {
        BackendConfig config;
        config.clock = &clock;
        return std::make_unique<WrappedBackend>(
            BackendRegistry::builtin().create("memory:", config).value());
    }

    std::atomic<int> gets{0};
    std::atomic<int> sets{0};
    std::atomic<bool> broken{false};  ///< every call fails
    std::function<void()> beforeSet;  ///< called on the thread that stores

    std::string url() const override { return m_inner->url(); }
    BackendCapabilities capabilities() const override { return m_inner->capabilities(); }
    Result<std::optional<Entry>> get(std::string_view key) override {
        ++gets;
        if (broken) {
            return failure();
        }
        return m_inner->get(key);
    }
    Result<void> set(std::string_view key, const Entry& entry) override {
        ++sets;
        if (broken) {
            return failure();
        }
        if (beforeSet) {
            beforeSet();
        }
        return m_inner->set(key, entry);
    }
    Result<bool> erase(std::string_view key) override {
        if (broken) {
            return failure();
        }
        return m_inner->erase(key);
    }
    Result<std::uint64_t> clear() override {
        if (broken) {
            return failure();
        }
        return m_inner->clear();
    }
    Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                          std::size_t limit) override {
        return m_inner->scan(cursor, pattern, limit);
    }
    Result<BackendStat> stat() override { return m_inner->stat(); }
    Result<std::uint64_t> removeExpired(std::size_t limit) override {
        return m_inner->removeExpired(limit);
    }
    Result<bool> touch(std::string_view key, TimePoint expires) override {
        return broken ? Result<bool>{failure()} : m_inner->touch(key, expires);
    }
    Result<std::optional<std::uint64_t>> acquireLease(std::string_view key,
                                                      Duration span) override {
        return m_inner->acquireLease(key, span);
    }
    Result<bool> setAndRelease(std::string_view key, const Entry& entry,
                               std::uint64_t token) override {
        return m_inner->setAndRelease(key, entry, token);
    }
    Result<void> releaseLease(std::string_view key, std::uint64_t token) override {
        return m_inner->releaseLease(key, token);
    }
    void setRemovalListener(RemovalListener listener) override {
        m_inner->setRemovalListener(std::move(listener));
    }

private:
    static Error failure() { return Error{ErrorCode::unreachable, "test", "broken on purpose"}; }

    std::unique_ptr<Backend> m_inner;
};

}  // namespace cachescope::test
