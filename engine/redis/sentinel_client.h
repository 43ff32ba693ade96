// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/redis/primary_finder.h"
#include "engine/redis/redis_client.h"
#include "engine/redis/redis_pool.h"

namespace cachescope {

/// The RedisClient of the primary that sentinels name, whichever it is at the time.
///
/// The sentinels are asked at the first call, and again, by one thread for all and at most every
/// kAskEvery, when the primary cannot be reached, says that it may not write or is not ready. What
/// it refused so was not carried out, and is sent again; what was lost with a connection is if it
/// may be repeated. Both go on up to the deadline, so that a call with a long one lasts through a
/// failover; one with a short one ends with the last failure, and later ones find the new primary.
/// A primary that nobody can tell from a former one, for want of sentinels, goes on being used. Any
/// thread.
class SentinelClient final : public RedisClient {
public:
    static constexpr Duration kAskEvery = std::chrono::milliseconds{100};

    /// `target` must be of sentinels.
    SentinelClient(RedisTarget target, RedisClientOptions options);

    using RedisClient::callAll;
    Result<std::vector<RedisReply>> callAll(std::span<const RedisCommand> commands,
                                            RedisRepeat repeat, TimePoint deadline) override;
    Result<ScanPage> scan(const std::string& cursor, const std::string& match, std::size_t count,
                          TimePoint deadline) override;
    std::string tagFor(std::string_view) const override { return {}; }
    RedisCounters counters() const override;

private:
    using Pool = std::shared_ptr<RedisPool>;

    Result<Pool> primary(TimePoint deadline);
    void doubt(const Pool& pool);
    bool waitForAnother(TimePoint deadline);

    PrimaryFinder m_finder;  // of who is asking

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    Pool m_pool;
    bool m_doubted = false;
    bool m_asking = false;
    std::optional<TimePoint> m_asked;
    std::optional<Error> m_failure;  // of the last question
    RedisCounters m_gone;            // of former primaries
};

}  // namespace cachescope
