// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/redis/redis_client.h"
#include "engine/redis/redis_entry.h"

namespace cachescope {

/// The keys of a server that begin with one prefix, and the entries (redis_entry.h) under them.
///
/// Takes and gives keys without the prefix, and never reaches a key outside it. Each call is one
/// round trip, however many keys it is for, and ends at its deadline (on the client's clock). Keys
/// are removed with UNLINK, one command each, so that a page may lie on several servers. Any
/// thread.
class RedisKeySpace {
public:
    enum class Sizes : std::uint8_t { no, yes };

    struct Page {
        std::vector<std::string> keys;
        std::string next;  ///< cursor of the next page, empty at the end
    };
    struct Header {
        std::optional<Entry> entry;  ///< without its value; nothing when there is none of ours
        std::uint64_t bytes = 0;     ///< size of the value, when asked for
    };

    /// `client` must outlive this.
    RedisKeySpace(RedisClient& client, std::string prefix)
        : m_client(client), m_prefix(std::move(prefix)) {}

    std::string fullKey(std::string_view key) const;

    /// One SCAN that looks at about `count` keys of the server and keeps those that match a glob.
    /// outOfRange for a cursor that no page gave.
    Result<Page> scan(const std::string& cursor, std::string_view pattern, std::size_t count,
                      TimePoint deadline);

    /// What stands at each key. A value of another kind is no entry, and no error.
    Result<std::vector<Header>> readHeaders(const std::vector<std::string>& keys, Sizes sizes,
                                            TimePoint deadline);

    /// Removes the keys, whatever is there; which of them were there.
    Result<std::vector<bool>> unlink(const std::vector<std::string>& keys, TimePoint deadline);

    /// Reads one key's header and removes the key, in this order.
    struct Unlinked {
        std::optional<Entry> entry;
        bool wasThere = false;
    };
    /// `also` is another key of the server that goes first, whatever it is; empty for none.
    Result<Unlinked> unlinkWithHeader(std::string_view key, const std::string& also,
                                      TimePoint deadline);

    /// Moves the deadline of an entry that is alive at `now`, in one step of the server and without
    /// its value going over the line. `serverTtl` is in milliseconds; nothing: it stays for ever.
    /// What the header was before, alive or not; nothing when there is no entry.
    struct Touch {
        TimePoint now{};
        TimePoint expires = kNever;
        std::optional<std::int64_t> serverTtl;
    };
    Result<std::optional<Entry>> touch(std::string_view key, const Touch& touch,
                                       TimePoint deadline);

private:
    Result<std::optional<RedisEntryHeader>> headerFrom(const RedisReply& reply) const;

    RedisClient& m_client;
    const std::string m_prefix;
};

}  // namespace cachescope
