// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The pass of sweep_kernel.h, for vectors of so many bytes. The files that include this are
// compiled for different processors, and the linker keeps one of equal inline functions: so
// everything here is a template over the width, and nothing else with code may be included.

#include <cstddef>
#include <cstdint>

#include "engine/tune/sweep_kernel.h"

namespace cachescope::tune::detail {

/// `AtOnce` TTLs side by side, `Width` bytes a vector: as many as there are registers for, and
/// enough that the processor need not wait for one to go on with the next.
///
/// There are no unsigned comparisons below AVX-512. So moments of fills are kept with their highest
/// bit flipped, which makes the difference to a moment an age with its highest bit flipped, and
/// signed comparisons put those in the order of unsigned ones.
template <std::size_t Width, std::size_t AtOnce, bool Sliding, bool Ages, bool Stale>
class SweepLanes {
public:
    static bool pass(const SweepInput& input, std::size_t first, std::size_t last,
                     SweepSums& sums) {
        for (std::size_t lane = 0; lane < input.lanes; lane += AtOnce) {
            SweepLanes lanes(input, lane);
            if (!lanes.sweep(first, last)) {
                return false;
            }
            lanes.addTo(sums, last - first);
        }
        return true;
    }

private:
    using Word = std::uint32_t;
    using Words __attribute__((vector_size(Width))) = Word;
    using Signed __attribute__((vector_size(Width))) = std::int32_t;
    using Wide __attribute__((vector_size(Width))) = std::uint64_t;

    static constexpr std::size_t kPerVector = Width / sizeof(Word);
    static constexpr std::size_t kVectors = AtOnce / kPerVector;
    static constexpr Word kFlip = 0x8000'0000U;
    static constexpr Word kMax = 0xffff'ffffU;
    static constexpr std::size_t kBetweenLooks = std::size_t{1} << 16;
    static constexpr bool kNeedsFills = !Sliding || Ages || Stale;

    // Sums of 64 bits of the lanes with even and with odd numbers.
    struct WideSums {
        Wide even[kVectors] = {};
        Wide odd[kVectors] = {};

        void add(std::size_t vector, Words words) {
            const Wide pairs = reinterpret_cast<Wide>(words);
            even[vector] += pairs & kMax;
            odd[vector] += pairs >> 32;
        }
        std::uint64_t of(std::size_t lane) const {
            constexpr bool kEvenIsLow = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
            const std::size_t pair = lane % kPerVector / 2;
            return (lane % 2 == 0) == kEvenIsLow ? even[lane / kPerVector][pair]
                                                 : odd[lane / kPerVector][pair];
        }
    };

    SweepLanes(const SweepInput& input, std::size_t firstLane)
        : m_input(input), m_firstLane(firstLane) {
        Word oldest = 1;
        for (std::size_t lane = 0; lane < AtOnce; ++lane) {
            const Word mostOf = input.oldest[firstLane + lane];
            m_ttls[lane / kPerVector][lane % kPerVector] = input.ttls[firstLane + lane] ^ kFlip;
            m_oldest[lane / kPerVector][lane % kPerVector] = mostOf ^ kFlip;
            oldest = mostOf > oldest ? mostOf : oldest;
        }
        // Only a sliding deadline lets hits grow older than a TTL.
        if (Sliding && Ages && input.end > oldest) {
            oldest = input.end;
        }
        // So many ages of hits add up in 32 bits.
        m_untilCarry = kBetweenLooks;
        if ((Ages || Sliding) && kMax / oldest < m_untilCarry) {
            m_untilCarry = kMax / oldest;
        }
    }

    bool sweep(std::size_t first, std::size_t last) {
        std::size_t room = m_untilCarry;
        std::size_t sinceLook = 0;
        for (std::size_t key = first; key < last; ++key) {
            std::size_t i = m_input.offsets[key];
            const std::size_t end = m_input.offsets[key + 1];
            const Words stored = Words{} + (m_input.times[i] ^ kFlip);
            for (std::size_t v = 0; v < kVectors; ++v) {
                m_fills[v] = stored;
            }
            ++i;
            while (end - i >= room) {
                run(i, i + room);
                i += room;
                carry();
                sinceLook += room;
                room = m_untilCarry;
                if (sinceLook >= kBetweenLooks) {
                    sinceLook = 0;
                    if (m_input.goesOn != nullptr && !m_input.goesOn(m_input.context)) {
                        return false;
                    }
                }
            }
            run(i, end);
            room -= end - i;
            addLastLives(m_input.times[end - 1]);
        }
        carry();
        return true;
    }

