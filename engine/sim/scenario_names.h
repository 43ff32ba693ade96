// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

namespace cachescope::sim {

/// How a scenario file calls the values of the enumerations, in their order: one list for the
/// reader and the writer.
inline const std::vector<std::string_view> kArrivalNames{"poisson", "constant"};
inline const std::vector<std::string_view> kPopularityNames{"zipf", "uniform", "hot-set"};
inline const std::vector<std::string_view> kLatencyNames{"constant", "log-normal", "bimodal"};
inline const std::vector<std::string_view> kTimingNames{"automatic", "simulated", "measured"};

}  // namespace cachescope::sim
