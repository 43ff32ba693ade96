// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/redis/redis_client.h"

namespace cachescope {

/// Leases of keys on a Redis server, as Backend::acquireLease() promises them.
///
/// A lease is a string beside the entry, `<prefix>` kMark `lease:` `<key>`, that holds the holder's
/// token and ends by the server's TTL. Tokens come from a counter, `<prefix>` kMark `leases`. Where
/// the counter is lost, with the server's data or by eviction, it begins anew at the server's time
/// in microseconds, which is ahead of any number that it can have reached. Where keys lie apart, in
/// a cluster, both names get a tag (RedisClient::tagFor()) that takes them to the entry's slot:
/// `lease:{tag}` and `leases{tag}`; a prefix that has a tag of its own does that already. Each call
/// is one script, one round trip, so that nothing comes between its steps; users need EVAL and
/// TIME. Neither kind of key has an entry's header, so none is ever taken for one. An entry whose
/// own key is such a name would stand in a lease's way until it expires; nothing worse. Any thread.
class RedisLeases {
public:
    static constexpr std::string_view kMark{"\xC5SC!"};

    /// `client` must outlive this.
    RedisLeases(RedisClient& client, std::string prefix);

    /// The full name of the key's lease, for whoever removes the key.
    std::string leaseKey(std::string_view key) const;

    /// The new holder's token, or nothing while another holds it.
    Result<std::optional<std::uint64_t>> acquire(std::string_view key, Duration span,
                                                 TimePoint deadline);

    /// What to put at `fullKey`; nothing in `stored` removes what is there.
    struct Store {
        std::string fullKey;
        std::optional<std::string> stored;
        std::optional<std::int64_t> serverTtl;  ///< milliseconds
    };
    /// Does that and ends the lease, if it is still that of `token`; whether it was.
    Result<bool> store(std::string_view key, std::uint64_t token, const Store& store,
                       TimePoint deadline);

    /// Ends the lease if it is still that of `token`.
    Result<void> release(std::string_view key, std::uint64_t token, TimePoint deadline);

    /// Whether there was ever one, as far as the server remembers.
    Result<bool> everUsed(TimePoint deadline);
    /// Ends all leases of keys that match a glob, in pages of `page` keys of the server, each
    /// within the client's time-out.
    Result<void> removeMatching(std::string_view pattern, std::size_t page);

private:
    std::string tagOf(std::string_view key) const;

    RedisClient& m_client;
    const std::string m_prefix;
    const bool m_tagged;  // whether names get tags
    const std::string m_leasePrefix;
    const std::string m_counter;
};

}  // namespace cachescope
