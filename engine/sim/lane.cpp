// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/lane.h"

#include <algorithm>
#include <utility>

#include "engine/backend/circuit_breaker.h"
#include "engine/backend/recovery_queue.h"
#include "engine/core/random.h"
#include "engine/sim/answer_mark.h"
#include "engine/sim/lane_store.h"
#include "engine/sim/user_key.h"

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
    takeOptions();
    openCache();
}

Lane::~Lane() {
    close();
}

void Lane::openCache() {
    if (!m_spec.cached()) {
        return;
    }
    m_seat = m_spec.store.empty() || m_context.stores == nullptr ? nullptr
                                                                 : m_context.stores->join(m_spec);
    auto opened = openLaneBackend(m_spec, m_id, m_context);
    auto own = opened ? std::make_unique<LaneBackend>(std::move(*opened), m_context.stopwatch)
                      : std::make_unique<LaneBackend>(opened.error(), hidePassword(m_spec.backend));
    own->setCondition(m_condition);
    m_backend = own.get();
    std::unique_ptr<Backend> backend = std::move(own);
    if (m_spec.breaker) {
        CircuitBreakerOptions options;
        options.failures = m_spec.breakerFailures;
        options.openFor = m_spec.breakerPause;
        options.maxOpenFor = std::max(m_spec.breakerPause, m_spec.breakerMaxPause);
        options.clock = m_context.clock;
        backend = std::make_unique<CircuitBreaker>(std::move(backend), options);
    }
    if (m_spec.recovery) {
        RecoveryQueueOptions options;
        options.clock = m_context.clock;
        backend = std::make_unique<RecoveryQueue>(std::move(backend), options);
    }
    m_cache = std::make_unique<Cache>(std::move(backend), *m_context.clock, m_context.scheduler,
                                      mix64(m_context.seed ^ m_id));
    m_cache->setRemovalListener([this](const Removal& removal) {
        if (m_context.onEvent && removal.cause != RemovalCause::replaced) {
            report(removal);
        }
    });
}

void Lane::takeOptions() {
    m_options = m_spec.options;
    m_options.marked |= m_spec.namespaceTags;
    m_namespaceTtls.clear();
    for (const NamespaceTtl& each : m_spec.namespaceTtls) {
        m_namespaceTtls.emplace(each.name, each.ttl);
    }
}

std::optional<Duration> Lane::namespaceTtl(std::string_view key, bool absent) const {
    // The rule for empty answers is none about a kind of values.
    if (m_namespaceTtls.empty() || (absent && m_options.negativeTtl)) {
        return std::nullopt;
    }
    const std::size_t end =
        m_spec.separator.empty() ? std::string_view::npos : key.find(m_spec.separator);
    const auto found = m_namespaceTtls.find(end == std::string_view::npos ? std::string_view{}
                                                                          : key.substr(0, end));
    return found == m_namespaceTtls.end() ? std::nullopt : std::optional(found->second);
}

LaneEvent Lane::eventOf(EventKind kind, std::string_view key) const {
    LaneEvent event;
    event.time = m_context.clock->now();
    event.lane = m_id;
    event.kind = kind;
    event.key = key;
    return event;
}

void Lane::report(const Removal& removal) {
    LaneEvent event = eventOf(EventKind::evicted, removal.key);
    event.age = event.time - removal.created;
    switch (removal.cause) {
        case RemovalCause::expired:
            event.kind = EventKind::expired;
            event.age = removal.expires - removal.created;
            event.ttlVaries = m_options.sliding || m_options.grace() > Duration::zero();
            break;
        case RemovalCause::invalidated:
            event.kind = EventKind::invalidated;
            break;
        default:
            event.byOthers = removal.cause == RemovalCause::remote;
    }
    m_context.onEvent(std::move(event));
}

void Lane::closeCache() {
    m_origin.cancelAll();
    if (m_cache) {
        m_past = sum(m_past, m_cache->stats());
        m_pastLoads.add(m_cache->loadTimes());
        m_cache.reset();
        m_backend = nullptr;
    }
    // Who waited for something else than a call of the origin is told here.
    for (std::uint32_t slot = 0; slot < m_pending.size(); ++slot) {
        finish({slot, m_pending[slot].serial}, Error{ErrorCode::cancelled, "lane"});
    }
}

void Lane::close() {
    if (std::exchange(m_closed, true)) {
        return;  // its number and so its folder may be another lane's by now
    }
    m_origin.cancelAll();
    if (m_cache) {
        // What lies outside would outlive the run; its removal is no invalidation of the user's.
        m_backend->setCondition(BackendCondition::up);
        m_context.onEvent = nullptr;
    }
    leavePlace();
}

