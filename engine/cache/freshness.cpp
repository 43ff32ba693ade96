// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/freshness.h"

#include <algorithm>
#include <cmath>

namespace cachescope::freshness {

namespace {

// Earlier than its end by a random span that grows with the cost of the load.
bool loadsEarly(const Entry& entry, TimePoint until, const CacheOptions& options, TimePoint now,
                double chance) noexcept {
    if (options.xfetchBeta <= 0 || until == kNever) {
        return false;
    }
    const double ahead =
        static_cast<double>(entry.loadCost.count()) * options.xfetchBeta * -std::log(chance);
    return static_cast<double>((until - now).count()) <= ahead;
}

bool isDueForRefresh(const Entry& entry, TimePoint until, const CacheOptions& options,
                     TimePoint now) noexcept {
    if (options.refreshAfter <= 0 || until == kNever) {
        return false;
    }
    const auto ttl = static_cast<double>((until - entry.created).count());
    return static_cast<double>((now - entry.created).count()) > options.refreshAfter * ttl;
}

}  // namespace

Verdict judge(const Entry& entry, const EntryNotes& notes, const CacheOptions& options,
              TimePoint now, double chance) noexcept {
    if (notes.damaged || entry.expiredAt(now)) {
        return Verdict::gone;
    }
    const TimePoint until = freshUntil(entry, notes);
    if (notes.failure) {
        return now <= until ? Verdict::serve : Verdict::gone;  // it is kept so that nobody asks
    }
    if (now <= until) {
        if (isDueForRefresh(entry, until, options, now)) {
            return Verdict::serveAndRefresh;
        }
        return loadsEarly(entry, until, options, now, chance) ? Verdict::load : Verdict::serve;
    }
    if (now <= deadlineAfter(until, options.staleWhileRevalidate)) {
        return Verdict::serveAndRefresh;
    }
    return now <= fallbackUntil(entry, notes, options) ? Verdict::load : Verdict::gone;
}

TimePoint fallbackUntil(const Entry& entry, const EntryNotes& notes,
                        const CacheOptions& options) noexcept {
    return deadlineAfter(freshUntil(entry, notes), options.grace());
}

std::optional<Duration> shortened(std::optional<Duration> ttl, double jitter,
                                  double chance) noexcept {
    if (!ttl || jitter <= 0) {
        return ttl;
    }
    const double left = static_cast<double>(ttl->count()) * (1 - jitter * chance);
    // Never none at all, which would mean not to store it.
    return std::clamp(Duration{static_cast<std::int64_t>(left)}, std::min(*ttl, Duration{1}), *ttl);
}

TimePoint slidTo(const Entry& entry, const EntryNotes& notes, const CacheOptions& options,
                 TimePoint now, double chance) noexcept {
    if (!options.sliding || !options.ttl || notes.until || notes.absent || notes.failure ||
        entry.expires == kNever) {
        return entry.expires;
    }
    TimePoint until = deadlineAfter(now, *shortened(options.ttl, options.jitter, chance));
    if (options.maxAge) {
        until = std::min(until, deadlineAfter(entry.created, *options.maxAge));
    }
    return std::max(entry.expires, deadlineAfter(until, notes.grace));
}

}  // namespace cachescope::freshness
