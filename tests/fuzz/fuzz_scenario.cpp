// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A scenario file from anywhere: whatever is accepted can be written and read back as the same.

#include "engine/sim/scenario_json.h"
#include "tests/fuzz/fuzz.h"

using namespace cachescope;
using namespace cachescope::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto scenario = sim::scenarioFromJson(textOf(data, size), "input");
    if (scenario.ok()) {
        const std::string written = sim::scenarioToJson(*scenario);
        const auto again = sim::scenarioFromJson(written, "written");
        promise(again.ok());
        promise(sim::scenarioToJson(*again) == written);
    }
    return 0;
}
