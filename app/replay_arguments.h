// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include "app/command_line.h"

namespace cachescope::app {

/// Adds the verb `replay` to the program's command line. `options` outlives the parsing, which
/// fills it.
CLI::App* addReplayVerb(CLI::App& program, ReplayVerbOptions& options);

/// Adds the options of every verb that reads a trace.
void addTraceOptions(CLI::App& verb, std::string& format, std::string& columns);

/// A duration above zero, for any option.
extern const CLI::Validator kDuration;

}  // namespace cachescope::app
