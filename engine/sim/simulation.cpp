// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/simulation.h"

#include <algorithm>

namespace cachescope::sim {

namespace {

// How late an expiration may be found out when nobody asks for the key.
constexpr Duration kSweepInterval = std::chrono::milliseconds{50};
constexpr int kEventsBetweenQuestions = 256;

}  // namespace

Result<std::unique_ptr<Simulation>> Simulation::create(Scenario scenario,
                                                       SimulationContext context) {
    auto workload = Workload::create(scenario.workload, scenario.seed, TimePoint{});
    if (!workload) {
        return workload.error();
    }
    return std::unique_ptr<Simulation>(
        new Simulation(std::move(scenario), std::move(context), std::move(*workload)));
}

Simulation::Simulation(Scenario scenario, SimulationContext context,
                       std::unique_ptr<Workload> workload)
    : m_scenario(std::move(scenario)),
      m_context(std::move(context)),
      m_workload(std::move(workload)),
      m_origin(m_scenario.origin),
      m_data(m_workload->keys()->size(), m_scenario.workload.updateInterval, m_scenario.seed,
             TimePoint{}),
      m_recorder(m_workload->keys()),
      m_nextSweep(TimePoint{} + kSweepInterval) {
    m_data.setUpdateListener(
        [this](std::uint32_t key, TimePoint at) { m_recorder.update(key, at); });
    for (const LaneSpec& spec : m_scenario.lanes) {
        m_lanes.push_back(std::make_unique<Lane>(freeId(), spec, m_origin, laneContext()));
    }
}

Simulation::~Simulation() = default;

LaneContext Simulation::laneContext() {
    LaneContext context;
    context.registry = m_context.registry;
    context.clock = &m_clock;
    context.stopwatch = m_context.stopwatch;
    context.scheduler = &m_scheduler;
    context.data = &m_data;
    context.stores = &m_stores;
    context.seed = m_scenario.seed;
    context.runId = m_context.runId;
    context.scratchDirectory = m_context.scratchDirectory;
    context.onEvent = m_context.onEvent;
    return context;
}

void Simulation::setSampleInterval(Duration interval) {
    m_sampleInterval = interval;
    m_nextSample = interval > Duration::zero() ? std::max(m_lastSample + interval, now()) : kNever;
}

bool Simulation::advanceTo(TimePoint target, const std::function<bool()>& keepGoing) {
    int events = 0;
    for (;;) {
        const TimePoint action = m_nextAction < m_scenario.actions.size()
                                     ? TimePoint{m_scenario.actions[m_nextAction].at}
                                     : kNever;
        const TimePoint request = m_draining ? kNever : m_workload->peek().time;
        const TimePoint next =
            std::min({request, m_scheduler.nextTime(), action, m_nextSweep, m_nextSample});
        if (next > target || next == kNever) {
            break;
        }
        if (++events == kEventsBetweenQuestions) {
            events = 0;
            if (keepGoing && !keepGoing()) {
                return false;
            }
        }
        m_clock.set(next);
        runOne(next);
    }
    if (target != kNever) {
        m_clock.set(target);
    }
    return true;
}

// At one moment: first what was planned, then what ends, then who asks, and last who looks.
void Simulation::runOne(TimePoint time) {
    if (m_nextAction < m_scenario.actions.size() &&
        TimePoint{m_scenario.actions[m_nextAction].at} <= time) {
        apply(m_scenario.actions[m_nextAction++].action);
    } else if (m_scheduler.nextTime() <= time) {
        m_scheduler.runNext();
    } else if (!m_draining && m_workload->peek().time <= time) {
        makeRequest();
    } else if (m_nextSweep <= time) {
        for (const auto& lane : m_lanes) {
            lane->removeExpired();
        }
        m_nextSweep = time + kSweepInterval;
    } else if (m_nextSample <= time) {
        takeSample();
    }
}

void Simulation::makeRequest() {
    const Request& request = m_workload->peek();
    if (request.write) {
        m_data.write(request.key, m_clock.now());
    } else {
        ++m_requests;
        // Lanes need not ask how old the data is: a load in a queue has not begun.
        (void)m_data.at(request.key, m_clock.now());
        for (const auto& lane : m_lanes) {
            lane->request(request, *m_workload->keys());
        }
    }
    m_recorder.request(request);
    m_workload->pop();
}

void Simulation::takeSample() {
    const TimePoint now = m_clock.now();
    if (m_context.onSample) {
        Sample sample;
        sample.time = now;
        for (const auto& lane : m_lanes) {
            sample.lanes.push_back(lane->sample(now - m_lastSample));
        }
        m_context.onSample(sample);
    }
    m_lastSample = now;
    m_nextSample = now + m_sampleInterval;
}

void Simulation::drain(const std::function<bool()>& keepGoing) {
    m_draining = true;
    // Counts stand for the time that was asked for: nothing expires or is sampled after it.
    m_nextSweep = kNever;
    m_nextSample = kNever;
    m_nextAction = m_scenario.actions.size();
    advanceTo(kNever, keepGoing);
}

std::vector<LaneState> Simulation::lanes() const {
    std::vector<LaneState> states;
    states.reserve(m_lanes.size());
    for (const auto& lane : m_lanes) {
        states.push_back(lane->state());
    }
    return states;
}

Lane* Simulation::find(LaneId id) {
    const auto found = std::find_if(m_lanes.begin(), m_lanes.end(),
                                    [id](const auto& lane) { return lane->id() == id; });
    return found == m_lanes.end() ? nullptr : found->get();
}

LaneId Simulation::freeId() const {
    LaneId id = 1;
    while (std::any_of(m_lanes.begin(), m_lanes.end(),
                       [id](const auto& lane) { return lane->id() == id; })) {
        ++id;
    }
    return id;
}

template <class Change>
void Simulation::forLanes(const std::optional<LaneId>& lane, Change change) {
    for (const auto& each : m_lanes) {
        if (!lane || *lane == each->id()) {
            change(*each);
        }
    }
}

void Simulation::replaceWorkload(const WorkloadSpec& spec, Mark& mark) {
    // The seed moves on, so that a changed workload does not replay the beginning.
    auto workload = Workload::create(spec, m_scenario.seed ^ mix64(m_requests + 1), m_clock.now());
    if (!workload) {
        mark.failure = workload.error();
        return;
    }
    (*workload)->continueFrom(m_workload->peek().number + 1);
    m_workload = std::move(*workload);
    m_recorder.changeKeys(m_workload->keys());
    m_data.change(m_workload->keys()->size(), spec.updateInterval, m_clock.now());
}

Mark Simulation::perform(const Action& action) {
    Mark mark{m_clock.now(), action, 0, std::nullopt};
    const auto count = [&mark](const Result<std::uint64_t>& removed) {
        if (removed.ok()) {
            mark.removed += *removed;
        } else {
            mark.failure = removed.error();
        }
    };
    const auto note = [&mark](const Result<void>& done) {
        if (!done.ok()) {
            mark.failure = done.error();
        }
    };
    if (const auto* key = std::get_if<InvalidateKey>(&action)) {
        forLanes(key->lane, [&](Lane& lane) { count(lane.invalidate(key->key)); });
    } else if (const auto* match = std::get_if<InvalidateMatching>(&action)) {
        forLanes(match->lane, [&](Lane& lane) { count(lane.invalidateMatching(match->pattern)); });
    } else if (const auto* all = std::get_if<InvalidateAll>(&action)) {
        forLanes(all->lane, [&](Lane& lane) { count(lane.invalidateAll()); });
    } else if (const auto* tag = std::get_if<InvalidateTag>(&action)) {
        forLanes(tag->lane, [&](Lane& lane) { note(lane.invalidateTag(tag->tag)); });
    } else if (const auto* space = std::get_if<InvalidateSpace>(&action)) {
        forLanes(space->lane, [&](Lane& lane) { note(lane.invalidateSpace(space->space)); });
    } else if (const auto* marked = std::get_if<InvalidateAllByMark>(&action)) {
        forLanes(marked->lane, [&](Lane& lane) { note(lane.invalidateAllByMark()); });
    } else if (const auto* outage = std::get_if<OriginOutage>(&action)) {
        m_originDown = outage->down;
        forLanes({}, [&](Lane& lane) { lane.origin().setDown(outage->down); });
    } else if (const auto* backend = std::get_if<BackendOutage>(&action)) {
        const BackendCondition condition = !backend->down   ? BackendCondition::up
                                           : backend->hangs ? BackendCondition::hangs
                                                            : BackendCondition::down;
        forLanes(backend->lane, [&](Lane& lane) { lane.setBackend(condition); });
    } else if (const auto* restart = std::get_if<RestartLane>(&action)) {
        forLanes(restart->lane, [](Lane& lane) { lane.restart(); });
    } else if (const auto* ttl = std::get_if<SetTtl>(&action)) {
        forLanes(ttl->lane, [&](Lane& lane) { note(lane.setTtl(ttl->ttl)); });
    } else if (const auto* rate = std::get_if<SetRate>(&action)) {
        m_workload->setRate(rate->ratePerSecond, m_clock.now());
    } else if (const auto* origin = std::get_if<SetOrigin>(&action)) {
        m_origin = origin->origin;
        forLanes({}, [&](Lane& lane) { lane.origin().change(m_origin); });
    } else if (const auto* workload = std::get_if<SetWorkload>(&action)) {
        replaceWorkload(workload->workload, mark);
    } else if (const auto* added = std::get_if<AddLane>(&action)) {
        if (const auto valid = validate(added->lane); !valid) {
            mark.failure = valid.error();
        } else if (m_lanes.size() < kMaxLanes) {
            m_lanes.push_back(
                std::make_unique<Lane>(freeId(), added->lane, m_origin, laneContext()));
            m_lanes.back()->origin().setDown(m_originDown);
        } else {
            mark.failure = Error{ErrorCode::outOfRange, "lanes", std::to_string(kMaxLanes)};
        }
    } else if (const auto* edit = std::get_if<EditLane>(&action)) {
        if (const auto valid = validate(edit->spec); !valid) {
            mark.failure = valid.error();
        } else {
            forLanes(edit->lane, [&](Lane& lane) { lane.edit(edit->spec); });
        }
    } else if (const auto* removed = std::get_if<RemoveLane>(&action)) {
        if (Lane* lane = find(removed->lane)) {
            lane->close();
            const auto at = std::find_if(m_lanes.begin(), m_lanes.end(),
                                         [lane](const auto& l) { return l.get() == lane; });
            m_removed.push_back(std::move(*at));
            m_lanes.erase(at);
        }
    }
    return mark;
}

void Simulation::apply(const Action& action) {
    const Mark mark = perform(action);
    if (m_context.onMark) {
        m_context.onMark(mark);
    }
}

}  // namespace cachescope::sim
