// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/live_run.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace cachescope::sim {

namespace {

using namespace std::chrono_literals;

constexpr Duration kFrame = 16ms;
constexpr Duration kRelaxedFrame = 250ms;
// How long the run may work before it looks for commands: what a press of a button waits at most.
constexpr Duration kWorkAtOnce = 12ms;
constexpr Duration kSpeedWindow = 500ms;
// A schedule further behind than this is given up: time goes on from here, more slowly.
constexpr Duration kGiveUpBehind = 250ms;
constexpr Duration kEventsBeforeSkipEnds = 2s;
constexpr std::size_t kEventRoom = 4096;
// What nobody polls is forgotten, oldest first.
constexpr std::size_t kMostSamples = 4000;
constexpr std::size_t kMostMarks = 1000;

// Answers once: with nothing where the command that holds it was never carried out.
class RecordingAnswer {
public:
    explicit RecordingAnswer(RecordingDone done) : m_done(std::move(done)) {}
    ~RecordingAnswer() { give(nullptr); }
    RecordingAnswer(const RecordingAnswer&) = delete;
    RecordingAnswer& operator=(const RecordingAnswer&) = delete;

    void give(std::shared_ptr<const Trace> recording) {
        if (const RecordingDone done = std::exchange(m_done, nullptr)) {
            done(std::move(recording));
        }
    }

private:
    RecordingDone m_done;
};

template <class T>
void append(std::vector<T>& list, T element, std::size_t most) {
    if (list.size() >= most) {
        list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(most / 4));
    }
    list.push_back(std::move(element));
}

}  // namespace

LiveRun::LiveRun(Scenario scenario, LiveRunConfig config)
    : m_config(std::move(config)),
      m_state(std::make_shared<LiveState>()),
      m_events(kEventRoom),
      m_worker("live-run",
               [this](Worker& self, const std::stop_token& stop) { work(self, stop); }) {
    reset(std::move(scenario));
}

LiveRun::~LiveRun() {
    m_worker.stop();
}

void LiveRun::post(Command command) {
    {
        const std::lock_guard lock(m_mutex);
        m_commands.push_back(std::move(command));
    }
    m_worker.wake();
}

void LiveRun::run() {
    post([this] {
        if (m_phase == RunPhase::paused) {
            m_phase = RunPhase::running;
            anchor();
        } else if (m_phase == RunPhase::skipping) {
            m_runAfterSkip = true;
        }
    });
}

void LiveRun::pause() {
    post([this] {
        if (m_phase == RunPhase::running || m_phase == RunPhase::skipping) {
            m_phase = RunPhase::paused;
            m_runAfterSkip = false;
        }
    });
}

void LiveRun::step() {
    post([this] {
        if (m_phase == RunPhase::paused) {
            m_simulation->advanceTo(m_simulation->now() + sampleInterval());
        }
    });
}

void LiveRun::setSpeed(double speed) {
    post([this, speed] {
        m_speed = std::clamp(speed, kSlowest, kFastest);
        m_reachedSpeed = m_speed;
        if (m_simulation) {
            m_simulation->setSampleInterval(sampleInterval());
        }
        anchor();
    });
}

void LiveRun::apply(Action action) {
    post([this, action = std::move(action)] {
        if (m_simulation) {
            m_simulation->apply(action);
        }
    });
}

void LiveRun::reset(Scenario scenario) {
    post([this, scenario = std::move(scenario)] { open(scenario); });
}

void LiveRun::pauseAt(TimePoint time) {
    post([this, time] { m_pauseAt = time; });
}

void LiveRun::skipTo(TimePoint time) {
    post([this, time] {
        if (m_simulation) {
            m_skipTo = time;
            m_phase = RunPhase::skipping;
        }
    });
}

void LiveRun::setRelaxed(bool relaxed) {
    post([this, relaxed] { m_relaxed = relaxed; });
}

void LiveRun::requestRecording(RecordingDone done) {
    post([this, answer = std::make_shared<RecordingAnswer>(std::move(done))] {
        answer->give(m_simulation ? m_simulation->recording() : std::make_shared<const Trace>());
    });
}

Duration LiveRun::sampleInterval() const {
    // 300 samples make the charts' window: a minute of real time at any speed.
    return Duration{std::llround(2e8 * m_speed)};
}

void LiveRun::open(Scenario scenario) {
    m_simulation.reset();
    m_failure.reset();
    ++m_generation;
    {
        const std::lock_guard lock(m_mutex);
        m_samples.clear();
        m_marks.clear();
        m_droppedBefore = m_events.dropped();
        LaneEvent stale;
        while (m_events.pop(stale)) {
        }
    }
    m_phase = RunPhase::opening;
    m_skipTo = {};
    publish();

    SimulationContext context;
    context.registry = m_config.registry;
    context.stopwatch = scenario.timing == Timing::simulated ? nullptr : m_config.realClock;
    context.runId = m_config.runId + '-' + std::to_string(m_generation);
    context.scratchDirectory = m_config.scratchDirectory;
    context.onSample = [this](const Sample& sample) {
        const std::lock_guard lock(m_mutex);
        append(m_samples, sample, kMostSamples);
    };
    context.onMark = [this](const Mark& mark) {
        const std::lock_guard lock(m_mutex);
        append(m_marks, mark, kMostMarks);
    };
    context.onEvent = [this](LaneEvent event) {
        if (event.time + kEventsBeforeSkipEnds >= m_skipTo) {
            m_events.push(std::move(event));
        }
    };
    auto simulation = Simulation::create(std::move(scenario), std::move(context));
    if (!simulation) {
        m_failure = simulation.error();
        m_phase = RunPhase::failed;
        return;
    }
    m_simulation = std::move(*simulation);
    m_simulation->setSampleInterval(sampleInterval());
    m_phase = RunPhase::paused;
}

