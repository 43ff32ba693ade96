// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/lane_store.h"

#include <filesystem>
#include <system_error>

#include "engine/sim/lane_backend.h"

namespace cachescope::sim {

namespace {

std::string ownName(const LaneSpec& spec, LaneId id, const LaneContext& context) {
    return "lab-" + context.runId +
           (spec.store.empty() ? "-lane-" + std::to_string(id) : "-store-" + spec.store);
}

// Empty for kinds that keep nothing in a folder.
std::string ownFolder(const BackendUrl& url, const LaneSpec& spec, LaneId id,
                      const LaneContext& context) {
    const BackendKind* kind = context.registry->find(url.storeScheme());
    if (kind == nullptr || kind->capabilities.remote || !kind->capabilities.persistent) {
        return {};
    }
    const std::string outer = url.path.empty() ? context.scratchDirectory : url.path;
    return outer + "/cachescope-" + ownName(spec, id, context);
}

}  // namespace

StoreUsers::Seat StoreUsers::join(const LaneSpec& spec) {
    std::string place = spec.store + '\n';
    if (auto url = BackendUrl::parse(spec.backend)) {
        // Copies above it are each lane's own, and so are time-outs: where it lies is what counts.
        url->scheme = url->storeScheme();
        url->lower.clear();
        std::erase_if(url->parameters, [](const auto& parameter) {
            return parameter.first != "db" && parameter.first != "prefix";
        });
        place += url->withoutPassword();
    }
    std::weak_ptr<const std::string>& users = m_places[place];
    Seat seat = users.lock();
    if (seat == nullptr) {
        seat = std::make_shared<const std::string>(place);
        users = seat;
    }
    return seat;
}

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
        config.prefix += ownName(spec, id, context) + ':';
        url->parameters.erase("prefix");
    } else if (const std::string folder = ownFolder(*url, spec, id, context); !folder.empty()) {
        url->path = folder;
    }
    return context.registry->create(*url, config);
}

void removeLaneFolder(const LaneSpec& spec, LaneId id, const LaneContext& context) {
    const auto url = BackendUrl::parse(spec.backend);
    const std::string folder = url ? ownFolder(*url, spec, id, context) : std::string();
    if (!folder.empty()) {
        std::error_code ignored;  // what cannot be removed is emptied already
        std::filesystem::remove_all(folder, ignored);
    }
}

}  // namespace cachescope::sim
