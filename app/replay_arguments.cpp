// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/replay_arguments.h"

#include "engine/core/duration_text.h"

namespace cachescope::app {

const CLI::Validator kDuration(
    [](std::string& text) {
        const auto span = parseDuration(text);
        return span && *span > Duration::zero()
                   ? std::string{}
                   : "'" + text + "' is not a duration: use for example 90s, 5m or 1h30m";
    },
    "DURATION");

namespace {

// A list with commas, which may also be said again, and does not take the next argument along.
CLI::Option* asList(CLI::Option* option) {
    return option->delimiter(',')->allow_extra_args(false)->type_name("A,B,…");
}

}  // namespace

void addTraceOptions(CLI::App& verb, std::string& format, std::string& columns) {
    verb.add_option("--format", format, "The trace's format, where it is not found")
        ->check(CLI::IsMember({"auto", "csv", "keys", "monitor", "oraclegeneral", "twr"}))
        ->capture_default_str();
    verb.add_option("--columns", columns,
                    "Columns of CSV by number or name: time=1,key=2,size=4,ttl=5,op=3; also "
                    "namespace and count, and time_ms, ttl_ms and the like")
        ->type_name("ROLE=COLUMN,…");
}

CLI::App* addReplayVerb(CLI::App& program, ReplayVerbOptions& options) {
    CLI::App* verb = program.add_subcommand(
        "replay", "Run a recorded trace through eviction policies and count the misses");
    verb->add_option(
            "trace", options.trace,
            "CSV, a key a line, MONITOR of Redis, oracleGeneral or twr, also under gzip or "
            "zstd")
        ->required();
    asList(verb->add_option("--policy", options.policies,
                            "Policies, or all; without it the program's default"));
    asList(
        verb->add_option("--capacity", options.capacities,
                         "How much a cache holds: 1000, 10% of what is distinct in the trace, or "
                         "with --unit bytes 64MiB (default 1%,10%,50%)"));
    CLI::Option* ttl =
        asList(verb->add_option("--ttl", options.ttls,
                                "TTLs for every entry, instead of those in the trace"))
            ->check(kDuration);
    verb->add_flag("--no-ttl", options.noTtl, "Nothing expires, whatever the trace says")
        ->excludes(ttl);
    verb->add_option("--unit", options.unit, "What capacities count: objects or bytes")
        ->check(CLI::IsMember({"objects", "bytes"}))
        ->capture_default_str();
    addTraceOptions(*verb, options.format, options.columns);
    verb->add_option("--jobs", options.jobs, "How many replays run at a time (default: one a core)")
        ->check(CLI::Range(1, 256));
    verb->add_flag("--json", options.json, "Print one JSON object instead of a table");
    return verb;
}

}  // namespace cachescope::app
