// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cachescope {

/// The links of slots that are in at most one list at a time. The link of the oldest slot to an
/// older one means nothing.
struct SlotLink {
    std::uint32_t newer = 0xffff'ffff;
    std::uint32_t older = 0xffff'ffff;
};
using SlotLinks = std::vector<SlotLink>;

/// A queue of slots from the newest to the oldest that any member can leave, all in O(1).
///
/// Several lists may share one SlotLinks as long as each slot is in one of them only. The lists do
/// not know which; their owner does. One thread.
class SlotList {
public:
    static constexpr std::uint32_t kEnd = 0xffff'ffff;

    std::uint32_t newest() const noexcept { return m_newest; }
    std::uint32_t oldest() const noexcept { return m_oldest; }
    std::size_t size() const noexcept { return m_size; }
    bool empty() const noexcept { return m_size == 0; }

    void pushNewest(SlotLinks& links, std::uint32_t slot) noexcept {
        links[slot] = {kEnd, m_newest};
        (m_newest == kEnd ? m_oldest : links[m_newest].newer) = slot;
        m_newest = slot;
        ++m_size;
    }
    void remove(SlotLinks& links, std::uint32_t slot) noexcept {
        const SlotLink link = links[slot];
        (slot == m_newest ? m_newest : links[link.newer].older) = link.older;
        (slot == m_oldest ? m_oldest : links[link.older].newer) = link.newer;
        if (slot == m_ahead) {
            m_ahead = link.newer;
        }
        --m_size;
        if (m_size == 0) {
            m_newest = kEnd;
        }
    }
    /// kEnd when empty.
    std::uint32_t popOldest(SlotLinks& links) noexcept {
        const std::uint32_t slot = m_oldest;
        if (slot == kEnd) {
            return slot;
        }
        // The next one's link to this one is left as it is: it would be one more line to wait for.
        m_oldest = links[slot].newer;
        if (m_oldest == kEnd) {
            m_newest = kEnd;
        }
        --m_size;
        lookAhead(links, slot);
        return slot;
    }

private:
    static constexpr int kPopsAhead = 6;

    // Keeps what the next pops need on its way from memory, which would otherwise be waited for
    // pop by pop.
    void lookAhead(const SlotLinks& links, std::uint32_t popped) noexcept {
        if (m_ahead == popped || m_ahead == kEnd) {
            m_ahead = m_oldest;
            for (int i = 1; i < kPopsAhead && m_ahead != kEnd; ++i) {
                m_ahead = links[m_ahead].newer;
            }
        } else {
            m_ahead = links[m_ahead].newer;
        }
        if (m_ahead != kEnd) {
            __builtin_prefetch(&links[m_ahead], 1);
        }
    }

    std::uint32_t m_newest = kEnd;
    std::uint32_t m_oldest = kEnd;
    std::uint32_t m_ahead = kEnd;  // a few steps from the oldest; never the place of no member
    std::size_t m_size = 0;
};

}  // namespace cachescope
