// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/session_opener.h"

#include <utility>

#include "engine/redis/redis_connection.h"
#include "engine/redis/stoppable_waits.h"

namespace cachescope {

SessionOpener::SessionOpener(RedisAddress address, TimePoint deadline, const Clock& clock,
                             const WakeUp& ended)
    : m_worker("redis-connect", [this, address = std::move(address), deadline, &clock, &ended](
                                    Worker&, const std::stop_token& stop) {
          const StoppableWaits waits{stop};
          auto made = RedisConnection::open(address, deadline, clock);
          m_result = made ? Result<std::unique_ptr<ByteStream>>{(*made)->takeStream()}
                          : Result<std::unique_ptr<ByteStream>>{made.error()};
          m_ended.store(true, std::memory_order_release);
          ended.notify();
      }) {}

}  // namespace cachescope
