// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/sweep_lanes.h"

namespace cachescope::tune::detail {

const SweepPass kPlainPasses[kSweepModes] = CACHESCOPE_SWEEP_PASSES(16, 16);

}  // namespace cachescope::tune::detail
