// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/redis/redis_address.h"
#include "engine/redis/redis_reply.h"

namespace cachescope {

inline constexpr std::size_t kRedisSlots = 16384;

/// The part of a key that decides on its slot: what stands between its first brace and the next
/// closing one, or all of it where there is no such pair or nothing in between.
std::string_view hashedPart(std::string_view key) noexcept;

/// The slot of a key: CRC16 (polynomial 0x1021, begun with 0) of the hashed part, modulo 16384.
std::size_t slotOf(std::string_view key) noexcept;

/// A short text, without braces, whose slot is `slot`. In braces, at the first brace of a key's
/// name, it takes the key there.
const std::string& tagOfSlot(std::size_t slot);

/// How a prefix of keys decides on their slots in a cluster.
enum class PrefixTag : std::uint8_t {
    none,      ///< not at all: the rest of the key decides
    complete,  ///< alone: all keys lie in one slot
    broken,    ///< a brace that opens and does not close, or nothing in between
};
PrefixTag tagOfPrefix(std::string_view prefix) noexcept;

/// Where a server of a cluster is, as the cluster says.
struct ClusterEndpoint {
    std::string host;
    int port = 0;

    std::string toText() const;
    bool operator==(const ClusterEndpoint&) const = default;
};

/// Which servers of a cluster have which slots, as one of them has told.
///
/// A value type; any thread. It says what was true for the one that was asked at that time. Slots
/// may be without a server.
class SlotMap {
public:
    struct Shard {
        ClusterEndpoint primary;
        std::vector<ClusterEndpoint> replicas;
    };

    /// From the reply to CLUSTER SLOTS; `asked` is who gave it, for servers that do not know their
    /// own address. notThisProtocol for anything else, the server's error for an error, unavailable
    /// when no slot has a server. Ranges and servers that make no sense are left out.
    static Result<SlotMap> fromReply(const RedisReply& reply, const ClusterEndpoint& asked);

    SlotMap() { m_shardOf.fill(kNoShard); }

    /// Null when nobody has the slot.
    const Shard* shardOf(std::size_t slot) const noexcept;
    /// In the order of their first slots.
    const std::vector<Shard>& shards() const noexcept { return m_shards; }
    /// How many slots have a server.
    std::size_t covered() const noexcept;

    /// Notes that a slot has moved.
    void move(std::size_t slot, const ClusterEndpoint& to);

    /// Differs when slots or primaries do.
    std::uint64_t fingerprint() const;

private:
    static constexpr std::uint16_t kNoShard = 0xffff;

    std::size_t shardWith(const ClusterEndpoint& primary);

    std::vector<Shard> m_shards;
    std::array<std::uint16_t, kRedisSlots> m_shardOf{};
};

}  // namespace cachescope
