// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"

namespace cachescope::app {

/// `cachescope replay`: runs a recorded trace through policies, capacities and TTLs and prints a
/// table or JSON. Returns the exit code: 0; 1 with one line on standard error, or after an
/// interruption, with what was done until then; 2 where the arguments do not fit together.
int runReplay(const ReplayVerbOptions& options, int argc, char** argv);

}  // namespace cachescope::app
