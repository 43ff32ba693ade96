// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"

namespace cachescope::app {

/// `cachescope simulate`: runs a scenario in virtual or paced time and prints a table or JSON.
/// Returns the exit code: 0, or 1 with one line on standard error. A lane whose backend is in
/// trouble is reported on standard error and is no failure of the run.
int runSimulate(const SimulateOptions& options, int argc, char** argv);

}  // namespace cachescope::app
