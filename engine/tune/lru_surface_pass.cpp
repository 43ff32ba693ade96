// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/lru_surface_pass.h"

#include <algorithm>

namespace cachescope::tune {

namespace {

constexpr std::size_t kBetweenQuestions = std::size_t{1} << 15;

/// All lanes side by side in vectors of `Width` bytes, `AtOnce` lanes at a time, so that they stay
/// in registers. Always inlined, so that it is compiled for the processor of its caller.
///
/// Ages are compared with their highest bit flipped, because below AVX-512 vectors compare signed
/// numbers only. It costs nothing: the moment of a fill is kept flipped.
template <std::size_t Width, std::size_t AtOnce>
[[gnu::always_inline]] inline bool sweep(const SurfacePassInput& input, std::size_t firstLane,
                                         std::uint64_t* sums) {
    using Word = std::uint32_t;
    using Words [[gnu::vector_size(Width)]] = Word;
    using Signed [[gnu::vector_size(Width)]] = std::int32_t;
    constexpr std::size_t kPerVector = Width / sizeof(Word);
    constexpr std::size_t kVectors = AtOnce / kPerVector;
    constexpr Word kFlip = 0x8000'0000U;

    Signed oldest[kVectors];
    Words misses[kVectors] = {};
    Words fills[kVectors] = {};
    for (std::size_t v = 0; v < kVectors; ++v) {
        for (std::size_t i = 0; i < kPerVector; ++i) {
            oldest[v][i] =
                static_cast<std::int32_t>(input.oldest[firstLane + v * kPerVector + i] ^ kFlip);
        }
    }
    std::size_t room = kBetweenQuestions;
    for (std::size_t key = 0; key < input.keys; ++key) {
        std::size_t i = input.offsets[key];
        const std::size_t last = input.offsets[key + 1];
        const Words first = Words{} + (input.times[i++] ^ kFlip);
        for (std::size_t v = 0; v < kVectors; ++v) {
            fills[v] = first;
        }
        do {
            const std::size_t end = std::min(last, i + room);
            room -= end - i;
            for (; i < end; ++i) {
                const Word time = input.times[i];
                const Words now = Words{} + time;
                const Words stored = Words{} + (time ^ kFlip);
                const Signed evicted = Signed{} - (input.distances[i] > input.capacity ? 1 : 0);
#pragma GCC unroll 8
                for (std::size_t v = 0; v < kVectors; ++v) {
                    const Words age = now - fills[v];
                    const Signed missed = (reinterpret_cast<Signed>(age) > oldest[v]) | evicted;
                    misses[v] -= reinterpret_cast<Words>(missed);
                    fills[v] = missed ? stored : fills[v];
                }
            }
            if (room == 0) {
                room = kBetweenQuestions;
                if (!input.goesOn(input.context)) {
                    return false;
                }
            }
        } while (i < last);
    }
    for (std::size_t lane = 0; lane < AtOnce; ++lane) {
        sums[firstLane + lane] += misses[lane / kPerVector][lane % kPerVector];
    }
    return true;
}

bool plainPass(const SurfacePassInput& input, std::uint64_t* misses) {
    // Four vectors of three kinds and some more: sixteen registers hold no more lanes.
    for (std::size_t lane = 0; lane < kSurfaceLanes; lane += 16) {
        if (!sweep<16, 16>(input, lane, misses)) {
            return false;
        }
    }
    return true;
}

#if defined(__x86_64__)

[[gnu::target("avx2")]] bool avx2Pass(const SurfacePassInput& input, std::uint64_t* misses) {
    return sweep<32, kSurfaceLanes>(input, 0, misses);
}

[[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]] bool avx512Pass(const SurfacePassInput& input,
                                                                      std::uint64_t* misses) {
    return sweep<64, kSurfaceLanes>(input, 0, misses);
}

#endif

}  // namespace

SurfacePasses surfacePasses() noexcept {
    SurfacePasses passes;
    passes.passes[passes.count++] = plainPass;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        passes.passes[passes.count++] = avx2Pass;
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        passes.passes[passes.count++] = avx512Pass;
    }
#endif
    return passes;
}

}  // namespace cachescope::tune
