// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tune.h"

#include <QCoreApplication>
#include <iostream>

#include "app/interrupt.h"
#include "app/table_text.h"
#include "app/trace_input.h"
#include "app/tune_plan.h"
#include "app/tune_report.h"

namespace cachescope::app {

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

}  // namespace

int runTune(const TuneVerbOptions& options, int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    Interrupt::install();
    auto plan = TunePlan::of(options);
    if (!plan) {
        return printFailure(plan.error(), kWrongUsage);
    }
    auto reading = readTraceFile(options.trace, plan->reading);
    if (!reading) {
        return printFailure(reading.error(), kFailed);
    }
    printTraceNote(options.trace, *reading);
    ProgressLine line;
    plan->sweep.progress = [&line](double done) {
        line.show([done] { return "tuning: " + percent(done); });
        return !Interrupt::requested();
    };
    const auto findings = plan->find(std::move(reading->trace));
    line.clear();
    if (!findings) {
        const Error& error = findings.error();
        return printFailure(
            error.about(options.trace + (error.subject().empty() ? "" : ": ") + error.subject()),
            kFailed);
    }
    const TuneReport report{options.trace, *findings, options.groupBy, plan->staleBudget};
    if (options.json) {
        std::cout << report.toJson() << '\n';
    } else {
        report.print(std::cout);
    }
    std::cout.flush();
    return 0;
}

}  // namespace cachescope::app
