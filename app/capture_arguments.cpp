// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/capture_arguments.h"

namespace cachescope::app {

CLI::App* addCaptureVerb(CLI::App& program, CaptureVerbOptions& options) {
    CLI::App* verb = program.add_subcommand(
        "capture", "Record what a Redis server is asked into a trace, for a bounded time");
    verb->add_option("url", options.url, "The server, such as redis://host:6379/0")->required();
    verb->add_option("--for", options.span, "How long to listen")
        ->type_name("D")
        ->capture_default_str();
    verb->add_option("--most", options.most, "End after so much from the server, such as 256MiB")
        ->type_name("SIZE")
        ->capture_default_str();
    verb->add_option("-o,--output", options.output, "The CSV file to write")->required();
    verb->add_flag("--json", options.json, "Print one JSON object instead of text");
    return verb;
}

}  // namespace cachescope::app
