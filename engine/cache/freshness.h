// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/backend/backend.h"
#include "engine/cache/cache_options.h"
#include "engine/cache/entry_notes.h"

namespace cachescope {

/// What is to be done with an entry that was found.
enum class Verdict : std::uint8_t {
    serve,            ///< it is fresh
    serveAndRefresh,  ///< serve it, and begin a load in the background
    load,             ///< load, and serve it only if the load fails or takes too long
    gone,             ///< as if nothing had been found
};

/// Decides what an entry is good for at a moment: the one place that knows what fresh, stale and
/// expired mean. Pure functions; any thread.
namespace freshness {

/// The last moment at which the entry is fresh.
inline TimePoint freshUntil(const Entry& entry, const EntryNotes& notes) noexcept {
    const TimePoint until = entry.expires == kNever ? kNever : entry.expires - notes.grace;
    return notes.until && *notes.until < until ? *notes.until : until;
}

/// `chance` is a random number in (0, 1] that XFetch decides by.
Verdict judge(const Entry& entry, const EntryNotes& notes, const CacheOptions& options,
              TimePoint now, double chance) noexcept;

/// The last moment at which the entry may stand in for a load that failed or is slow.
TimePoint fallbackUntil(const Entry& entry, const EntryNotes& notes,
                        const CacheOptions& options) noexcept;

/// The TTL of what was loaded, less jitter; `chance` is in [0, 1).
std::optional<Duration> shortened(std::optional<Duration> ttl, double jitter,
                                  double chance) noexcept;

/// Where a hit moves the deadline of an entry whose TTL slides; the present deadline where it does
/// not move.
TimePoint slidTo(const Entry& entry, const EntryNotes& notes, const CacheOptions& options,
                 TimePoint now, double chance) noexcept;

}  // namespace freshness

}  // namespace cachescope
