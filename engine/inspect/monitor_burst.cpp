// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/monitor_burst.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/inspect/guarded_connection.h"
#include "engine/inspect/refusal.h"
#include "engine/redis/stoppable_waits.h"

namespace cachescope::inspect {

namespace {

constexpr std::size_t kProbesAtOnce = 5;

Duration medianOf(std::vector<Duration> spans) {
    if (spans.empty()) {
        return {};
    }
    const auto middle = spans.begin() + static_cast<std::ptrdiff_t>(spans.size() / 2);
    std::nth_element(spans.begin(), middle, spans.end());
    return *middle;
}

class Burst {
public:
    using Take = std::function<void(const MonitorLine&)>;

    Burst(const RedisAddress& address, std::shared_ptr<Guard> guard,
          const MonitorBurstOptions& options, const Take& take, const std::stop_token& stop)
        : m_address(address),
          m_guard(std::move(guard)),
          m_options(options),
          m_clock(*options.clock),
          m_take(take),
          m_stop(stop) {}

    Result<BurstReport> run() {
        if (auto begun = begin(); !begun) {
            return begun.error();
        }
        const TimePoint started = m_clock.now();
        m_end = deadlineAfter(started, m_options.most);
        m_nextProbe = deadlineAfter(started, m_options.probeEvery);
        while (!m_isOver) {
            if (auto gone = step(); !gone) {
                over(m_stop.stop_requested() ? BurstEnd::stopped : BurstEnd::lost);
                if (m_report.end == BurstEnd::lost) {
                    m_report.failure = gone.error();
                }
            }
        }
        if (m_report.end == BurstEnd::stopped || m_report.end == BurstEnd::elapsed) {
            // What has come by now happened before the end.
            if (const auto rest = m_monitor->receive()) {
                hear(*rest);
            }
        }
        m_report.span = m_clock.now() - started;
        m_report.latencyAtEnd = m_latest.empty() ? m_report.latencyBefore : medianOf(m_latest);
        return std::move(m_report);
    }

private:
    void over(BurstEnd end) {
        m_isOver = true;
        m_report.end = end;
    }

    Result<void> begin() {
        const TimePoint deadline = deadlineAfter(m_clock.now(), m_options.timeout);
        auto probe =
            GuardedConnection::open(m_address, m_guard, CommandReach::observe, deadline, m_clock);
        if (!probe) {
            return probe.error();
        }
        m_probe = std::move(*probe);
        std::vector<Duration> before;
        for (unsigned i = 0; i < m_options.probesBefore; ++i) {
            const auto took = probeOnce();
            if (!took) {
                return took.error();
            }
            before.push_back(*took);
        }
        m_report.latencyBefore = medianOf(std::move(before));
        auto monitor =
            GuardedConnection::open(m_address, m_guard, CommandReach::settings, deadline, m_clock);
        if (!monitor) {
            return monitor.error();
        }
        m_monitor = std::move(*monitor);
        const RedisCommand command{"MONITOR"};
        if (auto posted = m_monitor->post(command, deadline); !posted) {
            return posted;
        }
        for (;;) {
            const auto ready = m_monitor->waitForNews(deadline);
            if (!ready || !*ready) {
                return ready ? Error{ErrorCode::timedOut, m_address.toText()} : ready.error();
            }
            const auto heard = m_monitor->receive();
            if (!heard) {
                return heard.error();
            }
            if (heard->empty()) {
                continue;
            }
            if (heard->front().isError()) {
                return refusalOf(command, heard->front());
            }
            // Its OK; what follows at once are lines already.
            hear({heard->begin() + 1, heard->end()});
            return {};
        }
    }

    Result<Duration> probeOnce() {
        const RedisCommand ping{"PING"};
        const TimePoint asked = m_clock.now();
        const auto answer = m_probe->ask({&ping, 1}, deadlineAfter(asked, m_options.timeout));
        if (!answer) {
            return answer.error();
        }
        return m_clock.now() - asked;
    }

    Result<void> step() {
        const auto ready = m_monitor->waitForNews(std::min(m_nextProbe, m_end));
        if (!ready) {
            return ready.error();
        }
        if (*ready) {
            auto heard = m_monitor->receive();
            if (!heard) {
                return heard.error();
            }
            hear(*heard);
        }
        const TimePoint now = m_clock.now();
        if (m_stop.stop_requested()) {
            over(BurstEnd::stopped);
        } else if (now >= m_end) {
            over(BurstEnd::elapsed);
        } else if (now >= m_nextProbe && !m_isOver) {
            if (auto looked = lookAtLatency(); !looked) {
                return looked;
            }
            m_nextProbe = deadlineAfter(m_clock.now(), m_options.probeEvery);
        }
        return {};
    }

    Result<void> lookAtLatency() {
        const auto took = probeOnce();
        if (!took && took.error().code() != ErrorCode::timedOut) {
            return took.error();
        }
        if (!took) {
            m_latest.assign(1, m_options.timeout);
            over(BurstEnd::latency);
            return {};
        }
        if (m_latest.size() == kProbesAtOnce) {
            m_latest.erase(m_latest.begin());
        }
        m_latest.push_back(*took);
        if (m_options.probed) {
            m_options.probed(m_report.latencyBefore, medianOf(m_latest));
        }
        const Duration before = std::max(m_report.latencyBefore, m_options.leastLatency);
        if (m_latest.size() == kProbesAtOnce &&
            std::chrono::duration<double>(medianOf(m_latest)) >
                m_options.worst * std::chrono::duration<double>(before)) {
            over(BurstEnd::latency);
        }
        return {};
    }

    void hear(const std::vector<RedisReply>& heard) {
        for (const RedisReply& reply : heard) {
            m_report.bytes += reply.text.size() + 3;
            if (reply.type != RedisReply::Type::status || !parseMonitorLine(reply.text, m_line)) {
                ++m_report.unreadable;
            } else if (std::find(m_options.leaveOut.begin(), m_options.leaveOut.end(),
                                 m_line.client) != m_options.leaveOut.end()) {
                ++m_report.leftOut;
            } else {
                ++m_report.lines;
                m_take(m_line);
            }
            if (m_report.bytes >= m_options.mostBytes) {
                over(BurstEnd::bytes);
                return;
            }
        }
    }

    const RedisAddress& m_address;
    const std::shared_ptr<Guard> m_guard;
    const MonitorBurstOptions& m_options;
    const Clock& m_clock;
    const Take& m_take;
    const std::stop_token& m_stop;
    std::unique_ptr<GuardedConnection> m_probe;
    std::unique_ptr<GuardedConnection> m_monitor;
    std::vector<Duration> m_latest;
    TimePoint m_end{};
    TimePoint m_nextProbe{};
    MonitorLine m_line;
    BurstReport m_report;
    bool m_isOver = false;
};

}  // namespace

Result<BurstReport> runMonitorBurst(const RedisAddress& address,
                                    const std::shared_ptr<Guard>& guard,
                                    const MonitorBurstOptions& options,
                                    const std::function<void(const MonitorLine&)>& take,
                                    const std::stop_token& stop) {
    const StoppableWaits stoppable(stop);
    return Burst(address, guard, options, take, stop).run();
}

}  // namespace cachescope::inspect
