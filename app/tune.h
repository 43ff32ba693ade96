// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"

namespace cachescope::app {

/// `cachescope tune`: counts what TTLs would do to a recorded trace, advises TTLs within a budget
/// of stale answers, and prints tables or JSON. Returns the exit code: 0; 1 with one line on
/// standard error; 2 where the arguments mean nothing.
int runTune(const TuneVerbOptions& options, int argc, char** argv);

}  // namespace cachescope::app
