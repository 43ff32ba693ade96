// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A trace from anywhere: whatever is accepted is a trace, as Trace describes it.

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "engine/trace/trace.h"
#include "tests/fuzz/fuzz.h"

using namespace cachescope;
using namespace cachescope::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const int file = memfd_create("trace", MFD_CLOEXEC);
    static const std::string path = "/proc/self/fd/" + std::to_string(file);
    promise(ftruncate(file, 0) == 0);
    promise(pwrite(file, data, size, 0) == static_cast<ssize_t>(size));

    const auto reading = readCsvTrace(path);
    if (!reading.ok()) {
        return 0;
    }
    const Trace& trace = reading->trace;
    promise(trace.size() != 0);
    promise(trace.times.size() == trace.size() && trace.sizes.size() == trace.size() &&
            trace.operations.size() == trace.size());
    promise((reading->skipped == 0) == (reading->firstSkipped == 0));
    Duration last{};
    std::uint32_t known = 0;
    for (std::size_t i = 0; i < trace.size(); ++i) {
        promise(trace.times[i] >= last);
        last = trace.times[i];
        promise(trace.keys[i] <= known);
        known += trace.keys[i] == known ? 1U : 0U;
    }
    promise(known == trace.keyNames.size());
    return 0;
}
