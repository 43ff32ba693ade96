// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.h"

namespace cachescope::app {

struct SimulateOptions {
    std::string scenario;
    std::optional<Duration> duration;
    std::optional<double> speed;  ///< nothing: virtual time, as fast as possible
    std::optional<std::uint64_t> seed;
    std::string csv;
    std::string metrics;  ///< a file, or "-" for standard output instead of the table
    bool json = false;
};

struct ScreenshotOptions {
    std::string page;
    std::string scenario = "demo";
    std::string url;                       ///< of the connection dialog, or inspected
    bool walk = false;                     ///< all keys of the inspected cache
    std::string key;                       ///< of it, that is opened
    std::string trace;                     ///< of the import dialog
    std::vector<std::string> updateEvery;  ///< of the page Tune, as `tune` has it
    std::string theme = "light";
    std::string output;
    std::optional<Duration> after;  ///< nothing: what suits the page
    std::size_t lane = 1;           ///< of the Lab: the one that is selected, from 1
    std::string open;               ///< of the Lab: the option that is shown, by its name in files
    int width = 1440;
    int height = 900;
    double scale = 1;
};

/// Texts as they were written; what they mean is in app/replay_plan.h.
struct ReplayVerbOptions {
    std::string trace;
    std::vector<std::string> policies;
    std::vector<std::string> capacities;
    std::vector<std::string> ttls;
    bool noTtl = false;
    std::string unit = "objects";
    std::string format = "auto";
    std::string columns;
    std::size_t jobs = 0;  ///< nothing: one a core
    bool json = false;
};

/// Texts as they were written; what they mean is in app/tune_plan.h.
struct TuneVerbOptions {
    std::string trace;
    std::string ttls;  ///< nothing: from a second to the trace's span
    std::size_t points = 24;
    std::string groupBy;  ///< nothing: all keys are one group
    std::string rule = "fill";
    std::string atDeadline = "alive";
    std::vector<std::string> updateEvery;
    std::string staleBudget;
    double rate = 0;  ///< requests a second instead of the trace's times; zero: its times
    std::string format = "auto";
    std::string columns;
    bool json = false;
};

/// Texts as they were written; what they mean is in app/inspect_findings.h.
struct InspectVerbOptions {
    std::string url;
    std::size_t sample = 10'000;
    bool walk = false;
    bool fast = false;
    std::string forecast = "1h";
    std::string separator = ":";
    bool json = false;
};

/// Texts as they were written; what they mean is in app/capture.cpp.
struct CaptureVerbOptions {
    std::string url;
    std::string span = "10s";
    std::string most = "64MiB";  ///< from the server
    std::string output;
    bool json = false;
};

struct WindowOptions {
    std::string scenario = "demo";
};

enum class Verb { none, window, simulate, replay, tune, inspect, capture, screenshot };

/// What the program was asked to do. With Verb::none everything is said and `exitCode` is left:
/// 0 after --help and --version, 2 after wrong usage.
struct CommandLine {
    Verb verb = Verb::none;
    int exitCode = 0;
    SimulateOptions simulate;
    ReplayVerbOptions replay;
    TuneVerbOptions tune;
    InspectVerbOptions inspect;
    CaptureVerbOptions capture;
    ScreenshotOptions screenshot;
    WindowOptions window;
};

/// Reads the arguments; prints help and complaints itself.
CommandLine parseCommandLine(int argc, char** argv);

}  // namespace cachescope::app
