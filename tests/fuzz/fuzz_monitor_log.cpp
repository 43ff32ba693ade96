// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A text from anywhere, read as what MONITOR of Redis prints. A line that is understood has words,
// and no time before 1970.

#include "engine/trace/monitor_line.h"
#include "tests/fuzz/fuzz_trace.h"

using namespace cachescope;
using namespace cachescope::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    MonitorLine line;
    if (parseMonitorLine(textOf(data, size), line)) {
        promise(!line.words.empty() && line.words.size() == line.sizes.size());
        promise(line.time >= Duration::zero() && line.database >= 0);
        for (std::size_t i = 0; i < line.words.size(); ++i) {
            promise(line.words[i].size() <= line.sizes[i]);
            promise(line.words[i].size() <= MonitorLine::kLongestWord);
        }
    }
    TraceReadOptions options;
    options.format = TraceFormat::monitor;
    readAsTrace(data, size, options);
    return 0;
}
