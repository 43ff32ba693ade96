// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cachescope {

/// About how often keys were asked for lately: a count-min sketch of 4-bit counters.
///
/// An estimate is never below the count since the last ageing, but may be above it, because keys
/// share counters; counts stop at 15. All counters of a key lie in one cache line. 8 bytes for each
/// entry of the cache, in steps of two. Every call takes O(1), also ageing, which reaches a block
/// of counters only when that is used next. One thread.
class FrequencySketch {
public:
    static constexpr unsigned kMost = 15;

    /// Room for the keys of a cache with so many entries. Never shrinks; doubles, keeping counts.
    void makeRoom(std::size_t entries) {
        if (entries > m_blocks.size() * kEntriesPerBlock) {
            enlarge(entries);
        }
    }

    /// Counts a request for `key`; whether any counter changed.
    bool add(std::uint32_t key) noexcept;

    /// At most kMost.
    unsigned estimate(std::uint32_t key) noexcept;

    /// Halves all counts, so that what was popular long ago is forgotten.
    void age() noexcept { ++m_age; }

    void prefetch(std::uint32_t key) const noexcept {
        __builtin_prefetch(&m_blocks[mix(key) & (m_blocks.size() - 1)], 1);
    }

private:
    static constexpr std::size_t kEntriesPerBlock = 8;
    static constexpr unsigned kRows = 4;

    static constexpr unsigned kAgeWord = 7;
    static constexpr unsigned kAgeShift = 56;

    struct Counter {
        unsigned word;
        unsigned shift;
    };
    // Two words a row, 32 counters each; the last byte is the age instead of two counters.
    struct alignas(64) Block {
        std::uint64_t words[8] = {};

        unsigned count(Counter counter) const noexcept {
            return static_cast<unsigned>(words[counter.word] >> counter.shift) & kMost;
        }
    };

    Block& blockOf(std::uint64_t hash) noexcept {
        Block& block = m_blocks[hash & (m_blocks.size() - 1)];
        if (block.words[kAgeWord] >> kAgeShift != m_age) {
            bringUpToDate(block);
        }
        return block;
    }
    // By eight bits for each row that do not choose the block.
    static Counter counterOf(std::uint64_t hash, unsigned row) noexcept {
        const unsigned bits = static_cast<unsigned>(hash >> (32 + 8 * row)) & 0xff;
        const unsigned counter = row < kRows - 1 ? bits & 31 : bits * 30 >> 8;
        return {2 * row + counter / 16, counter % 16 * 4};
    }
    static std::uint64_t mix(std::uint32_t key) noexcept {
        const std::uint64_t spread = (key + 1ULL) * 0x9e3779b97f4a7c15ULL;
        const std::uint64_t folded = (spread ^ spread >> 32) * 0xd6e8feb86659fd93ULL;
        return folded ^ folded >> 32;
    }
    void bringUpToDate(Block& block) const noexcept;
    void enlarge(std::size_t entries);

    std::vector<Block> m_blocks = std::vector<Block>(1);
    std::uint8_t m_age = 0;
};

}  // namespace cachescope
