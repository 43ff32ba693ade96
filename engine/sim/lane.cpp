// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/lane.h"

#include <utility>

#include "engine/sim/lane_store.h"

namespace cachescope::sim {

namespace {

// How many expired entries a lane removes between two looks at the clock: enough to keep up with
// any rate, few enough not to hold up the other lanes.
constexpr std::size_t kSweepLimit = 20'000;

StatsSnapshot sum(const StatsSnapshot& a, const StatsSnapshot& b) {
    // a - (0 - b), with the one place that knows all counters.
    return a.since(StatsSnapshot{}.since(b));
}

}  // namespace

Lane::Lane(LaneId id, LaneSpec spec, const OriginSpec& origin, LaneContext context)
    : m_id(id),
      m_spec(std::move(spec)),
      m_context(std::move(context)),
      m_origin(origin, m_context.seed, *m_context.scheduler, *m_context.clock, *m_context.data) {
    openCache();
}

Lane::~Lane() {
    close();
}

void Lane::openCache() {
    if (!m_spec.cached()) {
        return;
    }
    auto opened = openLaneBackend(m_spec, m_id, m_context);
    auto backend =
        opened ? std::make_unique<LaneBackend>(std::move(*opened), m_context.stopwatch)
               : std::make_unique<LaneBackend>(opened.error(), hidePassword(m_spec.backend));
    backend->setDown(m_backendDown);
    m_backend = backend.get();
    m_cache = std::make_unique<Cache>(std::move(backend), *m_context.clock);
    m_cache->setRemovalListener([this](const Removal& removal) {
        if (m_context.onEvent && removal.cause != RemovalCause::replaced) {
            report(removal);
        }
    });
}

void Lane::report(const Removal& removal) {
    LaneEvent event;
    event.time = m_context.clock->now();
    event.lane = m_id;
    event.key = removal.key;
    event.age = event.time - removal.created;
    switch (removal.cause) {
        case RemovalCause::expired:
            event.kind = EventKind::expired;
            event.age = removal.expires - removal.created;
            break;
        case RemovalCause::invalidated:
            event.kind = EventKind::invalidated;
            break;
        default:
            event.kind = EventKind::evicted;
            event.byOthers = removal.cause == RemovalCause::remote;
    }
    m_context.onEvent(std::move(event));
}

void Lane::closeCache() {
    m_origin.cancelAll();
    if (m_cache) {
        m_past = sum(m_past, m_cache->stats());
        m_cache.reset();
        m_backend = nullptr;
    }
}

void Lane::close() {
    if (std::exchange(m_closed, true)) {
        return;  // its number and so its folder may be another lane's by now
    }
    m_origin.cancelAll();
    if (m_cache) {
        // What lies outside would outlive the run; its removal is no invalidation of the user's.
        m_backend->setDown(false);
        m_context.onEvent = nullptr;
        (void)m_backend->clear();
    }
    closeCache();
    removeLaneFolder(m_spec, m_id, m_context);
}

void Lane::edit(LaneSpec spec) {
    const bool reopen = spec.backend != m_spec.backend || spec.capacity != m_spec.capacity ||
                        spec.policy != m_spec.policy;
    if (reopen && m_cache) {
        (void)m_backend->clear();
        closeCache();
        removeLaneFolder(m_spec, m_id, m_context);
    } else if (reopen) {
        m_origin.cancelAll();
    }
    m_spec = std::move(spec);
    if (reopen) {
        openCache();
    }
}

void Lane::restart() {
    closeCache();
    openCache();
}

void Lane::setBackendDown(bool down) {
    m_backendDown = down;
    if (m_backend != nullptr) {
        m_backend->setDown(down);
    }
}

void Lane::request(const Request& request, const KeySpace& keys) {
    std::uint32_t slot = 0;
    if (m_freePending.empty()) {
        slot = static_cast<std::uint32_t>(m_pending.size());
        m_pending.emplace_back();
    } else {
        slot = m_freePending.back();
        m_freePending.pop_back();
    }
    const std::string_view key = keys.name(request.key);
    Pending& pending = m_pending[slot];
    pending.begun = m_context.clock->now();
    pending.spent = {};
    pending.number = request.number;
    pending.key = request.key;
    pending.bytes = request.bytes;
    m_present = slot;
    m_presentKey = key;
    if (m_cache) {
        (void)m_backend->takeSpent();
        m_cache->fetch(
            key, m_spec.options,
            [this, slot](LoadDone done) {
                const Pending& p = m_pending[slot];
                m_origin.call(p.number, p.key, p.bytes, std::move(done));
            },
            [this, slot](const Result<Fetched>& result) { finish(slot, result); });
    } else {
        ++m_past.misses;
        ++m_past.loads;
        m_origin.call(request.number, request.key, request.bytes,
                      [this, slot](const LoadResult& loaded) {
                          if (loaded.ok()) {
                              Fetched fetched;
                              fetched.source = Source::loaded;
                              fetched.kept = false;
                              finish(slot, fetched);
                          } else {
                              ++m_past.loadFailures;
                              finish(slot, loaded.error());
                          }
                      });
    }
    if (m_present == slot) {
        // It goes on later: keep what this call has found out.
        Pending& waiting = m_pending[slot];
        waiting.spent = m_backend != nullptr ? m_backend->takeSpent() : Duration{};
        if (m_context.onEvent) {
            waiting.name = key;
        }
        m_present = kNobody;
    }
}

void Lane::finish(std::uint32_t slot, const Result<Fetched>& result) {
    Pending& pending = m_pending[slot];
    const bool atOnce = m_present == slot;
    const TimePoint now = m_context.clock->now();
    const Duration spent = m_backend != nullptr ? m_backend->takeSpent() : Duration{};
    const Duration latency = now - pending.begun + pending.spent + spent;
    m_latency.record(latency);

    EventKind kind = EventKind::failed;
    Duration age{};
    if (result.ok()) {
        switch (result->source) {
            case Source::stored:
                kind = EventKind::hit;
                age = now - result->entry.created;
                if (result->entry.version < m_context.data->at(pending.key, now)) {
                    kind = EventKind::staleHit;
                    m_cache->countStaleHit();
                }
                break;
            case Source::loaded:
                kind = EventKind::miss;
                break;
            case Source::waited:
                kind = EventKind::coalesced;
                break;
        }
    }
    if (m_context.onEvent) {
        const bool stored = kind == EventKind::miss && result->kept;
        report(kind, atOnce ? m_presentKey : std::string_view{pending.name}, latency, age, stored);
    }
    if (atOnce) {
        m_present = kNobody;
    }
    m_freePending.push_back(slot);
}

void Lane::report(EventKind kind, std::string_view key, Duration latency, Duration age,
                  bool stored) {
    LaneEvent event;
    event.time = m_context.clock->now();
    event.lane = m_id;
    event.kind = kind;
    event.key = key;
    event.latency = latency;
    event.age = age;
    event.stored = stored;
    if (stored) {
        event.ttl = m_spec.options.ttl;
    }
    m_context.onEvent(std::move(event));
}

void Lane::removeExpired() {
    if (m_cache) {
        (void)m_cache->removeExpired(kSweepLimit);
    }
}

template <class Invalidate>
Result<std::uint64_t> Lane::invalidateBy(Invalidate invalidate) {
    if (!m_cache) {
        return std::uint64_t{0};
    }
    auto removed = invalidate(*m_cache);
    (void)m_backend->takeSpent();  // no request's time
    return removed;
}

Result<std::uint64_t> Lane::invalidate(std::string_view key) {
    return invalidateBy([&](Cache& cache) { return cache.invalidate(key); });
}

Result<std::uint64_t> Lane::invalidateMatching(std::string_view pattern) {
    return invalidateBy([&](Cache& cache) { return cache.invalidateMatching(pattern); });
}

Result<std::uint64_t> Lane::invalidateAll() {
    return invalidateBy([](Cache& cache) { return cache.invalidateAll(); });
}

LaneTotals Lane::totals() const {
    LaneTotals totals;
    totals.stats = m_cache ? sum(m_past, m_cache->stats()) : m_past;
    totals.originCalls = m_origin.calls();
    totals.latency = m_latency.snapshot();
    return totals;
}

LaneState Lane::state() const {
    LaneState state;
    state.id = m_id;
    state.spec = m_spec;
    state.totals = totals();
    state.running = m_origin.running();
    state.queued = m_origin.queued();
    state.backendDown = m_backendDown;
    if (m_cache) {
        state.trouble = m_cache->trouble();
        if (!m_backendDown) {
            if (const auto stat = m_backend->stat()) {
                state.entries = stat->entries;
                state.bytes = stat->bytes;
            }
            (void)m_backend->takeSpent();
        }
    }
    return state;
}

}  // namespace cachescope::sim
