// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/sweep_lanes.h"

#if defined(__x86_64__)

namespace cachescope::tune::detail {

const SweepPass kAvx2Passes[kSweepModes] = CACHESCOPE_SWEEP_PASSES(32, 32);

}  // namespace cachescope::tune::detail

#endif
