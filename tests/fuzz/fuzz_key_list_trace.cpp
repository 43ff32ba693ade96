// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A text from anywhere, read as a key a line.

#include "tests/fuzz/fuzz_trace.h"

using namespace cachescope;
using namespace cachescope::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    TraceReadOptions options;
    options.format = TraceFormat::keys;
    readAsTrace(data, size, options);
    return 0;
}
