// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/sim/scenario.h"

namespace cachescope::sim {

/// Reads a scenario from JSON text. `origin` is how errors call it: a file name.
///
/// Every field is checked for its name, type and range, and everything but "lanes" may be left out.
/// An error's subject is "origin: place", such as "demo.json: lanes[1].ttl" or "demo.json: line 3,
/// column 7"; its detail says what is expected there. A relative path of a trace is taken as it is.
Result<Scenario> scenarioFromJson(std::string_view text, const std::string& origin);

/// Reads a scenario file; relative paths in it are meant from the file's folder.
Result<Scenario> loadScenario(const std::string& path);

/// The same scenario as text that scenarioFromJson() reads back.
std::string scenarioToJson(const Scenario& scenario);

/// Writes a scenario file, by a temporary file and a rename, so that a failure loses nothing.
Result<void> saveScenario(const Scenario& scenario, const std::string& path);

}  // namespace cachescope::sim
