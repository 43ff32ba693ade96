// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/policy/frequency_sketch.h"

#include <algorithm>

namespace cachescope {

namespace {

constexpr std::uint64_t kHalves = 0x7777'7777'7777'7777ULL;

}  // namespace

// Out of line, because it happens once for many requests.
void FrequencySketch::bringUpToDate(Block& block) const noexcept {
    const auto age = static_cast<std::uint8_t>(block.words[kAgeWord] >> kAgeShift);
    const unsigned halvings = std::min<unsigned>(static_cast<std::uint8_t>(m_age - age), 4);
    block.words[kAgeWord] &= ~(std::uint64_t{0xff} << kAgeShift);
    for (std::uint64_t& word : block.words) {
        for (unsigned i = 0; i < halvings; ++i) {
            word = word >> 1 & kHalves;
        }
    }
    block.words[kAgeWord] |= std::uint64_t{m_age} << kAgeShift;
}

bool FrequencySketch::add(std::uint32_t key) noexcept {
    const std::uint64_t hash = mix(key);
    Block& block = blockOf(hash);
    Counter counters[kRows];
    unsigned counts[kRows];
    for (unsigned row = 0; row < kRows; ++row) {
        counters[row] = counterOf(hash, row);
        counts[row] = block.count(counters[row]);
    }
    const unsigned least = std::min(std::min(counts[0], counts[1]), std::min(counts[2], counts[3]));
    // Only the lowest ones: the others already count more than this key. Without branches, which
    // nobody could predict.
    const std::uint64_t one = least < kMost ? 1 : 0;
    for (unsigned row = 0; row < kRows; ++row) {
        const std::uint64_t step = counts[row] == least ? one : 0;
        block.words[counters[row].word] += step << counters[row].shift;
    }
    return one != 0;
}

unsigned FrequencySketch::estimate(std::uint32_t key) noexcept {
    const std::uint64_t hash = mix(key);
    const Block& block = blockOf(hash);
    unsigned least = kMost;
    for (unsigned row = 0; row < kRows; ++row) {
        least = std::min(least, block.count(counterOf(hash, row)));
    }
    return least;
}

// A block is chosen by the low bits of a hash, so with one bit more each block is needed twice.
void FrequencySketch::enlarge(std::size_t entries) {
    while (entries > m_blocks.size() * kEntriesPerBlock) {
        const std::size_t half = m_blocks.size();
        m_blocks.resize(2 * half);
        std::copy_n(m_blocks.begin(), half, m_blocks.begin() + static_cast<std::ptrdiff_t>(half));
    }
}

}  // namespace cachescope
