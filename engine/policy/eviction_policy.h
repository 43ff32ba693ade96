// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace cachescope {

/// Decides which entry makes room for a new one.
///
/// Knows entries only as slots, numbers that its owner hands out: the index of an entry in a
/// backend, or the dense id of a key in a replayed trace, so that both run the same code. It needs
/// no capacity: its owner calls victim() when it is full, and the number of entries at that moment
/// is the capacity. That serves bounds in entries and in bytes alike. One thread at a time; the
/// owner keeps the order of calls valid (insert before hit, erase or victim). Does not know values,
/// deadlines or sizes.
///
/// `key` is the same number whenever the same key comes back, in whatever slot: its hash in a
/// backend, its dense id (equal to the slot) in a replay. It is how a policy knows keys that it
/// evicted or counts how often a key was asked for. Two keys may share one number, which costs a
/// misjudged entry and never a wrong value.
class EvictionPolicy {
public:
    using Slot = std::uint32_t;

    /// What victim() returns when there is no entry.
    static constexpr Slot kNoSlot = 0xffff'ffff;

    virtual ~EvictionPolicy() = default;
    EvictionPolicy(const EvictionPolicy&) = delete;
    EvictionPolicy& operator=(const EvictionPolicy&) = delete;

    /// Slots are below `count` from now on. Never shrinks. The other calls allocate nothing that
    /// grows with the number of slots, except where a policy remembers evicted keys.
    virtual void grow(std::size_t count) = 0;

    /// A new entry; make room first.
    virtual void onInsert(Slot slot, std::uint64_t key) = 0;

    /// The entry was read, or its value replaced.
    virtual void onHit(Slot slot, std::uint64_t key) = 0;

    /// The entry left for another reason than victim().
    virtual void onErase(Slot slot) = 0;

    /// Chooses an entry to evict and forgets it, as the owner must do now. `incoming` is the key
    /// that needs the room: some policies look at it before they choose.
    virtual Slot victim(std::uint64_t incoming) = 0;

    /// Called right after victim(), with the key of the slot that it chose, so that a policy need
    /// not keep the keys of all entries only to remember those that were evicted.
    virtual void onEvict(Slot /*slot*/, std::uint64_t /*key*/) {}

protected:
    EvictionPolicy() = default;
};

}  // namespace cachescope
