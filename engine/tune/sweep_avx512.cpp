// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/sweep_lanes.h"

#if defined(__x86_64__)

namespace cachescope::tune::detail {

const SweepPass kAvx512Passes[kSweepModes] = CACHESCOPE_SWEEP_PASSES(64, 64);

}  // namespace cachescope::tune::detail

#endif
