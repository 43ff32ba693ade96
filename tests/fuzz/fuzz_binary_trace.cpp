// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Bytes from anywhere, read as each of the binary formats.

#include "tests/fuzz/fuzz_trace.h"

using namespace cachescope;
using namespace cachescope::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    TraceReadOptions options;
    for (const TraceFormat format : {TraceFormat::oracleGeneral, TraceFormat::twr}) {
        options.format = format;
        readAsTrace(data, size, options);
    }
    return 0;
}
