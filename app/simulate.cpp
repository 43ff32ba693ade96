// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/simulate.h"

#include <QCoreApplication>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <vector>

#include "app/interrupt.h"
#include "app/report_table.h"
#include "app/run_folder.h"
#include "app/version.h"
#include "engine/cache/open_metrics.h"
#include "engine/core/file_error.h"
#include "engine/core/write_file.h"
#include "engine/sim/live_run.h"
#include "engine/sim/report.h"
#include "ui/model/error_text.h"
#include "ui/model/scenario_library.h"

namespace cachescope::app {

namespace {

int fail(const Error& error) {
    std::cerr << "cachescope: " << ui::ErrorText(error).oneLine().toStdString() << '\n';
    return 1;
}

// The file of --csv; without one it takes nothing.
class CsvFile {
public:
    explicit CsvFile(const std::string& path) : m_path(path) {
        if (!path.empty()) {
            errno = 0;
            m_file.open(path, std::ios::binary | std::ios::trunc);
            m_file << sim::sampleCsvHeader();
            note();
        }
    }
    bool wanted() const { return !m_path.empty(); }
    void write(const std::string& lines) {
        if (wanted() && !m_failure) {
            errno = 0;
            m_file << lines;
            note();
        }
    }
    std::optional<Error> close() {
        if (wanted() && !m_failure) {
            errno = 0;
            m_file.close();
            note();
        }
        return m_failure;
    }
    const std::optional<Error>& failure() const { return m_failure; }

private:
    void note() {
        if (!m_file && !m_failure) {
            m_failure = fileError(m_path, errno == 0 ? EIO : errno);
        }
    }

    std::string m_path;
    std::ofstream m_file;
    std::optional<Error> m_failure;
};

constexpr Duration kCsvInterval = std::chrono::milliseconds{200};

Result<sim::Report> runVirtual(const sim::Scenario& scenario, const RunFolder& folder, CsvFile& csv,
                               std::string& traceNote) {
    sim::SimulationContext context;
    context.runId = folder.id();
    context.scratchDirectory = folder.path();
    context.stopwatch =
        scenario.timing == sim::Timing::measured ? &SystemClock::instance() : nullptr;
    std::vector<sim::Sample> samples;
    context.onSample = [&](const sim::Sample& sample) { samples.push_back(sample); };
    auto created = sim::Simulation::create(scenario, std::move(context));
    if (!created) {
        return created.error();
    }
    sim::Simulation& simulation = **created;
    if (csv.wanted()) {
        simulation.setSampleInterval(kCsvInterval);
    }
    const auto keepGoing = [] { return !Interrupt::requested(); };
    simulation.advanceTo(TimePoint{} + scenario.duration, keepGoing);
    const Duration reached = simulation.now().time_since_epoch();
    const auto lanes = simulation.lanes();
    for (const sim::Sample& sample : samples) {
        csv.write(sim::sampleCsvLines(sample, lanes));
    }
    simulation.drain(keepGoing);
    traceNote = simulation.traceNote();
    return sim::Report{scenario.name, scenario.seed, reached, simulation.requests(),
                       simulation.lanes()};
}

Result<sim::Report> runPaced(const sim::Scenario& scenario, double speed, const RunFolder& folder,
                             CsvFile& csv, bool table, std::string& traceNote) {
    sim::LiveRun run(scenario, folder.liveRunConfig());
    run.setSpeed(speed);
    run.pauseAt(TimePoint{} + scenario.duration);
    run.run();
    LiveTable live(scenario.lanes);
    for (;;) {
        run.waitForNews(std::chrono::milliseconds{200});
        const sim::LiveUpdate update = run.poll();
        const sim::LiveState& state = *update.state;
        if (state.failure) {
            return *state.failure;
        }
        for (const sim::Sample& sample : update.samples) {
            csv.write(sim::sampleCsvLines(sample, state.lanes));
            if (table) {
                live.show(sample, state);
            }
        }
        const bool done =
            state.phase == sim::RunPhase::paused && state.time >= TimePoint{} + scenario.duration;
        if (done || Interrupt::requested()) {
            traceNote = state.traceNote;
            return sim::Report{scenario.name, scenario.seed, state.time.time_since_epoch(),
                               state.requests, state.lanes};
        }
    }
}

std::string metricsText(const sim::Report& report) {
    std::vector<CacheMetrics> caches;
    for (const sim::LaneState& lane : report.lanes) {
        caches.push_back({lane.spec.name, lane.totals.stats, lane.totals.latency, lane.loads,
                          lane.entries, lane.bytes, lane.guards});
    }
    return openMetricsText(caches);
}

void reportTrouble(const sim::Report& report) {
    for (const sim::LaneState& lane : report.lanes) {
        if (lane.trouble && !lane.backendDown) {
            std::cerr << "cachescope: lane \"" << lane.spec.name << "\" served from the origin: "
                      << ui::ErrorText(*lane.trouble).oneLine().toStdString() << '\n';
        }
    }
}

}  // namespace

int runSimulate(const SimulateOptions& options, int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    Interrupt::install();
    auto loaded = ui::ScenarioLibrary::load(QString::fromLocal8Bit(options.scenario.c_str()));
    if (!loaded) {
        return fail(loaded.error());
    }
    sim::Scenario scenario = std::move(*loaded);
    scenario.duration = options.duration.value_or(scenario.duration);
    scenario.seed = options.seed.value_or(scenario.seed);

    CsvFile csv(options.csv);
    if (csv.failure()) {
        return fail(*csv.failure());
    }
    const RunFolder folder;
    std::string traceNote;
    const auto report =
        options.speed ? runPaced(scenario, *options.speed, folder, csv, !options.json, traceNote)
                      : runVirtual(scenario, folder, csv, traceNote);
    if (!report) {
        return fail(report.error());
    }
    const bool printsMetrics = options.metrics == "-";
    if (printsMetrics) {
        std::cout << metricsText(*report);
    } else if (options.json) {
        std::cout << sim::reportToJson(*report) << '\n';
    } else {
        printReport(std::cout, *report);
    }
    std::cout.flush();
    reportTrouble(*report);
    if (!traceNote.empty()) {
        std::cerr << "cachescope: trace: " << traceNote << '\n';
    }
    if (const auto failure = csv.close()) {
        return fail(*failure);
    }
    if (!options.metrics.empty() && !printsMetrics) {
        if (const auto written = writeFile(options.metrics, metricsText(*report)); !written) {
            return fail(written.error());
        }
    }
    return Interrupt::requested() ? 1 : 0;
}

}  // namespace cachescope::app
