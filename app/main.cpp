// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/capture.h"
#include "app/command_line.h"
#include "app/inspect.h"
#include "app/replay.h"
#include "app/screenshot.h"
#include "app/simulate.h"
#include "app/tune.h"
#include "app/window.h"

int main(int argc, char** argv) {
    using namespace cachescope::app;
    const CommandLine line = parseCommandLine(argc, argv);
    switch (line.verb) {
        case Verb::none:
            return line.exitCode;
        case Verb::simulate:
            return runSimulate(line.simulate, argc, argv);
        case Verb::replay:
            return runReplay(line.replay, argc, argv);
        case Verb::tune:
            return runTune(line.tune, argc, argv);
        case Verb::inspect:
            return runInspect(line.inspect, argc, argv);
        case Verb::capture:
            return runCapture(line.capture, argc, argv);
        case Verb::screenshot:
            return runScreenshot(line.screenshot, argc, argv);
        case Verb::window:
            return runWindow(line.window, argc, argv);
    }
    return 2;
}