void Lane::leavePlace() {
    const bool last = StoreUsers::isLast(m_seat);
    if (m_cache && last) {
        (void)m_backend->clear();
    }
    closeCache();
    if (last) {
        removeLaneFolder(m_spec, m_id, m_context);
    }
    m_seat.reset();
}

void Lane::edit(LaneSpec spec) {
    const bool reopen = spec.backend != m_spec.backend || spec.capacity != m_spec.capacity ||
                        spec.policy != m_spec.policy || spec.breaker != m_spec.breaker ||
                        spec.recovery != m_spec.recovery || spec.store != m_spec.store ||
                        (spec.breaker && (spec.breakerFailures != m_spec.breakerFailures ||
                                          spec.breakerPause != m_spec.breakerPause ||
                                          spec.breakerMaxPause != m_spec.breakerMaxPause));
    if (reopen && m_cache) {
        leavePlace();
    } else if (reopen) {
        m_origin.cancelAll();
    }
    m_spec = std::move(spec);
    takeOptions();
    if (reopen) {
        openCache();
    }
}

void Lane::restart() {
    closeCache();
    openCache();
}

Result<void> Lane::setTtl(std::optional<Duration> ttl) {
    CacheOptions options = m_spec.options;
    options.ttl = ttl;
    if (auto valid = validate(options); !valid) {
        return valid;
    }
    m_spec.options = std::move(options);
    takeOptions();
    return {};
}

void Lane::setBackend(BackendCondition condition) {
    m_condition = condition;
    if (m_backend != nullptr) {
        m_backend->setCondition(condition);
    }
}

Lane::Ticket Lane::openTicket(const Request& request) {
    std::uint32_t slot = 0;
    if (m_freePending.empty()) {
        slot = static_cast<std::uint32_t>(m_pending.size());
        m_pending.emplace_back();
    } else {
        slot = m_freePending.back();
        m_freePending.pop_back();
    }
    Pending& pending = m_pending[slot];
    pending.begun = m_context.clock->now();
    pending.spent = {};
    pending.key = request.key;
    pending.user = request.user;
    pending.open = true;
    pending.loads = false;
    return {slot, ++pending.serial};
}

Lane::Pending* Lane::find(Ticket ticket) {
    Pending& pending = m_pending[ticket.slot];
    return pending.open && pending.serial == ticket.serial ? &pending : nullptr;
}

void Lane::request(const Request& request, const KeySpace& keys) {
    std::string own;
    std::string_view key = keys.name(request.key);
    if (m_spec.varyByUser && request.user != Request::kNobody) {
        own = userKey(key, request.user);
        key = own;
    }
    const Ticket ticket = openTicket(request);
    m_present = ticket.slot;
    m_presentKey = key;
    if (m_cache) {
        // A copy: the load may begin when these keys are gone.
        std::string name;
        if (m_context.onEvent || m_spec.namespaceTags || !m_namespaceTtls.empty()) {
            name = key;
        }
        (void)m_backend->takeSpent();
        m_cache->fetch(
            key, m_options,
            [this, ticket, request, name = std::move(name)](LoadDone done) {
                load(ticket, request, name, std::move(done));
            },
            [this, ticket](const Result<Fetched>& result) { finish(ticket, result); });
    } else {
        ++m_past.misses;
        ++m_past.loads;
        m_origin.call(request, [this, ticket](const LoadResult& outcome) {
            if (outcome.ok()) {
                Fetched fetched;
                fetched.source = Source::loaded;
                fetched.kept = false;
                fetched.absent = outcome->absent;
                finish(ticket, fetched);
            } else {
                ++m_past.loadFailures;
                finish(ticket, outcome.error());
            }
        });
    }
    if (Pending* waiting = find(ticket)) {
        // It goes on later: keep what this call has found out.
        waiting->spent = m_backend != nullptr ? m_backend->takeSpent() : Duration{};
        if (m_context.onEvent) {
            waiting->name = key;
        }
    }
    m_present = kNobody;
}

void Lane::load(Ticket ticket, const Request& request, std::string name, LoadDone done) {
    if (Pending* pending = find(ticket)) {
        pending->loads = true;
    }
    m_origin.call(request, [this, ticket, begun = m_context.clock->now(), name = std::move(name),
                            done = std::move(done)](LoadResult result) {
        loaded(ticket, begun, name, std::move(result), done);
    });
}

