// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Belady's MIN: the best that is possible
//
//     now │          next request of    b     d           a                   c
//     ────┼─────────────────────────────┼─────┼───────────┼───────────────────┼───── …   e: never
//                                                                             │
//                                   evict the one that is asked for last ─────┘  (e before it)
//
// Rule:      the entry whose next request is furthest away leaves; one without a further request
//            leaves first.
// Cost:      a pass from the end of the trace finds for each request the next one of its key: 4
// bytes
//            a request. A bitmap of those moments, with a bitmap over it that tells which of its
//            words are not empty and so on, finds the furthest one in a few steps.
// Weakness:  needs the future, so it exists in replays alone, as the line that nobody can pass. It
// is
//            the best for entries of one size that do not expire; it knows neither sizes nor
//            deadlines, and every miss is stored.
// Paper:     L. A. Belady: "A study of replacement algorithms for a virtual-storage computer", IBM
//            Systems Journal 5(2), 1966.

#include <bit>
#include <limits>
#include <vector>

#include "engine/policy/builtin_policies.h"
#include "engine/policy/make_policy_kind.h"

namespace cachescope {

namespace {

/// A set of numbers below a bound that knows its largest.
class NumberSet {
public:
    explicit NumberSet(std::size_t bound = 0) {
        do {
            bound = (bound + 63) / 64;
            m_levels.emplace_back(bound);
        } while (bound > 1);
    }
    void insert(std::size_t number) noexcept {
        for (auto& words : m_levels) {
            std::uint64_t& word = words[number / 64];
            const bool wasEmpty = word == 0;
            word |= std::uint64_t{1} << number % 64;
            if (!wasEmpty) {
                return;
            }
            number /= 64;
        }
    }
    void erase(std::size_t number) noexcept {
        for (auto& words : m_levels) {
            std::uint64_t& word = words[number / 64];
            word &= ~(std::uint64_t{1} << number % 64);
            if (word != 0) {
                return;
            }
            number /= 64;
        }
    }
    bool empty() const noexcept { return m_levels.back().empty() || m_levels.back()[0] == 0; }
    /// Of a set that is not empty.
    std::size_t largest() const noexcept {
        std::size_t number = 0;
        for (std::size_t level = m_levels.size(); level-- > 0;) {
            number = number * 64 + 63 -
                     static_cast<std::size_t>(std::countl_zero(m_levels[level][number]));
        }
        return number;
    }
    void prefetch(std::size_t number) const noexcept {
        __builtin_prefetch(&m_levels[0][number / 64], 1);
    }

private:
    std::vector<std::vector<std::uint64_t>> m_levels;
};

class BeladyPolicy final {
public:
    using Slot = EvictionPolicy::Slot;

    void grow(std::size_t count) { m_neverAgain.reserve(count); }

    void foresee(const ReplayRequests& requests) {
        m_keys = requests.keys;
        m_next.resize(m_keys.size());
        std::vector<std::uint32_t> next(requests.keyCount, kNever);
        for (std::size_t i = m_keys.size(); i-- > 0;) {
            m_next[i] = next[m_keys[i]];
            next[m_keys[i]] = static_cast<std::uint32_t>(i);
        }
        m_moments = NumberSet{m_keys.size()};
    }
    void atRequest(std::size_t index) noexcept {
        m_now = index;
        const std::size_t ahead = index + kAhead;
        if (ahead < m_next.size() && m_next[ahead] != kNever) {
            m_moments.prefetch(m_next[ahead]);
        }
    }

    void onInsert(Slot slot, std::uint64_t) {
        if (m_next[m_now] == kNever) {
            m_neverAgain.push_back(slot);
        } else {
            m_moments.insert(m_next[m_now]);
        }
    }
    void onHit(Slot slot, std::uint64_t key) {
        m_moments.erase(m_now);
        onInsert(slot, key);
    }
    // An expired entry leaves when it is asked for, so now.
    void onErase(Slot) noexcept { m_moments.erase(m_now); }
    Slot victim(std::uint64_t) {
        if (!m_neverAgain.empty()) {
            const Slot slot = m_neverAgain.back();
            m_neverAgain.pop_back();
            return slot;
        }
        if (m_moments.empty()) {
            return EvictionPolicy::kNoSlot;
        }
        const std::size_t furthest = m_moments.largest();
        m_moments.erase(furthest);
        return m_keys[furthest];
    }
    void onEvict(Slot, std::uint64_t) noexcept {}

private:
    static constexpr std::uint32_t kNever = std::numeric_limits<std::uint32_t>::max();
    static constexpr std::size_t kAhead = 16;

    std::span<const std::uint32_t> m_keys;
    std::vector<std::uint32_t> m_next;  // the next request of the same key
    std::size_t m_now = 0;
    NumberSet m_moments;             // of the next requests of all entries
    std::vector<Slot> m_neverAgain;  // entries without one
};

}  // namespace

PolicyKind beladyPolicy() {
    return offlinePolicyKind<BeladyPolicy>("belady", "Belady");
}

}  // namespace cachescope
