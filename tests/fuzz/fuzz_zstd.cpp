// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/stream_promises.h"

using namespace cachescope;
using namespace cachescope::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    promiseSameBytes([](auto bytes) { return openZstd(std::move(bytes)); }, textOf(data, size));
    return 0;
}
