// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A text from anywhere, read as CSV: by its column names, and by the numbers of its columns.

#include "tests/fuzz/fuzz_trace.h"

using namespace cachescope;
using namespace cachescope::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    TraceReadOptions options;
    options.format = TraceFormat::csv;
    readAsTrace(data, size, options);
    options.columns.key = "2";
    options.columns.time = "1";
    options.columns.ttl = "3";
    options.columns.count = "4";
    readAsTrace(data, size, options);
    return 0;
}
