// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/policy/policy_registry.h"

namespace cachescope::test {

using Slot = EvictionPolicy::Slot;

inline std::unique_ptr<EvictionPolicy> makePolicy(const std::string& name) {
    auto made = PolicyRegistry::builtin().create(name);
    EXPECT_TRUE(made.ok()) << made.error().toLogLine();
    return made.ok() ? std::move(*made) : nullptr;
}

/// All policies, or those that backends can have.
inline std::vector<std::string> policyNames(bool alsoOffline = false) {
    std::vector<std::string> names;
    for (const PolicyKind& kind : PolicyRegistry::builtin().kinds()) {
        if (alsoOffline || kind.worksInBackends()) {
            names.push_back(kind.name);
        }
    }
    return names;
}

/// As GoogleTest wants names of tests.
inline std::string testName(const ::testing::TestParamInfo<std::string>& policy) {
    std::string name = policy.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

/// A cache as a backend has it: slots that are used again, and keys that only the cache knows.
///
/// Checks on the way that victims are entries. One thread.
class SlotCache {
public:
    SlotCache(const std::string& policy, std::uint64_t capacity)
        : m_policy(makePolicy(policy)), m_capacity(capacity) {}

    /// Whether it was a hit; on a miss the key is stored, with this cost.
    bool request(std::uint64_t key, std::uint64_t cost = 1) {
        if (const auto found = m_slots.find(key); found != m_slots.end()) {
            m_policy->onHit(found->second, key);
            return true;
        }
        if (cost > m_capacity) {
            return false;
        }
        while (m_used + cost > m_capacity) {
            evict(key);
        }
        if (m_free.empty()) {
            m_free.push_back(static_cast<Slot>(m_entries.size()));
            m_entries.push_back({});
            m_policy->grow(m_entries.size());
        }
        const Slot slot = m_free.back();
        m_free.pop_back();
        m_entries[slot] = {key, cost};
        m_slots[key] = slot;
        m_used += cost;
        m_policy->onInsert(slot, key);
        return false;
    }

    bool erase(std::uint64_t key) {
        const auto found = m_slots.find(key);
        if (found == m_slots.end()) {
            return false;
        }
        m_policy->onErase(found->second);
        forget(found->second);
        return true;
    }

    /// The key that was evicted.
    std::uint64_t evict(std::uint64_t incoming) {
        const Slot slot = m_policy->victim(incoming);
        if (slot >= m_entries.size() || m_slots.count(m_entries[slot].key) == 0 ||
            m_slots[m_entries[slot].key] != slot) {
            ADD_FAILURE() << "the victim " << slot << " is no entry";
            std::abort();  // nothing after it would mean anything
        }
        const std::uint64_t key = m_entries[slot].key;
        m_policy->onEvict(slot, key);
        forget(slot);
        m_evicted.push_back(key);
        return key;
    }

    std::size_t size() const { return m_slots.size(); }
    std::uint64_t used() const { return m_used; }
    bool holds(std::uint64_t key) const { return m_slots.count(key) != 0; }
    EvictionPolicy& policy() { return *m_policy; }
    const std::vector<std::uint64_t>& evicted() const { return m_evicted; }

private:
    struct Entry {
        std::uint64_t key = 0;
        std::uint64_t cost = 0;
    };

    void forget(Slot slot) {
        m_used -= m_entries[slot].cost;
        m_slots.erase(m_entries[slot].key);
        m_free.push_back(slot);
    }

    std::unique_ptr<EvictionPolicy> m_policy;
    std::uint64_t m_capacity;
    std::uint64_t m_used = 0;
    std::unordered_map<std::uint64_t, Slot> m_slots;
    std::vector<Entry> m_entries;
    std::vector<Slot> m_free;
    std::vector<std::uint64_t> m_evicted;
};

}  // namespace cachescope::test
