// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_line.h"
#include "app/capture_arguments.h"

#include <CLI/CLI.hpp>

#include "app/inspect_arguments.h"
#include "app/replay_arguments.h"
#include "app/tune_arguments.h"
#include "app/version.h"
#include "engine/core/duration_text.h"
#include "engine/sim/scenario.h"

namespace cachescope::app {

namespace {

// CLI11 validators say what is wrong with a value; an empty text means nothing is.
const CLI::Validator kSpeed(
    [](std::string& text) {
        if (text == "max") {
            return std::string{};
        }
        char* end = nullptr;
        const double speed = std::strtod(text.c_str(), &end);
        return end != text.c_str() && *end == '\0' && speed >= 0.1 && speed <= 1000
                   ? std::string{}
                   : "'" + text + "' is not a speed: use a number from 0.1 to 1000, or max";
    },
    "X|max");

const CLI::Validator kSize(
    [](std::string& text) {
        int width = 0;
        int height = 0;
        char rest = 0;
        const int read = std::sscanf(text.c_str(), "%dx%d%c", &width, &height, &rest);
        return read == 2 && width >= 200 && height >= 200 && width <= 8000 && height <= 8000
                   ? std::string{}
                   : "'" + text + "' is not a size: use for example 1280x720";
    },
    "WxH");

}  // namespace

CommandLine parseCommandLine(int argc, char** argv) {
    CommandLine line;
    CLI::App program{"Cachescope, an oscilloscope for caches. Without a verb it opens the window.",
                     "cachescope"};
    program.set_version_flag("--version", "cachescope " CACHESCOPE_VERSION);
    program.require_subcommand(0, 1);
    program.add_option("--scenario", line.window.scenario,
                       "The scenario to open: a file or one of the program's own");

    CLI::App* simulate =
        program.add_subcommand("simulate", "Run a scenario without a window and print the result");
    std::string duration;
    std::string speed = "max";
    simulate
        ->add_option("scenario", line.simulate.scenario,
                     "A scenario file, or one of the program's by name, such as demo, stampede "
                     "or fail-safe")
        ->required();
    simulate->add_option("--duration", duration, "How much simulated time to run")
        ->check(kDuration);
    simulate
        ->add_option("--speed", speed,
                     "Paced by real time, X times as fast; max: virtual time, as fast as possible")
        ->check(kSpeed)
        ->capture_default_str();
    simulate->add_option("--seed", line.simulate.seed, "Another seed than the scenario's");
    simulate->add_option("--csv", line.simulate.csv, "Write the figures over time to this file");
    simulate->add_option("--metrics", line.simulate.metrics,
                         "Write the figures of the whole run in the OpenMetrics form to this file; "
                         "-: print them instead of the table");
    simulate->add_flag("--json", line.simulate.json, "Print one JSON object instead of a table");

    const CLI::App* replay = addReplayVerb(program, line.replay);
    const CLI::App* tune = addTuneVerb(program, line.tune);
    const CLI::App* inspect = addInspectVerb(program, line.inspect);
    const CLI::App* capture = addCaptureVerb(program, line.capture);

    CLI::App* screenshot =
        program.add_subcommand("screenshot", "Draw a page of the real window into a picture");
    std::string after;
    std::string size;
    screenshot
        ->add_option("page", line.screenshot.page,
                     "The page: lab, tune, inspect; or a dialog: connection, import")
        ->required()
        ->check(CLI::IsMember({"lab", "tune", "inspect", "connection", "import"}));
    screenshot->add_option("--scenario", line.screenshot.scenario, "A file or one of the program's")
        ->capture_default_str();
    screenshot->add_option("--url", line.screenshot.url,
                           "The address that is inspected, or that the connection dialog tests");
    screenshot->add_flag("--walk", line.screenshot.walk,
                         "Read all keys of the inspected cache, not a sample");
    screenshot->add_option("--key", line.screenshot.key, "A key of it that is opened");
    screenshot->add_option("--trace", line.screenshot.trace,
                           "The file that the import dialog looks at, or that is tuned instead of "
                           "the scenario's requests");
    screenshot
        ->add_option("--update-every", line.screenshot.updateEvery,
                     "How often data changes, of the page Tune, as for the verb tune")
        ->delimiter(',');
    screenshot
        ->add_option("--after", after,
                     "How far into the scenario (default 60s), or how long a cache is inspected "
                     "(default 5s)")
        ->check(kDuration);
    screenshot
        ->add_option("--lane", line.screenshot.lane, "The lane of the Lab that is selected, from 1")
        ->check(CLI::Range(std::size_t{1}, sim::kMaxLanes));
    screenshot->add_option("--open", line.screenshot.open,
                           "The option of that lane that is shown, by its name in scenario files");
    screenshot->add_option("--theme", line.screenshot.theme, "light or dark")
        ->check(CLI::IsMember({"light", "dark"}))
        ->capture_default_str();
    screenshot->add_option("--size", size, "The window's size (default 1440x900)")->check(kSize);
    screenshot->add_option("--scale", line.screenshot.scale, "Device pixels a unit, such as 2")
        ->check(CLI::Range(0.5, 4.0));
    screenshot->add_option("-o,--output", line.screenshot.output, "The PNG file to write")
        ->required();

    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& failure) {
        line.exitCode = program.exit(failure) == 0 ? 0 : 2;
        return line;
    }
    if (simulate->parsed()) {
        line.verb = Verb::simulate;
        if (!duration.empty()) {
            line.simulate.duration = parseDuration(duration);
        }
        if (speed != "max") {
            line.simulate.speed = std::strtod(speed.c_str(), nullptr);
        }
    } else if (replay->parsed()) {
        line.verb = Verb::replay;
    } else if (tune->parsed()) {
        line.verb = Verb::tune;
    } else if (inspect->parsed()) {
        line.verb = Verb::inspect;
    } else if (capture->parsed()) {
        line.verb = Verb::capture;
    } else if (screenshot->parsed()) {
        line.verb = Verb::screenshot;
        if (!after.empty()) {
            line.screenshot.after = *parseDuration(after);
        }
        if (!size.empty()) {
            std::sscanf(size.c_str(), "%dx%d", &line.screenshot.width, &line.screenshot.height);
        }
    } else {
        line.verb = Verb::window;
    }
    return line;
}

}  // namespace cachescope::app
