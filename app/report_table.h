// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "engine/sim/live_run.h"
#include "engine/sim/report.h"

namespace cachescope::app {

/// The end of a run as a table for people.
void printReport(std::ostream& out, const sim::Report& report);

/// Figures while a run goes on: a table that redraws itself on a terminal, and lines every few
/// seconds of the run elsewhere. Main thread.
class LiveTable {
public:
    explicit LiveTable(const std::vector<sim::LaneSpec>& lanes);
    void show(const sim::Sample& sample, const sim::LiveState& state);

private:
    bool m_terminal;
    bool m_headed = false;
    std::size_t m_nameWidth;
    std::size_t m_drawn = 0;
    TimePoint m_nextLine{};
};

}  // namespace cachescope::app
