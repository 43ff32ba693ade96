// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/policy/policy_kind.h"

namespace cachescope {

/// The eviction policies by name. A custom policy is one class and one add().
///
/// Fill it first, then use it from any thread. The first kind is the default.
class PolicyRegistry {
public:
    /// Replaces a kind of the same name.
    void add(PolicyKind kind);

    /// In the order of menus. Menus of backends offer those that worksInBackends().
    const std::vector<PolicyKind>& kinds() const noexcept { return m_kinds; }

    /// The default for an empty name; null for an unknown one.
    const PolicyKind* find(std::string_view name) const noexcept;

    /// For a backend. The default for an empty name; unknownName for a name nobody registered, and
    /// unsupported for a policy that only replays can run, both with the names that are possible as
    /// the detail.
    Result<std::unique_ptr<EvictionPolicy>> create(std::string_view name) const;

    /// Those of builtin_policies.h; s3fifo is the default.
    static const PolicyRegistry& builtin();

private:
    std::vector<PolicyKind> m_kinds;
};

}  // namespace cachescope
