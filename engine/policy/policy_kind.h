// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "engine/policy/eviction_policy.h"
#include "engine/policy/replay.h"

namespace cachescope {

/// One eviction policy as menus, URLs and the command line name it.
struct PolicyKind {
    std::string name;   ///< "s3fifo": lower case, no spaces
    std::string title;  ///< "S3-FIFO": the name in the literature, not translated
    /// For a backend; null for a policy that needs to know the future.
    std::unique_ptr<EvictionPolicy> (*make)() = nullptr;
    bool worksInBackends() const noexcept { return make != nullptr; }
    /// The same rules over dense ids.
    ReplayFunction replay = nullptr;
};

}  // namespace cachescope