    void run(std::size_t begin, std::size_t end) {
        // Copies, because the compiler keeps those in registers.
        Words fills[kVectors];
        Words misses[kVectors];
        Words oldest[kVectors];
        Words ages[kVectors];
        Words gaps[kVectors];
        Words stale[kVectors];
        for (std::size_t v = 0; v < kVectors; ++v) {
            fills[v] = m_fills[v];
            misses[v] = m_misses[v];
            oldest[v] = m_oldest[v];
            if constexpr (Ages) {
                ages[v] = m_ages[v];
            }
            if constexpr (Sliding) {
                gaps[v] = m_gaps[v];
            }
            if constexpr (Stale) {
                stale[v] = m_stale[v];
            }
        }
        for (std::size_t i = begin; i < end; ++i) {
            const Word time = m_input.times[i];
            const Words now = Words{} + time;
            const Words stored = Words{} + (time ^ kFlip);
            Words gap{};
            Words flippedGap{};
            if constexpr (Sliding) {
                gap += time - m_input.times[i - 1];
                flippedGap += (time - m_input.times[i - 1]) ^ kFlip;
            }
            Signed lastWrite{};
            if constexpr (Stale) {
                // Nobody's write is as one before all fills.
                const Word written = m_input.written[i] == kMax ? 0 : m_input.written[i];
                lastWrite += static_cast<std::int32_t>(written ^ kFlip);
            }
#pragma GCC unroll 8
            for (std::size_t v = 0; v < kVectors; ++v) {
                const Words flippedAge = now - fills[v];
                const Signed isMiss = reinterpret_cast<Signed>(Sliding ? flippedGap : flippedAge) >
                                      reinterpret_cast<Signed>(oldest[v]);
                misses[v] -= reinterpret_cast<Words>(isMiss);
                if constexpr (Ages) {
                    ages[v] += ~reinterpret_cast<Words>(isMiss) & (flippedAge ^ kFlip);
                }
                if constexpr (Sliding) {
                    gaps[v] += ~reinterpret_cast<Words>(isMiss) & gap;
                }
                if constexpr (Stale) {
                    const Signed isStale = lastWrite > reinterpret_cast<Signed>(fills[v]);
                    stale[v] -= ~reinterpret_cast<Words>(isMiss) & reinterpret_cast<Words>(isStale);
                }
                if constexpr (kNeedsFills) {
                    fills[v] = isMiss ? stored : fills[v];
                }
            }
        }
        for (std::size_t v = 0; v < kVectors; ++v) {
            m_fills[v] = fills[v];
            m_misses[v] = misses[v];
            if constexpr (Ages) {
                m_ages[v] = ages[v];
            }
            if constexpr (Sliding) {
                m_gaps[v] = gaps[v];
            }
            if constexpr (Stale) {
                m_stale[v] = stale[v];
            }
        }
    }

    void carry() {
        for (std::size_t v = 0; v < kVectors; ++v) {
            if constexpr (Ages) {
                m_ageSums.add(v, m_ages[v]);
                m_ages[v] = Words{};
            }
            if constexpr (Sliding) {
                m_lifeSums.add(v, m_gaps[v]);
                m_gaps[v] = Words{};
            }
        }
    }

    // Every life but a key's last ends after a TTL, or with a hit that begins the next.
    void addLastLives(Word lastTime) {
        const Words untilEnd = Words{} + ((m_input.end - lastTime) ^ kFlip);
        for (std::size_t v = 0; v < kVectors; ++v) {
            const Words rest = Sliding ? untilEnd : m_input.end - m_fills[v];
            const Signed isShorter =
                reinterpret_cast<Signed>(rest) < reinterpret_cast<Signed>(m_ttls[v]);
            m_lifeSums.add(v, (isShorter ? rest : m_ttls[v]) ^ kFlip);
        }
    }

    void addTo(SweepSums& sums, std::size_t keys) const {
        for (std::size_t lane = 0; lane < AtOnce; ++lane) {
            const std::size_t v = lane / kPerVector;
            const std::size_t place = lane % kPerVector;
            const std::size_t to = m_firstLane + lane;
            const std::uint64_t again = m_misses[v][place];
            sums.misses[to] += keys + again;
            sums.lives[to] += again * m_input.ttls[to] + m_lifeSums.of(lane);
            if constexpr (Ages) {
                sums.hitAges[to] += m_ageSums.of(lane);
            }
            if constexpr (Stale) {
                sums.staleHits[to] += m_stale[v][place];
            }
        }
    }

    const SweepInput& m_input;
    std::size_t m_firstLane;
    std::size_t m_untilCarry = 0;
    Words m_ttls[kVectors] = {};    // flipped
    Words m_oldest[kVectors] = {};  // flipped
    Words m_fills[kVectors] = {};   // flipped
    Words m_misses[kVectors] = {};  // but for the first of each key
    Words m_ages[kVectors] = {};
    Words m_gaps[kVectors] = {};
    Words m_stale[kVectors] = {};
    WideSums m_ageSums;
    WideSums m_lifeSums;
};

}  // namespace cachescope::tune::detail

// The passes in the order of SweepMode::number().
#define CACHESCOPE_SWEEP_PASSES(Width, AtOnce)                   \
    {                                                            \
        SweepLanes<Width, AtOnce, false, false, false>::pass,    \
            SweepLanes<Width, AtOnce, false, false, true>::pass, \
            SweepLanes<Width, AtOnce, false, true, false>::pass, \
            SweepLanes<Width, AtOnce, false, true, true>::pass,  \
            SweepLanes<Width, AtOnce, true, false, false>::pass, \
            SweepLanes<Width, AtOnce, true, false, true>::pass,  \
            SweepLanes<Width, AtOnce, true, true, false>::pass,  \
            SweepLanes<Width, AtOnce, true, true, true>::pass    \
    }
