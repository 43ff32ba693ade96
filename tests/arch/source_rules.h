// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "tests/arch/source_file.h"

namespace cachescope::arch {

/// One place that breaks a rule. `line` counts from 1.
struct Complaint {
    std::string path;
    std::size_t line;
    std::string what;
};

/// An invariant of the architecture that the text of the sources can show or break.
///
/// `name` says what holds, `why` what would be lost without it, and `instead` what to do for
/// whoever stumbles over it. `check` looks at all sources and returns every place that breaks it.
/// A rule has no state; any thread.
struct Rule {
    std::string name;
    std::string why;
    std::string instead;
    std::function<std::vector<Complaint>(const std::vector<SourceFile>&)> check;
};

/// All rules of the project.
const std::vector<Rule>& rules();

/// The complaints with the reason and the remedy, for people to read; empty when there are none.
std::string describe(const Rule& rule, const std::vector<Complaint>& complaints);

}  // namespace cachescope::arch
