// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/policy/frequency_sketch.h"

#include <algorithm>

namespace cachescope {

namespace {

constexpr unsigned kAgeWord = 7;
constexpr unsigned kAgeShift = 56;
constexpr std::uint64_t kWithoutAge = ~(std::uint64_t{0xff} << kAgeShift);
constexpr std::uint64_t kHalves = 0x7777'7777'7777'7777ULL;
constexpr unsigned kBitsOfCounter = 4;

}  // namespace

FrequencySketch::Place FrequencySketch::placeOf(std::uint32_t key) noexcept {
    const std::uint64_t hash = mix(key);
    Place place{&m_blocks[hash & (m_blocks.size() - 1)], {}, {}};
    Block& block = *place.block;
    const auto age = static_cast<std::uint8_t>(block.words[kAgeWord] >> kAgeShift);
    if (age != m_age) {
        const unsigned halvings = std::min<unsigned>(static_cast<std::uint8_t>(m_age - age), 4);
        block.words[kAgeWord] &= kWithoutAge;
        for (std::uint64_t& word : block.words) {
            for (unsigned i = 0; i < halvings; ++i) {
                word = word >> 1 & kHalves;
            }
        }
        block.words[kAgeWord] |= std::uint64_t{m_age} << kAgeShift;
    }
    for (unsigned row = 0; row < kRows; ++row) {
        // From the bits that do not choose the block.
        const auto bits = static_cast<unsigned>(hash >> (32 + 8 * row)) & 0xff;
        const unsigned counter = row < kRows - 1 ? bits & 31 : bits * 30 >> 8;
        place.word[row] = 2 * row + counter / 16;
        place.shift[row] = counter % 16 * kBitsOfCounter;
    }
    return place;
}

bool FrequencySketch::add(std::uint32_t key) noexcept {
    const Place place = placeOf(key);
    unsigned counts[kRows];
    unsigned least = kMost;
    for (unsigned row = 0; row < kRows; ++row) {
        counts[row] = place.block->words[place.word[row]] >> place.shift[row] & kMost;
        least = std::min(least, counts[row]);
    }
    if (least == kMost) {
        return false;
    }
    // Only the lowest ones: the others already count more than this key.
    for (unsigned row = 0; row < kRows; ++row) {
        if (counts[row] == least) {
            place.block->words[place.word[row]] += std::uint64_t{1} << place.shift[row];
        }
    }
    return true;
}

unsigned FrequencySketch::estimate(std::uint32_t key) noexcept {
    const Place place = placeOf(key);
    unsigned least = kMost;
    for (unsigned row = 0; row < kRows; ++row) {
        least = std::min<unsigned>(least,
                                   place.block->words[place.word[row]] >> place.shift[row] & kMost);
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
