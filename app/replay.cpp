// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/replay.h"

#include <QCoreApplication>
#include <algorithm>
#include <atomic>
#include <iostream>
#include <latch>
#include <new>
#include <thread>

#include "app/interrupt.h"
#include "app/replay_plan.h"
#include "app/replay_report.h"
#include "app/table_text.h"
#include "app/trace_input.h"
#include "engine/core/worker.h"

namespace cachescope::app {

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

// Does the tasks, several at a time, each on one thread.
class Replays {
public:
    Replays(std::vector<ReplayTask> tasks, ReplayRequests requests, bool inBytes)
        : m_tasks(std::move(tasks)), m_requests(requests), m_inBytes(inBytes) {}

    /// Those that were done, in order: all of them unless somebody interrupted, or memory ran out.
    std::vector<ReplayTask> run(std::size_t atATime) {
        const auto others =
            static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(atATime, 1, m_tasks.size()) - 1);
        std::latch ended(others);
        std::vector<std::unique_ptr<Worker>> workers;
        for (std::ptrdiff_t i = 0; i < others; ++i) {
            workers.push_back(
                std::make_unique<Worker>("replay", [&](Worker&, const std::stop_token&) {
                    work();
                    ended.count_down();
                }));
        }
        work();
        ended.wait();
        workers.clear();
        std::erase_if(m_tasks, [this](const ReplayTask& task) {
            return task.counts.requests != m_requests.keys.size();
        });
        return std::move(m_tasks);
    }

    bool outOfMemory() const noexcept { return m_outOfMemory; }

private:
    void work() {
        for (std::size_t task = m_next++; task < m_tasks.size() && !Interrupt::requested();
             task = m_next++) {
            try {
                replay(m_tasks[task]);
            } catch (const std::bad_alloc&) {
                m_tasks[task].counts = {};
                m_outOfMemory = true;
            }
        }
    }

    void replay(ReplayTask& task) {
        std::size_t reported = 0;
        ReplayOptions options;
        options.capacity = task.capacity;
        options.capacityInBytes = m_inBytes;
        options.ttl = task.ttl;
        options.progress = [&](std::size_t done) {
            m_done += done - reported;
            reported = done;
            m_line.show([this] {
                return "replaying: " +
                       percent(static_cast<double>(m_done) / static_cast<double>(m_tasks.size()) /
                               static_cast<double>(m_requests.keys.size()));
            });
            return !Interrupt::requested();
        };
        const Clock& clock = SystemClock::instance();
        const TimePoint begin = clock.now();
        task.counts = task.policy->replay(m_requests, options);
        const double spent = std::max(seconds(clock.now() - begin), 1e-9);
        task.requestsPerSecond = static_cast<double>(task.counts.requests) / spent;
    }

    std::vector<ReplayTask> m_tasks;
    ReplayRequests m_requests;
    bool m_inBytes;
    ProgressLine m_line;
    std::atomic<std::size_t> m_next{0};
    std::atomic<std::size_t> m_done{0};
    std::atomic<bool> m_outOfMemory{false};
};

}  // namespace

int runReplay(const ReplayVerbOptions& options, int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    Interrupt::install();
    const auto plan = ReplayPlan::of(options);
    if (!plan) {
        return printFailure(plan.error(), kWrongUsage);
    }
    const auto reading = readTraceFile(options.trace, plan->reading);
    if (!reading) {
        return printFailure(reading.error(), kFailed);
    }
    printTraceNote(options.trace, *reading);
    auto tasks = plan->tasks(reading->trace, options.trace);
    if (!tasks) {
        return printFailure(tasks.error(), kFailed);
    }
    ReplayRequests requests = replayRequests(reading->trace);
    if (plan->ignoresTtls) {
        requests.ttls = {};
    }
    ReplayReport report{options.trace, *reading, {}, plan->inBytes, !requests.ttls.empty()};
    bool outOfMemory = false;
    {
        Replays replays(std::move(*tasks), requests, plan->inBytes);
        const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
        report.done = replays.run(options.jobs == 0 ? cores : options.jobs);
        outOfMemory = replays.outOfMemory();
    }
    if (options.json) {
        std::cout << report.toJson() << '\n';
    } else {
        report.print(std::cout);
    }
    std::cout.flush();
    if (outOfMemory) {
        return printFailure(Error{ErrorCode::tooLarge, options.trace,
                                  "a replay needs more memory than there is; try --jobs 1"},
                            kFailed);
    }
    return Interrupt::requested() ? kFailed : 0;
}

}  // namespace cachescope::app
