// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>

#include "engine/policy/policy_kind.h"
#include "engine/policy/replay_loop.h"

namespace cachescope {

/// Describes a policy from its class, or from two instances of its template: the one that a backend
/// uses, with hashed memories of evicted keys, and the one of a replay, where a key is its own
/// index.
template <class Policy, class DensePolicy = Policy>
PolicyKind policyKind(std::string name, std::string title) {
    PolicyKind kind;
    kind.name = std::move(name);
    kind.title = std::move(title);
    kind.make = []() -> std::unique_ptr<EvictionPolicy> { return std::make_unique<Policy>(); };
    kind.replay = replayWith<DensePolicy>;
    return kind;
}

}  // namespace cachescope
