// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <iosfwd>
#include <string>

#include "app/inspect_findings.h"

namespace cachescope::app {

/// What `inspect` found, as tables for people or as one JSON object for scripts. Names of keys are
/// escaped where they are not printable. Pure but for the stream; any thread.
struct InspectReport {
    std::string target;  ///< without login
    const InspectFindings& findings;

    void print(std::ostream& out) const;
    std::string toJson() const;
};

}  // namespace cachescope::app