void LiveRun::anchor() {
    m_anchorReal = m_config.realClock->now();
    m_anchorRun = m_simulation ? m_simulation->now() : TimePoint{};
    m_measureReal = m_anchorReal;
    m_measureRun = m_anchorRun;
}

bool LiveRun::runCommands() {
    std::vector<Command> commands;
    {
        const std::lock_guard lock(m_mutex);
        commands.swap(m_commands);
    }
    for (const Command& command : commands) {
        command();
    }
    return !commands.empty();
}

void LiveRun::skip(const std::stop_token& stop) {
    const TimePoint begin = m_config.realClock->now();
    const bool reached = m_simulation->advanceTo(m_skipTo, [&] {
        return !stop.stop_requested() && m_config.realClock->now() - begin < kWorkAtOnce;
    });
    if (reached) {
        m_phase = std::exchange(m_runAfterSkip, false) ? RunPhase::running : RunPhase::paused;
        anchor();
    }
}

bool LiveRun::advance(const std::stop_token& stop) {
    const TimePoint begin = m_config.realClock->now();
    const double elapsed = static_cast<double>((begin - m_anchorReal).count()) * m_speed;
    TimePoint target = deadlineAfter(m_anchorRun, Duration{std::llround(std::fmin(elapsed, 9e18))});
    target = std::min(target, m_pauseAt);
    const bool reached = m_simulation->advanceTo(target, [&] {
        return !stop.stop_requested() && m_config.realClock->now() - begin < kWorkAtOnce;
    });
    const TimePoint now = m_config.realClock->now();
    if (now - m_measureReal >= kSpeedWindow) {
        m_reachedSpeed = static_cast<double>((m_simulation->now() - m_measureRun).count()) /
                         static_cast<double>((now - m_measureReal).count());
        m_measureReal = now;
        m_measureRun = m_simulation->now();
    }
    if (reached && target == m_pauseAt) {
        m_phase = RunPhase::paused;
        m_pauseAt = kNever;
    } else if (!reached) {
        const double behind = static_cast<double>((target - m_simulation->now()).count()) / m_speed;
        if (behind > static_cast<double>(kGiveUpBehind.count())) {
            m_anchorReal = now;
            m_anchorRun = m_simulation->now();
        }
    }
    return reached;
}

void LiveRun::publish() {
    auto state = std::make_shared<LiveState>();
    state->phase = m_phase;
    state->speed = m_speed;
    state->reachedSpeed = m_reachedSpeed;
    state->generation = m_generation;
    state->failure = m_failure;
    if (m_simulation) {
        state->time = m_simulation->now();
        state->requests = m_simulation->requests();
        state->originDown = m_simulation->originDown();
        state->origin = m_simulation->origin();
        state->workload = m_simulation->workload();
        state->lanes = m_simulation->lanes();
        state->traceNote = m_simulation->traceNote();
    }
    {
        const std::lock_guard lock(m_mutex);
        m_state = std::move(state);
        m_hasNews = true;
    }
    m_news.notify_all();
}

void LiveRun::work(Worker& self, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const bool commanded = runCommands();
        bool onTime = true;
        bool moved = true;
        if (m_phase == RunPhase::running) {
            onTime = advance(stop);
        } else if (m_phase == RunPhase::skipping) {
            skip(stop);
            onTime = m_phase != RunPhase::skipping;
        } else {
            moved = false;
        }
        if (moved || commanded) {
            publish();
        }
        if (m_phase != RunPhase::running && m_phase != RunPhase::skipping) {
            self.sleep();
        } else if (onTime) {
            self.sleepFor(m_relaxed ? kRelaxedFrame : kFrame);
        }
    }
    m_simulation.reset();  // here, because its backends belong to this thread
    // Who waits for a recording is answered as commands go, and may take the lock.
    std::vector<Command> undone;
    const std::lock_guard lock(m_mutex);
    undone.swap(m_commands);
}

LiveUpdate LiveRun::poll() {
    LiveUpdate update;
    {
        const std::lock_guard lock(m_mutex);
        update.state = m_state;
        update.samples.swap(m_samples);
        update.marks.swap(m_marks);
        update.droppedEvents = m_events.dropped() - m_droppedBefore;
        m_hasNews = false;
    }
    LaneEvent event;
    while (update.events.size() < kEventRoom && m_events.pop(event)) {
        update.events.push_back(std::move(event));
    }
    return update;
}

void LiveRun::waitForNews(Duration timeout) {
    std::unique_lock lock(m_mutex);
    m_news.wait_for(lock, timeout, [this] { return m_hasNews; });
}

}  // namespace cachescope::sim
