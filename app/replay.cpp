// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/replay.h"

#include <unistd.h>
#include <QCoreApplication>
#include <algorithm>
#include <atomic>
#include <iostream>
#include <latch>
#include <mutex>
#include <new>
#include <thread>

#include "app/interrupt.h"
#include "app/replay_plan.h"
#include "app/replay_report.h"
#include "app/table_text.h"
#include "engine/core/worker.h"
#include "ui/model/error_text.h"
#include "ui/model/key_text.h"

namespace cachescope::app {

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

int fail(const Error& error, int exitCode) {
    std::cerr << "cachescope: " << ui::ErrorText(error).oneLine().toStdString() << '\n';
    return exitCode;
}

// One line that redraws itself on a terminal; elsewhere it says nothing. Any thread.
class ProgressLine {
public:
    ProgressLine() : m_terminal(::isatty(STDERR_FILENO) == 1) {}
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    template <class MakeText>
    void show(MakeText makeText) {
        if (!m_terminal) {
            return;
        }
        const std::lock_guard lock(m_mutex);
        const TimePoint now = SystemClock::instance().now();
        if (now >= m_next) {
            m_next = now + std::chrono::milliseconds{100};
            m_drawn = true;
            std::cerr << "\r\x1b[K" << makeText() << std::flush;
        }
    }
    void clear() {
        if (m_drawn) {
            std::cerr << "\r\x1b[K" << std::flush;
            m_drawn = false;
        }
    }

private:
    bool m_terminal;
    std::mutex m_mutex;
    TimePoint m_next{};
    bool m_drawn = false;
};

Result<TraceReading> read(const std::string& file, TraceReadOptions options) {
    ProgressLine line;
    options.progress = [&line](const TraceProgress& progress) {
        line.show([&] {
            const std::string requests = count(progress.requests) + " requests";
            return progress.totalBytes.value_or(0) == 0
                       ? "reading: " + requests
                       : "reading: " +
                             percent(static_cast<double>(progress.bytes) /
                                     static_cast<double>(*progress.totalBytes)) +
                             ", " + requests;
        });
        return !Interrupt::requested();
    };
    return readTrace(file, options);
}

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
        return fail(plan.error(), kWrongUsage);
    }
    const auto reading = read(options.trace, plan->reading);
    if (!reading) {
        return fail(reading.error(), kFailed);
    }
    if (const std::string note = reading->note(); !note.empty()) {
        std::cerr << "cachescope: " << text(ui::keyText(options.trace)) << ": "
                  << text(ui::keyText(note)) << '\n';
    }
    auto tasks = plan->tasks(reading->trace, options.trace);
    if (!tasks) {
        return fail(tasks.error(), kFailed);
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
        return fail(Error{ErrorCode::tooLarge, options.trace,
                          "a replay needs more memory than there is; try --jobs 1"},
                    kFailed);
    }
    return Interrupt::requested() ? kFailed : 0;
}

}  // namespace cachescope::app
