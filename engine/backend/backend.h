// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/bytes.h"
#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/core/shared_bytes.h"

namespace cachescope {

/// A cached value and what the cache knows about it.
struct Entry {
    Bytes value;
    TimePoint created{};         ///< when its load ended
    TimePoint expires = kNever;  ///< the last moment at which it may be served
    std::uint64_t version = 0;   ///< the origin's data version, 0 where there is none
    Duration loadCost{};         ///< how long its load took
    /// What the cache in front notes beside the value (entry_notes.h). Backends keep it as it is.
    SharedBytes notes{};
    /// Which of several levels had it, 0 the first. Not stored.
    std::uint8_t level = 0;

    /// Redis's rule: an entry is alive up to and including its deadline.
    bool expiredAt(TimePoint now) const noexcept { return now > expires; }
};

/// Why an entry left a backend. Every removal has exactly one cause.
enum class RemovalCause : std::uint8_t {
    replaced,     ///< overwritten by set()
    invalidated,  ///< erase(), eraseMatching() or clear()
    expired,      ///< its deadline passed
    evicted,      ///< a bound was reached
    remote,       ///< another client or the server took it away
};

struct Removal {
    std::string_view key;  ///< valid during the call only
    RemovalCause cause;
    TimePoint created{};
    TimePoint expires = kNever;
};

/// Called by the thread that causes or finds the removal, perhaps with a lock of the backend held:
/// it must be quick and must not call the backend.
using RemovalListener = std::function<void(const Removal&)>;

/// What a backend can do, for menus and for callers that must choose.
struct BackendCapabilities {
    bool persistent = false;  ///< entries survive the end of the process
    bool shared = false;      ///< other processes see the same entries
    bool remote = false;      ///< calls do I/O that may fail or take long
    bool evicts = false;      ///< bounds itself by capacity (entries or bytes)
    bool policies = false;    ///< the eviction policy can be chosen
    bool touches = false;     ///< has touch()
    bool leases = false;      ///< has leases
};

struct BackendStat {
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;       ///< keys, values and the backend's overhead, as far as known
    std::uint64_t maxEntries = 0;  ///< 0: no bound
    std::uint64_t maxBytes = 0;    ///< 0: no bound
};

struct ScannedKey {
    std::string key;
    TimePoint created{};
    TimePoint expires = kNever;
    std::uint64_t bytes = 0;  ///< size of the value
};

/// One page of a scan. An empty page does not mean the end; an empty `next` does.
struct ScanPage {
    std::vector<ScannedKey> keys;
    std::string next;
};

/// One of several entries to be set.
struct KeyedEntry {
    std::string_view key;  ///< valid during the call only
    Entry entry;
};

/// The protocol of a cache backend: bytes by key, with a deadline.
///
/// The promises that every backend keeps, and that tests/engine/backend_conformance.h checks on all
/// of them: get() never returns an entry past its deadline; a key is any string of bytes, the empty
/// one and 64 KiB included; values are binary-safe and may be empty; what set() stored, get()
/// returns unchanged until it is removed for one of the causes; no call throws; no call waits
/// longer than the backend's time-out. All calls may come from any thread at the same time. A
/// backend does not load, does not coalesce and does not know about staleness: that is the Cache in
/// front of it.
class Backend {
public:
    virtual ~Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;

    /// The URL this backend was made from, without a password.
    virtual std::string url() const = 0;
    virtual BackendCapabilities capabilities() const = 0;

    /// The live entry, or nothing. A failure means "unknown", not "absent".
    virtual Result<std::optional<Entry>> get(std::string_view key) = 0;

    /// Stores, replacing what was there. An entry already past its deadline is not stored, and what
    /// was there is removed.
    virtual Result<void> set(std::string_view key, const Entry& entry) = 0;

    /// As many get() as there are keys, in their order; where calls are round trips, in few of them
    /// at a time. Fails as a whole. The default asks for one after the other.
    virtual Result<std::vector<std::optional<Entry>>> getMany(std::span<const std::string> keys);

    /// As many set() as there are entries, in their order, and what came of each. Not all at one
    /// moment: others may see some of them before the rest. The default sets one after the other.
    virtual std::vector<Result<void>> setMany(std::span<const KeyedEntry> entries);

    /// Whether there was a live entry to remove.
    virtual Result<bool> erase(std::string_view key) = 0;

    /// Removes every entry of this backend (of its prefix or directory, never more); how many.
    virtual Result<std::uint64_t> clear() = 0;

    /// Keys that match a Redis glob, from `cursor` on (empty: from the start), about `limit` keys
    /// looked at per call. Every key that is there from the first to the last call is returned at
    /// least once; a key may be returned twice. Expired entries are left out.
    virtual Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                                  std::size_t limit) = 0;

    /// Counts as known without walking the entries.
    virtual Result<BackendStat> stat() = 0;

    /// Removes entries whose deadline has passed, at most about `limit`; how many. Returns at once
    /// when nothing is due. Whoever owns the backend calls this now and then, so that memory
    /// returns without reads.
    virtual Result<std::uint64_t> removeExpired(std::size_t limit) = 0;

    /// Removes all keys that match a Redis glob; how many. The default scans and erases.
    virtual Result<std::uint64_t> eraseMatching(std::string_view pattern);

    /// Moves the deadline of a live entry and changes nothing else of it; whether there was one.
    /// Never brings back what was removed meanwhile. unsupported where capabilities().touches is
    /// false, as by default.
    virtual Result<bool> touch(std::string_view key, TimePoint expires);

    /// A lease of a key: at most one is held at a time over all processes that share the backend,
    /// each for `span` of real time at most. The token of the new holder, larger than any earlier
    /// holder's, or nothing while another holds it. unsupported where capabilities().leases is
    /// false, as all three by default.
    virtual Result<std::optional<std::uint64_t>> acquireLease(std::string_view key, Duration span);
    /// Stores and ends the lease, unless it is no longer the holder of `token` who asks; whether it
    /// was stored. So a holder who fell asleep cannot overwrite what came after him.
    virtual Result<bool> setAndRelease(std::string_view key, const Entry& entry,
                                       std::uint64_t token);
    /// Ends the lease without a value, if it is still that of `token`.
    virtual Result<void> releaseLease(std::string_view key, std::uint64_t token);

    /// Makes sure that all that was set before is where it should be. The default does nothing.
    virtual Result<void> flush() { return {}; }

    /// A cheap look at whether the backend can serve at this moment. The default says yes.
    virtual Result<void> check() { return {}; }

    /// The backend that this one stands in front of, or null; for who counts what guards do.
    virtual Backend* below() noexcept { return nullptr; }

    /// Before the first use, and once: concurrent calls do not expect it to change.
    virtual void setRemovalListener(RemovalListener listener) = 0;

protected:
    Backend() = default;
};

}  // namespace cachescope
