// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"

namespace cachescope::app {

/// `cachescope inspect`: samples or walks the keys of a live Redis and prints what it found as
/// tables or JSON. Returns the exit code: 0; 1 with one line on standard error, behind what was
/// read of a walk that ended early; 2 where the arguments mean nothing.
int runInspect(const InspectVerbOptions& options, int argc, char** argv);

}  // namespace cachescope::app
