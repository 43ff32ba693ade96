// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>
#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "engine/inspect/inspect_link.h"
#include "engine/inspect/live_monitor.h"

namespace cachescope::ui {

/// Everything that is charted of a live cache, a value a second.
enum class LiveFigure : std::uint8_t {
    hitRatio,    ///< over the last minute, without our own look-ups
    operations,  ///< a second, without our own
    latency,     ///< p99 of all data commands, in the server
    latencyMiddle,
    probe,  ///< our own PING, there and back
    memory,
    deleted,  ///< expired keys that the server removed, a second
    due,      ///< keys whose time came, a second, by the forecast
    events,   ///< expired events that it sent, a second
    evicted,  ///< a second
    clients,
    bytesIn,
    bytesOut,
};
inline constexpr int kLiveFigures = 13;

/// A second of all servers together. What is not known is not a number.
struct LivePoint {
    TimePoint at{};
    std::array<double, kLiveFigures> values{};
    double hits = 0;  ///< look-ups of this second
    double misses = 0;

    double value(LiveFigure figure) const { return values[static_cast<std::size_t>(figure)]; }
};

/// The live figures of an inspected cache: those of all servers together, second by second, and
/// each server's latest.
///
/// Nobody is asked anything while nobody watches, which leaves a gap. The minute of the hit ratio
/// begins anew when a server was started anew or its counters were reset. `isSilent` says that at
/// least one server does not answer: what is shown is old then. GUI thread.
class LiveBoard : public QObject {
    Q_OBJECT

public:
    static constexpr Duration kKept = std::chrono::minutes{30};

    explicit LiveBoard(QObject* parent = nullptr);
    ~LiveBoard() override;

    /// `due` as LiveMonitorOptions::due: for all servers together. Null: forgets everything.
    void setLink(std::shared_ptr<const inspect::InspectLink> link,
                 std::function<std::optional<double>(TimePoint, TimePoint)> due = {});
    void setWatched(bool isWatched);
    void mark(inspect::LiveMark::Kind kind, const QString& detail = {});

    const std::deque<LivePoint>& points() const noexcept { return m_points; }
    /// Of the last second; nothing while nothing is known.
    std::optional<LivePoint> latest() const;
    std::optional<double> lifetimeHitRatio() const;
    std::uint64_t maxMemory() const;
    /// Keys that the databases of all servers have; nothing before it was asked.
    std::optional<std::uint64_t> keys() const;
    const std::deque<inspect::LiveMark>& marks() const noexcept { return m_marks; }

    struct Node {
        QString name;
        std::optional<inspect::LiveSample> sample;
        std::optional<Error> failure;
        QString version;
        QString role;
    };
    QList<Node> nodes() const;

    bool isSilent() const;
    std::optional<Error> failure() const;
    /// Rules that would show more: "+latency|histogram".
    QStringList missingRules() const;
    /// Time of the servers' processors that was spent on us.
    Duration ownServerTime() const;
    /// The same as a share of the time since connecting.
    double ownShare() const;

Q_SIGNALS:
    /// About once a second.
    void advanced();
    /// A server was started anew or another one took its place: its data may be other.
    void replaced();

private:
    struct Watched {
        std::unique_ptr<inspect::LiveMonitor> monitor;
        inspect::LiveMonitor::View view;  // without samples and marks
        std::optional<inspect::LiveSample> last;
        std::uint64_t samples = 0;
        std::uint64_t marks = 0;
        std::int64_t second = 0;  // of the last sample
    };
    // What the servers said of one second, as far as they have.
    struct Second {
        std::size_t servers = 0;
        LivePoint sum;
        inspect::ServerLatency latency;
    };

    void poll();
    void add(Watched& server, const inspect::LiveSample& sample);
    bool publish(TimePoint until);
    void append(Second second);
    bool takeMarks(const std::vector<inspect::LiveMark>& marks);

    std::shared_ptr<const inspect::InspectLink> m_link;
    std::vector<Watched> m_servers;
    std::map<std::int64_t, Second> m_seconds;  // not published yet
    std::deque<LivePoint> m_points;
    std::deque<inspect::LiveMark> m_marks;
    TimePoint m_since{};
    TimePoint m_unbroken{};  // since when a server's counters go on from each other
    bool m_watched = false;
    QTimer m_timer;
};

}  // namespace cachescope::ui
