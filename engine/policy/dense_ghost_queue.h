// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "engine/policy/slot_list.h"

namespace cachescope {

/// A GhostQueue for replays, where keys are dense ids: the same promises without a hash table.
///
/// grow() before a key of that size is used. Nothing else allocates. One thread.
class DenseGhostQueue {
public:
    void grow(std::size_t keys) {
        m_links.resize(keys);
        m_known.resize(keys);
    }
    std::size_t size() const noexcept { return m_order.size(); }

    void add(std::uint64_t key, std::size_t capacity) noexcept {
        const auto id = static_cast<std::uint32_t>(key);
        if (m_known[id] != 0) {
            return;
        }
        while (m_order.size() > 0 && m_order.size() >= capacity) {
            m_known[m_order.popOldest(m_links)] = 0;
        }
        if (capacity != 0) {
            m_known[id] = 1;
            m_order.pushNewest(m_links, id);
        }
    }

    bool take(std::uint64_t key) noexcept {
        const auto id = static_cast<std::uint32_t>(key);
        if (m_known[id] == 0) {
            return false;
        }
        m_known[id] = 0;
        m_order.remove(m_links, id);
        return true;
    }

    void dropOldest() noexcept {
        if (m_order.size() > 0) {
            m_known[m_order.popOldest(m_links)] = 0;
        }
    }

private:
    SlotLinks m_links;
    SlotList m_order;
    std::vector<std::uint8_t> m_known;
};

}  // namespace cachescope
