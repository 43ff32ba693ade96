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

/// Describes a policy that only replays can run, because it knows the future. `Policy` need not be
/// an EvictionPolicy.
template <class Policy>
PolicyKind offlinePolicyKind(std::string name, std::string title) {
    PolicyKind kind;
    kind.name = std::move(name);
    kind.title = std::move(title);
    kind.replay = replayWith<Policy>;
    return kind;
}

}  // namespace cachescope
