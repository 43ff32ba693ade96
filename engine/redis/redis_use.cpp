// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_use.h"

namespace cachescope {

RedisUse::Counters RedisUse::counters() const noexcept {
    const auto read = [](const auto& counter) { return counter.load(std::memory_order_relaxed); };
    return {read(m_commands),  read(m_replies),       read(m_errors),          read(m_failures),
            read(m_bytesSent), read(m_bytesReceived), Duration{read(m_waited)}};
}

}  // namespace cachescope
