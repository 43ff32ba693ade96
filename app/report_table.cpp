// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/report_table.h"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "app/table_text.h"
#include "ui/model/printable_text.h"

namespace cachescope::app {

namespace {

constexpr Duration kLineInterval = std::chrono::seconds{5};

std::string latency(double value) {
    return std::isfinite(value) ? text(ui::formatLatency(value)) : "-";
}

std::string laneName(const sim::LaneSpec& spec) {
    return text(ui::printableText(spec.name));
}

std::size_t widthOf(const std::vector<std::string>& names) {
    std::size_t width = 4;
    for (const std::string& name : names) {
        width = std::max(width, static_cast<std::size_t>(QString::fromStdString(name).size()));
    }
    return width;
}

// What only some options make happen has a column only where it happened.
struct OptionColumn {
    const char* title;
    std::uint64_t StatsSnapshot::*counter;
};
constexpr std::array kOptionColumns{
    OptionColumn{"past TTL", &StatsSnapshot::expiredHits},
    OptionColumn{"fallback", &StatsSnapshot::fallbacks},
    OptionColumn{"remembered", &StatsSnapshot::negativeHits},
    OptionColumn{"refreshed", &StatsSnapshot::refreshes},
    OptionColumn{"timed out", &StatsSnapshot::timeouts},
    OptionColumn{"lower hits", &StatsSnapshot::lowerHits},
};

std::vector<OptionColumn> optionColumns(const sim::Report& report) {
    std::vector<OptionColumn> shown;
    for (const OptionColumn& column : kOptionColumns) {
        if (std::any_of(report.lanes.begin(), report.lanes.end(), [&](const sim::LaneState& lane) {
                return lane.totals.stats.*column.counter != 0;
            })) {
            shown.push_back(column);
        }
    }
    return shown;
}

}  // namespace

void printReport(std::ostream& out, const sim::Report& report) {
    out << report.scenario << ", " << text(ui::formatSpan(seconds(report.duration))) << ", seed "
        << report.seed << ", " << text(ui::formatCount(static_cast<double>(report.requests)))
        << " requests\n\n";
    std::vector<std::string> names;
    names.reserve(report.lanes.size());
    for (const sim::LaneState& lane : report.lanes) {
        names.push_back(laneName(lane.spec));
    }
    const std::size_t width = widthOf(names);
    std::vector<std::string> columns{"hit ratio", "stale",  "mean",    "p50",    "p99",
                                     "calls",     "failed", "expired", "evicted"};
    const auto options = optionColumns(report);
    const std::size_t firstOption = columns.size();
    for (const OptionColumn& column : options) {
        columns.emplace_back(column.title);
    }
    const bool leaks = std::any_of(report.lanes.begin(), report.lanes.end(),
                                   [](const auto& lane) { return lane.totals.leaks != 0; });
    if (leaks) {
        columns.emplace_back("leaked");
    }
    out << cell("lane", width, true);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        out << cell(columns[i], i >= firstOption && i < firstOption + options.size() ? 11 : 10);
    }
    out << '\n';
    for (std::size_t i = 0; i < report.lanes.size(); ++i) {
        const sim::LaneState& lane = report.lanes[i];
        const StatsSnapshot& stats = lane.totals.stats;
        const HistogramSnapshot& histogram = lane.totals.latency;
        const double requests = static_cast<double>(std::max<std::uint64_t>(stats.requests(), 1));
        const bool cached = lane.spec.cached();
        out << cell(names[i], width, true) << cell(cached ? percent(stats.hitRatio()) : "-", 10)
            << cell(cached ? percent(static_cast<double>(stats.staleHits) / requests) : "-", 10)
            << cell(latency(seconds(histogram.mean())), 10)
            << cell(latency(seconds(histogram.percentile(0.5))), 10)
            << cell(latency(seconds(histogram.percentile(0.99))), 10)
            << cell(count(lane.totals.originCalls), 10) << cell(count(stats.loadFailures), 8)
            << cell(cached ? count(stats.expirations) : "-", 10)
            << cell(cached ? count(stats.evictions) : "-", 10);
        for (const OptionColumn& column : options) {
            out << cell(cached ? count(stats.*column.counter) : "-", 11);
        }
        if (leaks) {
            out << cell(cached ? count(lane.totals.leaks) : "-", 10);
        }
        out << '\n';
    }
}

LiveTable::LiveTable(const std::vector<sim::LaneSpec>& lanes)
    : m_terminal(::isatty(STDOUT_FILENO) == 1) {
    std::vector<std::string> names;
    names.reserve(lanes.size());
    for (const sim::LaneSpec& lane : lanes) {
        names.push_back(laneName(lane));
    }
    m_nameWidth = widthOf(names);
}

void LiveTable::show(const sim::Sample& sample, const sim::LiveState& state) {
    if (!m_terminal && sample.time < m_nextLine) {
        return;
    }
    m_nextLine = sample.time + kLineInterval;
    std::ostringstream out;
    if (m_terminal && m_drawn != 0) {
        out << "\x1b[" << m_drawn << 'A';
    }
    if (!m_headed || m_terminal) {
        m_headed = true;
        out << cell("time", 9) << "  " << cell("lane", m_nameWidth, true) << cell("hit ratio", 10)
            << cell("p50", 10) << cell("p99", 10) << cell("origin/s", 10) << cell("expired/s", 10)
            << '\n';
    }
    std::size_t lines = 1;
    for (const sim::LaneSample& lane : sample.lanes) {
        const auto found = std::find_if(state.lanes.begin(), state.lanes.end(),
                                        [&](const auto& l) { return l.id == lane.lane; });
        if (found == state.lanes.end()) {
            continue;
        }
        ++lines;
        out << cell(text(ui::formatElapsed(seconds(sample.time.time_since_epoch()))), 9) << "  "
            << cell(laneName(found->spec), m_nameWidth, true) << cell(percent(lane.hitRatio), 10)
            << cell(latency(lane.p50), 10) << cell(latency(lane.p99), 10)
            << cell(text(ui::formatNumber(lane.originCalls)), 10)
            << cell(text(ui::formatNumber(lane.expirations)), 10) << '\n';
    }
    if (!m_terminal) {
        out << '\n';
    }
    m_drawn = lines;
    std::cout << out.str() << std::flush;
}

}  // namespace cachescope::app
