// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/inspect_arguments.h"

#include "app/replay_arguments.h"

namespace cachescope::app {

CLI::App* addInspectVerb(CLI::App& program, InspectVerbOptions& options) {
    CLI::App* verb = program.add_subcommand(
        "inspect", "Say what keys, TTLs and expirations a live Redis has, and change nothing");
    verb->add_option("url", options.url,
                     "The server, cluster or sentinels, such as redis://:password@host:6379/0")
        ->required();
    CLI::Option* sample =
        verb->add_option("--sample", options.sample, "How many keys to draw at random")
            ->check(CLI::Range(1, 1'000'000))
            ->capture_default_str();
    CLI::Option* walk = verb->add_flag("--walk", options.walk,
                                       "Read every key instead, without holding the server up");
    sample->excludes(walk);
    verb->add_flag("--fast", options.fast, "Walk as fast as it goes: other clients will notice")
        ->needs(walk);
    verb->add_option("--forecast", options.forecast, "How far ahead to count expirations")
        ->check(kDuration)
        ->capture_default_str();
    verb->add_option("--separator", options.separator,
                     "What ends a level of a namespace in the names of keys")
        ->capture_default_str();
    verb->add_flag("--json", options.json, "Print one JSON object instead of tables");
    return verb;
}

}  // namespace cachescope::app
