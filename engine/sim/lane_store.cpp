// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/lane_store.h"

namespace cachescope::sim {

namespace {

constexpr Duration kTimeout = std::chrono::milliseconds{250};

}  // namespace

Result<std::unique_ptr<Backend>> openLaneBackend(const LaneSpec& spec, LaneId id,
                                                 const LaneContext& context) {
    auto url = BackendUrl::parse(spec.backend);
    if (!url) {
        return url.error();
    }
    const std::string own = "lab-" + context.runId + "-lane-" + std::to_string(id);
    BackendConfig config;
    config.clock = context.clock;
    config.maxEntries = spec.capacity;
    config.policy = spec.policy;
    config.timeout = kTimeout;

    const BackendKind* kind = context.registry->find(url->scheme);
    if (kind != nullptr && kind->capabilities.remote) {
        auto outer = url->parameters.find("prefix");
        config.prefix = outer == url->parameters.end() ? "cachescope:" : outer->second;
        config.prefix += own + ':';
        url->parameters.erase("prefix");
    } else if (kind != nullptr && kind->capabilities.persistent) {
        const std::string outer = url->path.empty() ? context.scratchDirectory : url->path;
        url->path = outer + "/cachescope-" + own;
    }
    return context.registry->create(*url, config);
}

}  // namespace cachescope::sim
