// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// W-TinyLFU
//
//     insert ──► [ window, LRU ] ──► asked for more often than ──► no: evict
//                                    the oldest on probation?
//                                          │ yes: that one is evicted instead
//                                          ▼
//                                    [ probation ] ── hit ──► [ protected, 80 % of these two ]
//                                          ▲                       │
//                                          └────── too many ───────┘
//
//     sketch: how often each key was asked for lately, also of keys that are not here
//
// Rule:      what leaves the window gets into the main part only by being asked for more often than
//            what it would displace. The sketch halves its counts from time to time.
// Cost:      O(1); a hit counts in the sketch and moves a list. 13 bytes an entry and 8 to 16 of
// the
//            sketch; evicted keys are not remembered.
// Weakness:  trusts the past: what becomes popular has to beat old counts first.
// Paper:     G. Einziger, R. Friedman, B. Manes: "TinyLFU: a highly efficient cache admission
//            policy", ACM ToS 13(4), 2017; the window that adapts: G. Einziger, O. Eytan,
//            R. Friedman, B. Manes: "Adaptive software cache management", Middleware 2018.
//
// In `wtinylfu` the window adapts, between 1 % for stable popularity and 90 %, nearly LRU, for
// popularity that drifts. The second paper climbs: it changes the real window and keeps what
// worked. Between these two ends lie shares that are worse than both, in which a climber gets
// stuck, and each wrong step costs hits. So several shares run in miniature on a sample of the
// keys, and the real window follows the best (C. Waldspurger, T. Saemundsson, I. Ahmad, N. Park:
// "Cache modeling and optimization using miniature simulations", USENIX ATC 2017). In
// `wtinylfu-fixed` it stays at 1 %.

#include "engine/policy/builtin_policies.h"
#include "engine/policy/make_policy_kind.h"
#include "engine/policy/window_chooser.h"
#include "engine/policy/windowed_queues.h"

namespace cachescope {

namespace {

template <class Keys, bool kAdaptive>
class WTinyLfuPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override { m_queues.grow(count); }
    void onInsert(Slot slot, std::uint64_t key) override {
        m_sketch.makeRoom(m_queues.size() + 1);
        m_queues.insert(slot, key);
        countRequest(static_cast<std::uint32_t>(key));
    }
    void onHit(Slot slot, std::uint64_t key) override {
        countRequest(static_cast<std::uint32_t>(key));
        m_queues.hit(slot);
    }
    void onErase(Slot slot) override { m_queues.erase(slot); }
    Slot victim(std::uint64_t) override {
        return m_queues.size() == 0 ? kNoSlot : m_queues.victim(m_sketch);
    }

    bool holds(Slot slot) const noexcept { return m_queues.holds(slot); }
    void prefetch(Slot slot) const noexcept {
        m_queues.prefetch(slot);
        m_sketch.prefetch(slot);
    }

private:
    // A longer memory would serve stable popularity better, a shorter one drift.
    static constexpr std::size_t kCountsPerEntry = 12;

    void countRequest(std::uint32_t key) {
        if (m_sketch.add(key) && ++m_counts >= kCountsPerEntry * m_queues.size()) {
            m_sketch.age();
            m_counts /= 2;
        }
        if constexpr (kAdaptive) {
            if (m_chooser.request(key, m_queues.size(), m_sketch)) {
                m_queues.setShare(m_chooser.share());
            }
        }
    }

    struct Nothing {};

    WindowedQueues<Keys> m_queues;
    FrequencySketch m_sketch;
    std::size_t m_counts = 0;  // halved with those of the sketch
    [[no_unique_address]] std::conditional_t<kAdaptive, WindowChooser, Nothing> m_chooser;
};

}  // namespace

PolicyKind wTinyLfuPolicy() {
    return policyKind<WTinyLfuPolicy<HashedKeys, true>, WTinyLfuPolicy<DenseKeys, true>>(
        "wtinylfu", "W-TinyLFU");
}

PolicyKind wTinyLfuFixedPolicy() {
    return policyKind<WTinyLfuPolicy<HashedKeys, false>, WTinyLfuPolicy<DenseKeys, false>>(
        "wtinylfu-fixed", "W-TinyLFU, fixed window");
}

}  // namespace cachescope
