// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <string>

#include "engine/backend/backend_registry.h"
#include "engine/sim/lane.h"

namespace cachescope::sim {

/// Which lanes of a run use one place together, so that whoever leaves it last can empty it. One
/// thread.
class StoreUsers {
public:
    using Seat = std::shared_ptr<const std::string>;

    Seat join(const LaneSpec& spec);
    static bool isLast(const Seat& seat) noexcept { return seat.use_count() <= 1; }

private:
    std::map<std::string, std::weak_ptr<const std::string>> m_places;
};

/// Makes the backend of a lane, confined to a place of its own, or of the lanes with its `store`: a
/// prefix in a shared store, a folder under a given path or under the run's scratch directory.
/// Parameters of the URL are honoured, but a prefix or path given there is only the outer part of
/// the lane's own.
Result<std::unique_ptr<Backend>> openLaneBackend(const LaneSpec& spec, LaneId id,
                                                 const LaneContext& context);

/// Removes the folder that openLaneBackend() made for a lane, if it made one. The backends of all
/// lanes in it must be closed.
void removeLaneFolder(const LaneSpec& spec, LaneId id, const LaneContext& context);

}  // namespace cachescope::sim
