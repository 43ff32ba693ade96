// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/redis/redis_address.h"
#include "engine/redis/redis_reply.h"
#include "engine/redis/redis_target.h"

namespace cachescope {

/// Asks sentinels where the primary is, and the primary whether it is one.
///
/// The sentinels of the target are asked in turn until one names a server that says it is a primary
/// (or may not say what it is); that sentinel is the first to be asked the next time, and the
/// others that it knows are added. So neither a sentinel that is gone nor one that is behind the
/// times stands in the way. One thread at a time.
class PrimaryFinder {
public:
    /// `target` must be of sentinels. `clock` must outlive this and run in real time.
    PrimaryFinder(const RedisTarget& target, const Clock& clock);

    /// As RedisConnection::open() fails, for the last sentinel or the primary; notFound where a
    /// sentinel does not know the name, readOnly for a server that is no primary (any more).
    Result<RedisAddress> find(TimePoint deadline);

    const std::vector<RedisAddress>& sentinels() const noexcept { return m_sentinels; }

private:
    Result<RedisAddress> askOne(const RedisAddress& sentinel, TimePoint deadline);
    Result<void> checkRole(const RedisAddress& primary, TimePoint deadline) const;
    void learn(const RedisReply& others);

    const std::string m_name;
    const RedisAddress m_servers;  // login, database and TLS of those with the data
    RedisAddress m_common;         // the same of sentinels
    std::vector<RedisAddress> m_sentinels;
    const Clock& m_clock;
};

}  // namespace cachescope