void Lane::loaded(Ticket ticket, TimePoint begun, const std::string& name, LoadResult result,
                  const LoadDone& done) {
    const bool ok = result.ok();
    const bool waitedFor = find(ticket) != nullptr;
    const bool later = m_present == kNobody && m_backend != nullptr;
    if (later) {
        (void)m_backend->takeSpent();  // what came before is not this load's
    }
    const auto colon = name.find(':');
    if (ok && m_spec.namespaceTags && colon != std::string::npos) {
        result->tags.push_back(name.substr(0, colon));
    }
    if (ok && !name.empty()) {  // which is not known where it became of interest meanwhile
        if (const auto ruled = namespaceTtl(name, result->absent)) {
            result->ttl = ruled;
        }
    }
    done(std::move(result));
    if (later && m_backend != nullptr) {
        (void)m_backend->takeSpent();  // storing what nobody waited for is nobody's time
    }
    const bool answered = waitedFor && find(ticket) == nullptr;
    if (m_context.onEvent && !answered) {
        LaneEvent event = eventOf(ok ? EventKind::refreshed : EventKind::failed, name);
        event.latency = event.time - begun;
        event.background = true;
        m_context.onEvent(std::move(event));
    }
}

void Lane::finish(Ticket ticket, const Result<Fetched>& result) {
    Pending* pending = find(ticket);
    if (pending == nullptr) {
        return;
    }
    pending->open = false;
    const bool atOnce = m_present == ticket.slot;
    const TimePoint now = m_context.clock->now();
    const Duration spent = m_backend != nullptr ? m_backend->takeSpent() : Duration{};
    const Duration latency = now - pending->begun + pending->spent + spent;
    m_latency.record(latency);

    const bool fromBefore =
        result.ok() && (result->source == Source::stored || result->stale != StaleReason::none);
    Truth truth;
    if (result.ok() && !result->absent) {
        const AnswerMark mark = AnswerMark::unpack(result->entry.version);
        truth.outdated = fromBefore && mark.version < m_context.data->at(pending->key, now);
        // Also one that came out of a load that somebody else had begun.
        truth.leaked = mark.user != Request::kNobody && pending->user != Request::kNobody &&
                       mark.user != pending->user;
    }
    const EventKind kind = outcomeOf(result, truth.outdated, atOnce && !pending->loads);
    m_leaks += truth.leaked ? 1 : 0;
    if (truth.outdated && kind != EventKind::fallback) {
        m_cache->countStaleHit();  // a fallback is no hit
    }
    if (m_context.onEvent) {
        report(kind, atOnce ? m_presentKey : std::string_view{pending->name}, pending->key, latency,
               truth, result);
    }
    m_freePending.push_back(ticket.slot);
}

void Lane::report(EventKind kind, std::string_view key, std::uint32_t number, Duration latency,
                  Truth truth, const Result<Fetched>& result) {
    LaneEvent event = eventOf(kind, key);
    event.latency = latency;
    event.outdated = truth.outdated;
    event.leaked = truth.leaked;
    if (result.ok()) {
        event.absent = result->absent;
        event.stale = result->stale;
        event.level = result->entry.level;
        if (result->source == Source::stored || result->stale != StaleReason::none) {
            event.age = event.time - result->entry.created;
        }
        if (kind == EventKind::miss && result->kept) {
            event.stored = true;
            event.ttl =
                result->absent && m_options.negativeTtl ? m_options.negativeTtl : m_options.ttl;
            const auto ruled = namespaceTtl(key, result->absent);
            if (const auto own = ruled || result->absent ? ruled : m_origin.ownTtl(number)) {
                event.ttl = own;
            }
            if (event.ttl && m_options.sliding && m_options.maxAge) {
                event.ttl = std::min(*event.ttl, *m_options.maxAge);
            }
            event.ttlVaries = m_options.jitter > 0;
        }
    }
    m_context.onEvent(std::move(event));
}

void Lane::removeExpired() {
    if (m_cache) {
        (void)m_cache->removeExpired(kSweepLimit);
    }
}

LaneTotals Lane::totals() const {
    LaneTotals totals;
    totals.stats = m_cache ? sum(m_past, m_cache->stats()) : m_past;
    totals.originCalls = m_origin.calls();
    totals.leaks = m_leaks;
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
    state.backendDown = m_condition != BackendCondition::up;
    state.backendHangs = m_condition == BackendCondition::hangs;
    state.loads = m_pastLoads;
    if (m_cache) {
        state.trouble = m_cache->trouble();
        state.guards = guardFigures(m_cache->backend());
        state.loads.add(m_cache->loadTimes());
        if (!state.backendDown) {
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
