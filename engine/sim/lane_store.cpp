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
    config.timeout = kTimeout;

    const BackendKind* kind = context.registry->find(url->scheme);
    // A lane that changes its backend keeps options that only the former one knew.
    if (kind != nullptr && kind->capabilities.evicts) {
        config.maxEntries = spec.capacity;
    }
    if (kind != nullptr && kind->capabilities.policies) {
        config.policy = spec.policy;
    }
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
