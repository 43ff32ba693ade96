// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/inspect.h"

#include <QCoreApplication>
#include <cmath>
#include <iostream>

#include "app/inspect_report.h"
#include "app/interrupt.h"
#include "app/table_text.h"
#include "app/trace_input.h"

namespace cachescope::app {

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

std::string progressText(const inspect::WalkProgress& progress) {
    std::string line =
        "walking: " + percent(progress.fraction) + ", " + count(progress.keys) + " keys";
    if (progress.remaining) {
        line += ", " + text(ui::formatSpan(std::ceil(seconds(*progress.remaining)))) + " left";
    }
    return progress.backsOff ? line + ", slower because the server is" : line;
}

}  // namespace

int runInspect(const InspectVerbOptions& options, int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    Interrupt::install();
    const auto plan = InspectPlan::of(options);
    if (!plan) {
        return printFailure(plan.error(), kWrongUsage);
    }
    ProgressLine line;
    const auto findings = plan->find([&line](const inspect::WalkProgress& progress) {
        line.show([&progress] { return progressText(progress); });
        return !Interrupt::requested();
    });
    line.clear();
    if (!findings) {
        return printFailure(findings.error(), kFailed);
    }
    const InspectReport report{plan->target.toText(), *findings};
    if (options.json) {
        std::cout << report.toJson() << '\n';
    } else {
        report.print(std::cout);
    }
    std::cout.flush();
    if (findings->failure) {
        return printFailure(*findings->failure, kFailed);
    }
    return findings->complete ? 0 : kFailed;
}

}  // namespace cachescope::app
