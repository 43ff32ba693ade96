// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// LFU: least frequently used
//
//     read  1 times   [ f ][ e ][ d ] ──► evict the oldest of the lowest class
//           2 times   [ c ]      ▲
//           7 times   [ b ][ a ] └── insert
//             │          ▲
//             └── hit ───┘ one class up, as its newest
//
// Rule:      the entry with the fewest reads leaves; among equals, the one that reached that number
//            first.
// Cost:      O(1), because a read moves an entry to the next class, and classes are a list. 12
// bytes
//            an entry; as many classes as there are different numbers of reads.
// Weakness:  never forgets: what was popular last week keeps its place, and in a full cache new
// keys
//            push each other out before any of them can earn a second read.
// Paper:     K. Shah, A. Mitra, D. Matani: "An O(1) algorithm for implementing the LFU cache
//            eviction scheme", 2010.

#include <vector>

#include "engine/policy/builtin_policies.h"
#include "engine/policy/grow_slots.h"
#include "engine/policy/make_policy_kind.h"
#include "engine/policy/slot_list.h"

namespace cachescope {

namespace {

class LfuPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override {
        growSlots(m_links, count);
        growSlots(m_classOf, count);
    }
    void onInsert(Slot slot, std::uint64_t) override {
        const std::uint32_t lowest = m_classes[kHead].above;
        enter(m_classes[lowest].reads == 1 ? lowest : addClass(kHead, 1), slot);
    }
    void onHit(Slot slot, std::uint64_t) override {
        const std::uint32_t from = m_classOf[slot];
        const std::uint64_t reads = m_classes[from].reads + 1;
        const std::uint32_t above = m_classes[from].above;
        const bool exists = m_classes[above].reads == reads;
        if (!exists && m_classes[from].members.size() == 1) {
            m_classes[from].reads = reads;  // alone: the class moves, not its only member
            return;
        }
        const std::uint32_t to = exists ? above : addClass(from, reads);
        leave(slot);
        enter(to, slot);
    }
    void onErase(Slot slot) override { leave(slot); }
    Slot victim(std::uint64_t) override {
        const std::uint32_t lowest = m_classes[kHead].above;
        if (lowest == kHead) {
            return kNoSlot;
        }
        const Slot slot = m_classes[lowest].members.popOldest(m_links);
        removeIfEmpty(lowest);
        return slot;
    }

    void prefetch(Slot slot) const noexcept {
        __builtin_prefetch(&m_links[slot], 1);
        __builtin_prefetch(&m_classOf[slot], 1);
    }

private:
    // The classes are a ring in rising order of reads; its head has no reads and no members.
    struct Class {
        std::uint64_t reads = 0;
        SlotList members;
        std::uint32_t above = 0;
        std::uint32_t below = 0;
    };
    static constexpr std::uint32_t kHead = 0;

    void enter(std::uint32_t to, Slot slot) noexcept {
        m_classOf[slot] = to;
        m_classes[to].members.pushNewest(m_links, slot);
    }
    void leave(Slot slot) noexcept {
        m_classes[m_classOf[slot]].members.remove(m_links, slot);
        removeIfEmpty(m_classOf[slot]);
    }
    std::uint32_t addClass(std::uint32_t below, std::uint64_t reads) {
        if (m_freeClasses.empty()) {
            m_freeClasses.push_back(static_cast<std::uint32_t>(m_classes.size()));
            m_classes.emplace_back();
        }
        const std::uint32_t fresh = m_freeClasses.back();
        m_freeClasses.pop_back();
        const std::uint32_t above = m_classes[below].above;
        m_classes[fresh] = {reads, {}, above, below};
        m_classes[below].above = fresh;
        m_classes[above].below = fresh;
        return fresh;
    }
    void removeIfEmpty(std::uint32_t at) {
        const Class& gone = m_classes[at];
        if (gone.members.empty()) {
            m_classes[gone.below].above = gone.above;
            m_classes[gone.above].below = gone.below;
            m_freeClasses.push_back(at);
        }
    }

    SlotLinks m_links;
    std::vector<std::uint32_t> m_classOf;
    std::vector<Class> m_classes = std::vector<Class>(1);
    std::vector<std::uint32_t> m_freeClasses;
};

}  // namespace

PolicyKind lfuPolicy() {
    return policyKind<LfuPolicy>("lfu", "LFU");
}

}  // namespace cachescope
