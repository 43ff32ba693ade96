// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"

namespace cachescope::app {

/// `cachescope capture`: records what a Redis server is asked into a CSV file, after saying what
/// that costs, and prints what became of it. Returns the exit code: 0 where the time or the bytes
/// were used up, or a signal ended it; 1 where the server slowed down or was lost, or the file
/// could not be written, whose lines until then are good; 2 where the arguments mean nothing.
int runCapture(const CaptureVerbOptions& options, int argc, char** argv);

}  // namespace cachescope::app
