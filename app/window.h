// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"

namespace cachescope::app {

/// Opens the window and returns the exit code when it is closed.
int runWindow(const WindowOptions& options, int argc, char** argv);

}  // namespace cachescope::app
