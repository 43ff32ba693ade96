// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/live_board.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ui/model/formats.h"

namespace cachescope::ui {

namespace {

using inspect::InspectLink;
using inspect::LiveMark;
using inspect::LiveSample;

constexpr int kPollMilliseconds = 250;
constexpr Duration kWindow = std::chrono::minutes{1};
// A server that has not spoken of a second by then is left out of it.
constexpr Duration kPatience = std::chrono::milliseconds{2500};
constexpr Duration kUnbroken = std::chrono::milliseconds{1500};
constexpr std::size_t kMostMarks = 500;
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

double& valueOf(LivePoint& point, LiveFigure figure) {
    return point.values[static_cast<std::size_t>(figure)];
}

// Figures of several servers add up; where one of them does not know, the sum is not known.
constexpr std::array kSummed{LiveFigure::operations, LiveFigure::memory,  LiveFigure::deleted,
                             LiveFigure::events,     LiveFigure::evicted, LiveFigure::clients,
                             LiveFigure::bytesIn,    LiveFigure::bytesOut};

// Nobody may be told of a refused connection once it is the login that is refused.
bool isOtherFailure(const std::optional<Error>& one, const std::optional<Error>& other) {
    if (!one || !other) {
        return one.has_value() != other.has_value();
    }
    return one->code() != other->code() || one->subject() != other->subject() ||
           one->detail() != other->detail();
}

}  // namespace

LiveBoard::LiveBoard(QObject* parent) : QObject(parent) {
    m_timer.setInterval(kPollMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &LiveBoard::poll);
}

LiveBoard::~LiveBoard() = default;

void LiveBoard::setLink(std::shared_ptr<const InspectLink> link,
                        std::function<std::optional<double>(TimePoint, TimePoint)> due) {
    m_timer.stop();
    m_servers.clear();
    m_seconds.clear();
    const bool sameCache = m_link != nullptr && link != nullptr &&
                           m_link->target().toText() == link->target().toText();
    if (!sameCache) {
        m_points.clear();
        m_marks.clear();
        m_unbroken = {};
        m_since = SystemClock::instance().now();
    }
    m_link = std::move(link);
    if (m_link == nullptr) {
        Q_EMIT advanced();
        return;
    }
    for (const InspectLink::Server& server : m_link->servers()) {
        inspect::LiveMonitorOptions options;
        options.window = kWindow;
        if (m_servers.empty()) {
            options.due = due;  // of all servers, so it must be in the sum once
        }
        Watched watched;
        watched.monitor = std::make_unique<inspect::LiveMonitor>(*server.session, options);
        watched.monitor->setWatched(m_watched);
        m_servers.push_back(std::move(watched));
    }
    m_timer.start();
    Q_EMIT advanced();
}

void LiveBoard::setWatched(bool isWatched) {
    m_watched = isWatched;
    for (const Watched& server : m_servers) {
        server.monitor->setWatched(isWatched);
    }
}

void LiveBoard::mark(LiveMark::Kind kind, const QString& detail) {
    if (!m_servers.empty()) {
        m_servers.front().monitor->mark(kind, detail.toStdString());
    }
}

void LiveBoard::poll() {
    bool moved = false;
    bool wasReplaced = false;
    for (Watched& server : m_servers) {
        inspect::LiveMonitor::View view = server.monitor->view(server.samples, server.marks);
        for (const LiveSample& sample : view.samples) {
            add(server, sample);
            server.samples = sample.number;
            server.last = sample;
        }
        if (!view.marks.empty()) {
            server.marks = view.marks.back().number;
            wasReplaced = takeMarks(view.marks) || wasReplaced;
            moved = true;
        }
        moved = moved || isOtherFailure(view.failure, server.view.failure);
        view.samples.clear();
        view.marks.clear();
        server.view = std::move(view);
    }
    moved = publish(SystemClock::instance().now() - kPatience) || moved;
    if (moved) {
        Q_EMIT advanced();
    }
    if (wasReplaced) {
        Q_EMIT replaced();  // last: it may end in setLink()
    }
}

bool LiveBoard::takeMarks(const std::vector<LiveMark>& marks) {
    bool wasReplaced = false;
    for (const LiveMark& mark : marks) {
        m_marks.push_back(mark);
        const bool isOther =
            mark.kind == LiveMark::Kind::restart || mark.kind == LiveMark::Kind::failover;
        wasReplaced = wasReplaced || isOther;
        if (isOther || mark.kind == LiveMark::Kind::statsReset) {
            m_unbroken = std::max(m_unbroken, mark.at);
        }
    }
    while (m_marks.size() > kMostMarks) {
        m_marks.pop_front();
    }
    return wasReplaced;
}

void LiveBoard::add(Watched& server, const LiveSample& sample) {
    // One a second, but never to the nanosecond: what follows at once is of the next second, even
    // where the clock's next has not begun or is over already.
    const bool follows = server.last && sample.at - server.last->at < kUnbroken;
    const std::int64_t clocks =
        std::chrono::duration_cast<std::chrono::seconds>(sample.at.time_since_epoch()).count();
    const std::int64_t number = follows ? server.second + 1 : std::max(server.second + 1, clocks);
    server.second = number;
    const auto [place, isNew] = m_seconds.try_emplace(number);
    Second& second = place->second;
    if (isNew) {
        second.sum.at = sample.at;
        valueOf(second.sum, LiveFigure::due) = kNothing;
        valueOf(second.sum, LiveFigure::probe) = kNothing;
    }
    ++second.servers;
    const inspect::LiveFigures& figures = sample.figures;
    const double span = seconds(figures.span);
    const bool compares = figures.broken == inspect::LiveBreak::none && span > 0;
    const auto rate = [&](double count) { return compares ? count / span : kNothing; };
    valueOf(second.sum, LiveFigure::operations) +=
        compares ? figures.operationsPerSecond : kNothing;
    valueOf(second.sum, LiveFigure::memory) += static_cast<double>(sample.memory);
    valueOf(second.sum, LiveFigure::deleted) += rate(static_cast<double>(figures.expired));
    valueOf(second.sum, LiveFigure::evicted) += rate(static_cast<double>(figures.evicted));
    valueOf(second.sum, LiveFigure::events) +=
        sample.expiredEvents ? rate(static_cast<double>(*sample.expiredEvents)) : kNothing;
    valueOf(second.sum, LiveFigure::clients) += static_cast<double>(sample.clients);
    valueOf(second.sum, LiveFigure::bytesIn) += compares ? figures.bytesInPerSecond : kNothing;
    valueOf(second.sum, LiveFigure::bytesOut) += compares ? figures.bytesOutPerSecond : kNothing;
    if (sample.due) {
        valueOf(second.sum, LiveFigure::due) = rate(*sample.due);
    }
    if (sample.ping) {
        double& probe = valueOf(second.sum, LiveFigure::probe);
        probe = std::isnan(probe) ? seconds(*sample.ping) : std::max(probe, seconds(*sample.ping));
    }
    second.sum.hits += static_cast<double>(figures.hits);
    second.sum.misses += static_cast<double>(figures.misses);
    for (const auto& [bound, count] : figures.latency.counts) {
        second.latency.counts[bound] += count;
    }
}

// Seconds of which all servers have spoken, or will not any more.
bool LiveBoard::publish(TimePoint until) {
    bool moved = false;
    while (!m_seconds.empty()) {
        const auto first = m_seconds.begin();
        if (first->second.servers < m_servers.size() && first->second.sum.at > until) {
            break;
        }
        Second second = std::move(first->second);
        m_seconds.erase(first);
        if (second.servers < m_servers.size()) {
            // A sum over some servers would look like a fall.
            for (const LiveFigure figure : kSummed) {
                valueOf(second.sum, figure) = kNothing;
            }
        }
        append(std::move(second));
        moved = true;
    }
    return moved;
}

void LiveBoard::append(Second second) {
    LivePoint& point = second.sum;
    // What another process, or the same before its counters were reset, hit and missed says nothing
    // of what is there now.
    double hits = point.hits;
    double lookUps = point.hits + point.misses;
    for (auto before = m_points.rbegin();
         before != m_points.rend() && point.at - before->at < kWindow && before->at >= m_unbroken;
         ++before) {
        hits += before->hits;
        lookUps += before->hits + before->misses;
    }
    const auto latencyOf = [&](double share) {
        return second.latency.count() > 0 ? seconds(second.latency.percentile(share)) : kNothing;
    };
    valueOf(point, LiveFigure::hitRatio) = lookUps > 0 ? hits / lookUps : kNothing;
    valueOf(point, LiveFigure::latency) = latencyOf(0.99);
    valueOf(point, LiveFigure::latencyMiddle) = latencyOf(0.5);
    m_points.push_back(point);
    while (point.at - m_points.front().at > kKept) {
        m_points.pop_front();
    }
}

std::optional<LivePoint> LiveBoard::latest() const {
    if (m_points.empty() || isSilent()) {
        return std::nullopt;
    }
    return m_points.back();
}

std::optional<double> LiveBoard::lifetimeHitRatio() const {
    double ratio = 0;
    double weight = 0;
    for (std::size_t i = 0; i < m_servers.size(); ++i) {
        const auto& last = m_servers[i].last;
        if (!last || !last->lifetimeHitRatio) {
            continue;
        }
        const inspect::ServerFacts& facts = m_link->server(i).facts;
        const double lookUps = std::max(1.0, static_cast<double>(facts.hits + facts.misses));
        ratio += *last->lifetimeHitRatio * lookUps;
        weight += lookUps;
    }
    return weight > 0 ? std::optional<double>{ratio / weight} : std::nullopt;
}

std::uint64_t LiveBoard::maxMemory() const {
    std::uint64_t sum = 0;
    for (const Watched& server : m_servers) {
        if (!server.last || server.last->maxMemory == 0) {
            return 0;
        }
        sum += server.last->maxMemory;
    }
    return sum;
}

std::optional<std::uint64_t> LiveBoard::keys() const {
    std::uint64_t sum = 0;
    for (const Watched& server : m_servers) {
        if (!server.last) {
            return std::nullopt;
        }
        sum += server.last->keys;
    }
    return m_servers.empty() ? std::nullopt : std::optional<std::uint64_t>{sum};
}

QList<LiveBoard::Node> LiveBoard::nodes() const {
    QList<Node> nodes;
    for (std::size_t i = 0; i < m_servers.size(); ++i) {
        const InspectLink::Server& server = m_link->server(i);
        const Watched& watched = m_servers[i];
        nodes.append({QString::fromStdString(server.address.toText()), watched.last,
                      watched.view.failure, QString::fromStdString(server.facts.version),
                      QString::fromStdString(watched.view.role.empty() ? server.facts.role
                                                                       : watched.view.role)});
    }
    return nodes;
}

bool LiveBoard::isSilent() const {
    return failure().has_value();
}

std::optional<Error> LiveBoard::failure() const {
    for (const Watched& server : m_servers) {
        if (server.view.failure) {
            return server.view.failure;
        }
    }
    return std::nullopt;
}

QStringList LiveBoard::missingRules() const {
    QStringList rules;
    for (const Watched& server : m_servers) {
        for (const std::string& rule : server.view.missingRules) {
            rules.append(QString::fromStdString(rule));
        }
    }
    rules.removeDuplicates();
    return rules;
}

Duration LiveBoard::ownServerTime() const {
    Duration sum{};
    for (const Watched& server : m_servers) {
        sum += server.last ? server.last->ownServerTime : Duration{};
    }
    return sum;
}

double LiveBoard::ownShare() const {
    const Duration since = SystemClock::instance().now() - m_since;
    return since > Duration{} && !m_servers.empty()
               ? seconds(ownServerTime()) / seconds(since) / static_cast<double>(m_servers.size())
               : 0;
}

}  // namespace cachescope::ui
