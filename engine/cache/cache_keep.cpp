// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The part of Cache that stores what a load gave, or the news that it failed.

#include <algorithm>

#include "engine/cache/cache.h"
#include "engine/cache/flight_table.h"
#include "engine/cache/mark_table.h"

namespace cachescope {

Result<Fetched> Cache::keep(Flight& flight, Loaded loaded, TimePoint now) {
    Kept kept = prepared(flight, std::move(loaded), now);
    kept.fetched.kept = kept.wanted && store(flight, kept.fetched.entry);
    releaseLease(flight);
    return std::move(kept.fetched);
}

Cache::Kept Cache::prepared(const Flight& flight, Loaded loaded, TimePoint now) {
    const CacheOptions& options = flight.options;
    auto ttl = loaded.ttl ? loaded.ttl : options.ttl;
    if (loaded.absent && !loaded.ttl && options.negativeTtl) {
        ttl = options.negativeTtl;
    }
    if (options.sliding && options.maxAge && ttl) {
        ttl = std::min(*ttl, *options.maxAge);  // the load may have asked for more
    }
    const bool wanted = loaded.store && (!ttl || *ttl > Duration::zero());
    ttl = freshness::shortened(ttl, options.jitter, options.jitter > 0 ? chance() : 0);

    EntryNotes notes;
    notes.grace = ttl ? options.grace() : Duration::zero();
    notes.absent = loaded.absent;
    if (options.sliding && ttl && (loaded.ttl || loaded.absent)) {
        notes.until = deadlineAfter(now, *ttl);
    }
    notes.marked = options.marked;
    std::vector<std::string> names;
    const auto name = [&names](const std::vector<std::string>& tags) {
        for (const std::string& tag : tags) {
            names.push_back('t' + tag);
        }
    };
    name(options.tags);
    name(loaded.tags);
    if (!options.space.empty()) {
        names.push_back('s' + options.space);
    }
    notes.tags.assign(names.begin(), names.end());

    Kept kept;
    kept.wanted = wanted;
    Fetched& fetched = kept.fetched;
    fetched.source = Source::loaded;
    fetched.absent = loaded.absent;
    Entry& entry = fetched.entry;
    entry.value = std::move(loaded.value);
    entry.version = loaded.version;
    entry.created = now;
    entry.loadCost = now - flight.begun;
    entry.expires = ttl ? deadlineAfter(deadlineAfter(now, *ttl), notes.grace) : kNever;
    entry.notes = notes.encode();
    return kept;
}

void Cache::keepFailure(Flight& flight, const Error& failure, TimePoint now) {
    const CacheOptions& options = flight.options;
    const bool cancelled = failure.code() == ErrorCode::cancelled;
    if (flight.fallbacks || flight.cause == LoadCause::refresh) {
        if (options.retryAfter > Duration::zero() && !cancelled) {
            m_flights->noteFailure(flight.key, deadlineAfter(now, options.retryAfter), now);
        }
    } else if (options.errorTtl > Duration::zero() && !cancelled && !mayHaveValue(flight.key)) {
        EntryNotes notes;
        notes.failure = true;
        if (options.sliding) {
            notes.until = deadlineAfter(now, options.errorTtl);
        }
        Entry entry;
        entry.value = Bytes{failure.detail()};
        entry.created = now;
        entry.loadCost = now - flight.begun;
        entry.expires = deadlineAfter(now, options.errorTtl);
        entry.notes = notes.encode();
        (void)store(flight, entry);
    }
    releaseLease(flight);
}

// What another load has stored meanwhile, or what could not be read when this one began, is worth
// more than the news of a failure.
bool Cache::mayHaveValue(std::string_view key) {
    const auto stored = m_backend->get(key);
    if (!noted(stored).ok()) {
        return true;
    }
    if (!*stored) {
        return false;
    }
    const EntryNotes notes = EntryNotes::decode((*stored)->notes.view());
    return !notes.failure && !notes.damaged && !m_marks->voids(**stored, notes);
}

bool Cache::store(Flight& flight, const Entry& entry) {
    if (!m_flights->beginStore(flight)) {
        return false;
    }
    bool stored = false;
    if (const auto lease = std::exchange(flight.lease, std::nullopt)) {
        const auto fenced = m_backend->setAndRelease(flight.key, entry, *lease);
        stored = noted(fenced).ok() && *fenced;
    } else {
        stored = noted(m_backend->set(flight.key, entry)).ok();
    }
    return settleStore(flight, stored);
}

bool Cache::settleStore(Flight& flight, bool stored) {
    if (stored) {
        m_stats.count(Counter::fills);
    }
    // invalidate() first marks the flight and then erases. If the mark came while we stored, its
    // erase may have come too early to see our value.
    if (flight.invalidated) {
        if (!noted(m_backend->erase(flight.key)).ok()) {
            m_flights->noteLeftover(flight);
        }
        return false;
    }
    return stored;
}

void Cache::releaseLease(Flight& flight) {
    if (const auto lease = std::exchange(flight.lease, std::nullopt)) {
        (void)noted(m_backend->releaseLease(flight.key, *lease));
    }
}

}  // namespace cachescope
