// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unistd.h>
#include <iostream>
#include <mutex>
#include <string>

#include "engine/core/clock.h"
#include "engine/core/error.h"
#include "engine/trace/trace_reader.h"

namespace cachescope::app {

/// One line on standard error that redraws itself on a terminal; elsewhere it says nothing. Gone
/// with the object. Any thread may show.
class ProgressLine {
public:
    ProgressLine() : m_terminal(::isatty(STDERR_FILENO) == 1) {}
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    template <class MakeText>
    void show(MakeText makeText) {
        if (!m_terminal) {
            return;
        }
        const std::lock_guard lock(m_mutex);
        const TimePoint now = SystemClock::instance().now();
        if (now >= m_next) {
            m_next = now + std::chrono::milliseconds{100};
            m_drawn = true;
            std::cerr << "\r\x1b[K" << makeText() << std::flush;
        }
    }
    void clear() {
        if (m_drawn) {
            std::cerr << "\r\x1b[K" << std::flush;
            m_drawn = false;
        }
    }

private:
    bool m_terminal;
    std::mutex m_mutex;
    TimePoint m_next{};
    bool m_drawn = false;
};

/// What the options --format and --columns mean. Errors: unsupported where they do not fit
/// together, and those of parseTraceColumns().
Result<TraceReadOptions> traceReadOptions(const std::string& format, const std::string& columns);

/// Reads a trace with a line of progress, until somebody interrupts.
Result<TraceReading> readTraceFile(const std::string& file, TraceReadOptions options);

/// Says on standard error what was left out of a trace, if anything was.
void printTraceNote(const std::string& file, const TraceReading& reading);

/// One line on standard error; returns the exit code.
int printFailure(const Error& error, int exitCode);

}  // namespace cachescope::app
