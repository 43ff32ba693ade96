// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "engine/policy/ghost_queue.h"
#include "engine/policy/grow_slots.h"
#include "engine/policy/slot_queues.h"

namespace cachescope {

/// The key that victim() was asked to make room for, until it is inserted.
///
/// A policy looks for a returning key among its ghosts in victim(), before the one that it evicts
/// becomes a ghost itself and pushes others out, and must know in onInsert() what it found. One
/// thread.
class IncomingKey {
public:
    /// False when room is being made for this key already, and its ghost is not to be looked for
    /// again.
    bool begins(std::uint64_t key) noexcept {
        const bool first = !m_waits || m_key != key;
        m_key = key;
        m_waits = true;
        return first;
    }
    void setReturns(bool returns) noexcept { m_returns = returns; }
    bool returns() const noexcept { return m_returns; }

    /// The key is inserted: whether it returns, by `look` when victim() was not asked.
    template <class Look>
    bool arrives(std::uint64_t key, Look look) {
        const bool expected = m_waits && m_key == key;
        m_waits = false;
        return expected ? m_returns : look();
    }

private:
    std::uint64_t m_key = 0;
    bool m_waits = false;
    bool m_returns = false;
};

/// How a policy in a backend remembers evicted keys: in memories of their own, by hash.
///
/// A policy with ghosts is a template over HashedKeys or DenseKeys and has one `Ghosts<queue>` for
/// each of its memories; the calls are the same, so that the rules are written once. The queue's
/// number matters to DenseKeys only. `stamps` has a number of the policy's for each slot; ghosts
/// that keep theirs say `kStamped`. One thread.
struct HashedKeys {
    template <unsigned kQueue, bool kStamped = false>
    class Ghosts {
    public:
        template <class Queues>
        std::size_t size(const Queues&) const noexcept {
            return m_keys.size();
        }
        /// Remembers `key` as the newest.
        template <class Queues>
        void add(Queues&, std::uint64_t key, std::uint32_t stamp = 0) {
            m_keys.add(key, SIZE_MAX, stamp);
        }
        /// Forgets `key`; whether it was known.
        template <class Queues>
        bool take(Queues&, std::uint64_t key) {
            return m_keys.take(key);
        }
        /// The stamp of the key that was taken last.
        template <class Stamps>
        std::uint32_t takenStamp(const Stamps&, std::uint64_t) const noexcept {
            return m_keys.takenStamp();
        }
        /// Of ghosts that are not empty.
        template <class Queues, class Stamps>
        std::uint32_t oldestStamp(const Queues&, const Stamps&) const noexcept {
            return m_keys.oldestStamp();
        }
        template <class Queues>
        void dropOldest(Queues&) {
            m_keys.dropOldest();
        }

    private:
        std::conditional_t<kStamped, StampedGhostQueue, GhostQueue> m_keys;
    };

    /// What a policy that counts by key has to keep for each slot: the low bits of the key.
    class KeysOfSlots {
    public:
        void grow(std::size_t count) { growSlots(m_keys, count); }
        void set(std::uint32_t slot, std::uint64_t key) noexcept {
            m_keys[slot] = static_cast<std::uint32_t>(key);
        }
        std::uint32_t operator[](std::uint32_t slot) const noexcept { return m_keys[slot]; }

    private:
        std::vector<std::uint32_t> m_keys;
    };
};

/// How a policy in a replay remembers evicted keys: a key is its own slot, and either an entry or a
/// ghost, so ghosts are further queues over the same slots and cost nothing.
struct DenseKeys {
    template <unsigned kQueue, bool kStamped = false>
    class Ghosts {
    public:
        template <class Queues>
        std::size_t size(const Queues& queues) const noexcept {
            return queues.size(kQueue);
        }
        template <class Queues>
        void add(Queues& queues, std::uint64_t key, std::uint32_t = 0) noexcept {
            queues.push(kQueue, static_cast<std::uint32_t>(key));
        }
        template <class Queues>
        bool take(Queues& queues, std::uint64_t key) noexcept {
            const auto slot = static_cast<std::uint32_t>(key);
            if (queues.queueOf(slot) != kQueue) {
                return false;
            }
            queues.remove(slot);
            return true;
        }
        template <class Stamps>
        std::uint32_t takenStamp(const Stamps& stamps, std::uint64_t key) const noexcept {
            return stamps[static_cast<std::uint32_t>(key)];
        }
        template <class Queues, class Stamps>
        std::uint32_t oldestStamp(const Queues& queues, const Stamps& stamps) const noexcept {
            return stamps[queues.oldest(kQueue)];
        }
        template <class Queues>
        void dropOldest(Queues& queues) noexcept {
            queues.popOldest(kQueue);
        }
    };

    /// Nothing to keep.
    class KeysOfSlots {
    public:
        void grow(std::size_t) noexcept {}
        void set(std::uint32_t, std::uint64_t) noexcept {}
        std::uint32_t operator[](std::uint32_t slot) const noexcept { return slot; }
    };
};

}  // namespace cachescope
