// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "app/replay_plan.h"

namespace cachescope::app {

/// What a replay found, as a table for people or as one JSON object for scripts. Pure but for the
/// stream; any thread.
struct ReplayReport {
    std::string file;
    const TraceReading& reading;
    std::vector<ReplayTask> done;
    bool inBytes = false;
    bool ownTtls = false;  ///< the trace's TTLs count where a task has none

    void print(std::ostream& out) const;
    std::string toJson() const;
};

}  // namespace cachescope::app
