// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "app/tune_plan.h"

namespace cachescope::app {

/// What `tune` found, as tables for people or as one JSON object for scripts. Pure but for the
/// stream; any thread.
struct TuneReport {
    std::string file;
    const TuneFindings& findings;
    std::string separator;
    std::optional<double> staleBudget;

    void print(std::ostream& out) const;
    std::string toJson() const;
};

}  // namespace cachescope::app
