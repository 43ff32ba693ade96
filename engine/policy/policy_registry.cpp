// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/policy/policy_registry.h"

#include <algorithm>

#include "engine/policy/builtin_policies.h"

namespace cachescope {

void PolicyRegistry::add(PolicyKind kind) {
    const auto same = std::find_if(m_kinds.begin(), m_kinds.end(),
                                   [&](const PolicyKind& k) { return k.name == kind.name; });
    if (same != m_kinds.end()) {
        *same = std::move(kind);
    } else {
        m_kinds.push_back(std::move(kind));
    }
}

const PolicyKind* PolicyRegistry::find(std::string_view name) const noexcept {
    const auto found = std::find_if(m_kinds.begin(), m_kinds.end(), [&](const PolicyKind& k) {
        return name.empty() || k.name == name;
    });
    return found == m_kinds.end() ? nullptr : &*found;
}

Result<std::unique_ptr<EvictionPolicy>> PolicyRegistry::create(std::string_view name) const {
    const PolicyKind* kind = find(name);
    if (kind != nullptr && kind->worksInBackends()) {
        return kind->make();
    }
    std::string possible;
    for (const PolicyKind& other : m_kinds) {
        if (other.worksInBackends()) {
            possible += (possible.empty() ? "" : ", ") + other.name;
        }
    }
    return Error{kind == nullptr ? ErrorCode::unknownName : ErrorCode::unsupported,
                 std::string{name}, possible};
}

const PolicyRegistry& PolicyRegistry::builtin() {
    static const PolicyRegistry registry = [] {
        PolicyRegistry filled;
        filled.add(s3ClockPolicy());  // the first is the default
        filled.add(s3FifoPolicy());
        filled.add(wTinyLfuPolicy());
        filled.add(sievePolicy());
        filled.add(lruPolicy());
        filled.add(clockPolicy());
        filled.add(fifoPolicy());
        filled.add(lfuPolicy());
        filled.add(slruPolicy());
        filled.add(s4lruPolicy());
        filled.add(twoQueuePolicy());
        filled.add(arcPolicy());
        filled.add(lirsPolicy());
        filled.add(wTinyLfuFixedPolicy());
        filled.add(randomPolicy());
        filled.add(beladyPolicy());
        return filled;
    }();
    return registry;
}

}  // namespace cachescope
