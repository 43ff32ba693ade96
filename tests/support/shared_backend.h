// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/backend/backend.h"

namespace cachescope::test {

/// One of several connections to one store, as several processes have them: each cache takes one
/// over. Hears of no removals, since a process is not told of what others do.
class SharedBackend : public Backend {
public:
    explicit SharedBackend(std::shared_ptr<Backend> store) : m_store(std::move(store)) {}

    std::string url() const override { return m_store->url(); }
    BackendCapabilities capabilities() const override { return m_store->capabilities(); }
    Result<std::optional<Entry>> get(std::string_view key) override { return m_store->get(key); }
    Result<void> set(std::string_view key, const Entry& entry) override {
        return m_store->set(key, entry);
    }
    Result<std::vector<std::optional<Entry>>> getMany(std::span<const std::string> keys) override {
        return m_store->getMany(keys);
    }
    std::vector<Result<void>> setMany(std::span<const KeyedEntry> entries) override {
        return m_store->setMany(entries);
    }
    Result<bool> erase(std::string_view key) override { return m_store->erase(key); }
    Result<std::uint64_t> clear() override { return m_store->clear(); }
    Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                          std::size_t limit) override {
        return m_store->scan(cursor, pattern, limit);
    }
    Result<BackendStat> stat() override { return m_store->stat(); }
    Result<std::uint64_t> removeExpired(std::size_t limit) override {
        return m_store->removeExpired(limit);
    }
    Result<std::uint64_t> eraseMatching(std::string_view pattern) override {
        return m_store->eraseMatching(pattern);
    }
    Result<bool> touch(std::string_view key, TimePoint expires) override {
        return m_store->touch(key, expires);
    }
    Result<std::optional<std::uint64_t>> acquireLease(std::string_view key,
                                                      Duration span) override {
        return m_store->acquireLease(key, span);
    }
    Result<bool> setAndRelease(std::string_view key, const Entry& entry,
                               std::uint64_t token) override {
        return m_store->setAndRelease(key, entry, token);
    }
    Result<void> releaseLease(std::string_view key, std::uint64_t token) override {
        return m_store->releaseLease(key, token);
    }
    Result<void> flush() override { return m_store->flush(); }
    Result<void> check() override { return m_store->check(); }
    void setRemovalListener(RemovalListener) override {}

private:
    const std::shared_ptr<Backend> m_store;
};

}  // namespace cachescope::test
