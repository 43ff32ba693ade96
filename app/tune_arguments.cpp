// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tune_arguments.h"

#include "app/replay_arguments.h"

namespace cachescope::app {

CLI::App* addTuneVerb(CLI::App& program, TuneVerbOptions& options) {
    CLI::App* verb = program.add_subcommand(
        "tune", "Count what TTLs would do to a recorded trace, and advise which to take");
    verb->add_option(
            "trace", options.trace,
            "CSV, a key a line, MONITOR of Redis, oracleGeneral or twr, also under gzip or "
            "zstd")
        ->required();
    verb->add_option("--ttl", options.ttls,
                     "The TTLs to try, such as 1s..1h (default: 1s to the trace's span)")
        ->type_name("MIN..MAX");
    verb->add_option("--points", options.points, "How many TTLs to try, in equal ratios")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    verb->add_option("--group-by", options.groupBy,
                     "Group keys by what stands before this text in them")
        ->type_name("SEPARATOR");
    verb->add_option("--rule", options.rule,
                     "fill: a TTL counts from when a value is stored; sliding: from its last use")
        ->check(CLI::IsMember({"fill", "sliding"}))
        ->capture_default_str();
    verb->add_option("--at-deadline", options.atDeadline,
                     "Whether a value is alive at its deadline, as in Redis, or dead, as in "
                     "memcached")
        ->check(CLI::IsMember({"alive", "dead"}))
        ->capture_default_str();
    verb->add_option("--update-every", options.updateEvery,
                     "How often data changes, at random, instead of by the writes in the trace: "
                     "6h, or for single groups prices=60s,static=6h")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("[GROUP=]DURATION,…");
    verb->add_option("--stale-budget", options.staleBudget,
                     "Advise the TTLs with the fewest calls of the origin while at most this part "
                     "of the requests is answered stale, such as 1%")
        ->type_name("P%");
    verb->add_option("--rate", options.rate,
                     "So many requests a second, evenly, instead of the trace's times")
        ->check(CLI::PositiveNumber);
    addTraceOptions(*verb, options.format, options.columns);
    verb->add_flag("--json", options.json, "Print one JSON object instead of a table");
    return verb;
}

}  // namespace cachescope::app
