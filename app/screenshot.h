// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"

namespace cachescope::app {

/// `cachescope screenshot`: opens the real window off screen, lets its scenario run up to a moment,
/// and writes what it shows as a PNG; or one of its dialogs with what it says. Returns
/// the exit code: 0, or 1 with one line on standard error.
int runScreenshot(const ScreenshotOptions& options, int argc, char** argv);

}  // namespace cachescope::app
