// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/core/worker.h"
#include "engine/redis/byte_stream.h"
#include "engine/redis/redis_address.h"
#include "engine/redis/wake_up.h"

namespace cachescope {

/// Makes one logged-in connection on a thread of its own, and tells when that has ended.
///
/// The destructor gives it up and joins soon, wherever the attempt stands. `clock` and `ended` must
/// live longer. Used by one thread.
class SessionOpener {
public:
    SessionOpener(RedisAddress address, TimePoint deadline, const Clock& clock,
                  const WakeUp& ended);

    bool hasEnded() const noexcept { return m_ended.load(std::memory_order_acquire); }
    /// Once, after the end. Fails as RedisConnection::open() does.
    Result<std::unique_ptr<ByteStream>> take() { return std::move(*m_result); }

private:
    std::atomic<bool> m_ended{false};
    std::optional<Result<std::unique_ptr<ByteStream>>> m_result;
    Worker m_worker;  // last: ends before what it uses
};

}  // namespace cachescope
