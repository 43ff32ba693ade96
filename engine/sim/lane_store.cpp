// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/lane_store.h"

#include <filesystem>
#include <system_error>

#include "engine/sim/lane_backend.h"

namespace cachescope::sim {

namespace {

std::string ownName(LaneId id, const LaneContext& context) {
    return "lab-" + context.runId + "-lane-" + std::to_string(id);
}

// Empty for kinds that keep nothing in a folder.
std::string ownFolder(const BackendUrl& url, LaneId id, const LaneContext& context) {
    const BackendKind* kind = context.registry->find(url.storeScheme());
    if (kind == nullptr || kind->capabilities.remote || !kind->capabilities.persistent) {
        return {};
    }
    const std::string outer = url.path.empty() ? context.scratchDirectory : url.path;
    return outer + "/cachescope-" + ownName(id, context);
}

}  // namespace

Result<std::unique_ptr<Backend>> openLaneBackend(const LaneSpec& spec, LaneId id,
                                                 const LaneContext& context) {
    auto url = BackendUrl::parse(spec.backend);
    if (!url) {
        return url.error();
    }
    BackendConfig config;
    config.clock = context.clock;
    config.timeout = kCallTimeout;

    const BackendKind* kind = context.registry->find(url->storeScheme());
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
        config.prefix += ownName(id, context) + ':';
        url->parameters.erase("prefix");
    } else if (const std::string folder = ownFolder(*url, id, context); !folder.empty()) {
        url->path = folder;
    }
    return context.registry->create(*url, config);
}

void removeLaneFolder(const LaneSpec& spec, LaneId id, const LaneContext& context) {
    const auto url = BackendUrl::parse(spec.backend);
    const std::string folder = url ? ownFolder(*url, id, context) : std::string();
    if (!folder.empty()) {
        std::error_code ignored;  // what cannot be removed is emptied already
        std::filesystem::remove_all(folder, ignored);
    }
}

}  // namespace cachescope::sim
