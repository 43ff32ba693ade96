// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/inspect_link.h"

#include <algorithm>
#include <utility>

#include "engine/inspect/guarded_connection.h"
#include "engine/inspect/inspected_servers.h"

namespace cachescope::inspect {

namespace {

std::shared_ptr<Guard> guardOf(const RedisAddress& address, const InspectLink* before) {
    if (before != nullptr) {
        for (const InspectLink::Server& each : before->servers()) {
            if (each.address == address) {
                return each.guard;
            }
        }
    }
    auto guard = std::make_shared<Guard>();
    if (before != nullptr && before->isUnlocked()) {
        guard->unlock();
    }
    return guard;
}

}  // namespace

Result<std::shared_ptr<InspectLink>> InspectLink::connect(const RedisTarget& target,
                                                          TimePoint deadline,
                                                          const InspectLink* before,
                                                          const Clock& clock) {
    InspectedServers inspected{target, clock};
    auto addresses = inspected.find(deadline);
    if (!addresses) {
        return addresses.error();
    }
    std::shared_ptr<InspectLink> link{new InspectLink(target)};
    for (RedisAddress& address : *addresses) {
        Server server;
        server.guard = guardOf(address, before);
        const auto connection =
            GuardedConnection::open(address, server.guard, CommandReach::observe, deadline, clock);
        if (!connection) {
            return connection.error();
        }
        auto facts = readServerFacts(**connection, deadline, clock);
        if (!facts) {
            return facts.error();
        }
        server.facts = std::move(*facts);
        RedisSessionOptions options;
        options.clock = &clock;
        server.session = std::make_unique<GuardedSession>(address, server.guard, options);
        server.address = std::move(address);
        link->m_servers.push_back(std::move(server));
    }
    return link;
}

std::vector<GuardedServer> InspectLink::guarded() const {
    std::vector<GuardedServer> all;
    all.reserve(m_servers.size());
    for (const Server& each : m_servers) {
        all.push_back({each.address, each.guard});
    }
    return all;
}

bool InspectLink::isUnlocked() const noexcept {
    return std::all_of(m_servers.begin(), m_servers.end(),
                       [](const Server& each) { return each.guard->isUnlocked(); });
}

void InspectLink::setUnlocked(bool unlocked) const noexcept {
    for (const Server& each : m_servers) {
        unlocked ? each.guard->unlock() : each.guard->lock();
    }
}

InspectLink::Own InspectLink::own() const {
    Own own;
    for (const Server& each : m_servers) {
        const Meter::Figures figures = each.guard->meter().figures();
        own.commands += figures.commands;
        own.refused += figures.refused;
        own.bytes += figures.bytesSent + figures.bytesReceived;
        own.lookUps += figures.lookUps;
    }
    return own;
}

}  // namespace cachescope::inspect
