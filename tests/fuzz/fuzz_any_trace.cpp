// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A file from anywhere, whose format is found by itself; compressed files are among the seeds.

#include "tests/fuzz/fuzz_trace.h"

using namespace cachescope;
using namespace cachescope::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    readAsTrace(data, size, {});
    return 0;
}
