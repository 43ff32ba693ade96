// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/policy/windowed_queues.h"

namespace cachescope {

/// Finds the share of the window that would serve the present requests best, by trying out several
/// in miniature.
///
/// Of all keys a sample, chosen by hash, goes through small caches that differ in the share of
/// their windows alone and are smaller by as much as there are fewer keys. The share whose cache
/// has clearly more hits than that of the present one rules next. A request outside of the sample
/// costs a comparison. Takes some 50 kB, all at construction. One thread.
class WindowChooser {
public:
    WindowChooser();

    double share() const noexcept { return kShares[m_chosen]; }

    /// A request for `key`, which `sketch` has counted, of a cache that has `entries` now; whether
    /// share() changed.
    bool request(std::uint32_t key, std::size_t entries, FrequencySketch& sketch) noexcept {
        return hashOf(key) <= m_sampledUpTo && sampled(key, entries, sketch);
    }

private:
    static constexpr std::array<double, 3> kShares{0.01, 0.3, 0.9};
    static constexpr std::uint32_t kEntries = 512;  // of a miniature, or fewer in a small cache

    static std::uint32_t hashOf(std::uint32_t key) noexcept {
        return (key ^ key >> 16) * 0x9e3779b1U;
    }

    class Miniature {
    public:
        explicit Miniature(double share);
        /// Whether it was a hit.
        bool request(std::uint32_t key, std::size_t capacity, FrequencySketch& sketch) noexcept;

        void keepSampled(std::uint32_t upTo) noexcept;

    private:
        static constexpr std::uint32_t kNone = 0xffff'ffff;

        std::size_t placeOf(std::uint32_t key) const noexcept;
        void forget(std::uint32_t slot) noexcept;

        WindowedQueues<HashedKeys> m_queues;
        std::vector<std::uint32_t> m_slots = std::vector<std::uint32_t>(std::size_t{4} * kEntries,
                                                                        kNone);  // by key
        std::vector<std::uint32_t> m_free;
    };

    bool sampled(std::uint32_t key, std::size_t entries, FrequencySketch& sketch) noexcept;
    void adjustSample(std::size_t entries) noexcept;
    bool choose() noexcept;

    std::vector<Miniature> m_miniatures;
    std::array<double, kShares.size()> m_hits{};
    double m_requests = 0;
    std::size_t m_untilChoice = 0;
    std::size_t m_entries = 0;   // for which the sample was chosen
    std::size_t m_capacity = 1;  // of a miniature
    std::uint32_t m_sampledUpTo = 0xffff'ffff;
    std::size_t m_chosen = 0;
};

}  // namespace cachescope
