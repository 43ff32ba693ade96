// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/sweep_kernel.h"

namespace cachescope::tune {

#if defined(__x86_64__)

bool canRun(SweepCode code) noexcept {
    switch (code) {
        case SweepCode::plain:
            return true;
        case SweepCode::avx2:
            return __builtin_cpu_supports("avx2") != 0;
        case SweepCode::avx512:
            return __builtin_cpu_supports("avx512f") != 0 &&
                   __builtin_cpu_supports("avx512bw") != 0 &&
                   __builtin_cpu_supports("avx512dq") != 0 &&
                   __builtin_cpu_supports("avx512vl") != 0;
    }
    return false;
}

SweepPass sweepPass(SweepCode code, SweepMode mode) noexcept {
    switch (code) {
        case SweepCode::plain:
            break;
        case SweepCode::avx2:
            return detail::kAvx2Passes[mode.number()];
        case SweepCode::avx512:
            return detail::kAvx512Passes[mode.number()];
    }
    return detail::kPlainPasses[mode.number()];
}

#else

bool canRun(SweepCode code) noexcept {
    return code == SweepCode::plain;
}

SweepPass sweepPass(SweepCode, SweepMode mode) noexcept {
    return detail::kPlainPasses[mode.number()];
}

#endif

SweepCode fastestSweepCode() noexcept {
    return canRun(SweepCode::avx512) ? SweepCode::avx512
           : canRun(SweepCode::avx2) ? SweepCode::avx2
                                     : SweepCode::plain;
}

}  // namespace cachescope::tune
