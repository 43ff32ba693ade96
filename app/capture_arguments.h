// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include "app/command_line.h"

namespace cachescope::app {

/// Adds the verb `capture` to the program's command line. `options` outlives the parsing, which
/// fills it.
CLI::App* addCaptureVerb(CLI::App& program, CaptureVerbOptions& options);

}  // namespace cachescope::app
