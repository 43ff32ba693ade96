// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>
#include <memory>
#include <optional>
#include <stop_token>

#include "engine/inspect/capture.h"
#include "engine/inspect/inspect_link.h"
#include "ui/model/late_end.h"
#include "ui/model/latest_task.h"

namespace cachescope::ui {

/// Records what a server is asked, as a trace for Tune, without the widgets.
///
/// Asks the server nothing before start(). The trace is in a temporary file that nobody else may
/// read; it is removed with the next start(), with the link and at the end, unless open() handed it
/// over or save() copied it. Of a cluster, one server at a time. GUI thread.
class CapturePresenter : public QObject {
    Q_OBJECT

public:
    struct Progress {
        quint64 requests = 0;
        quint64 bytes = 0;  ///< of the file
        double latencyBefore = 0;
        double latencyNow = 0;  ///< seconds; 0: not measured yet
    };

    static constexpr double kShortest = 5;  ///< seconds
    static constexpr double kLongest = 600;
    static constexpr double kLeastBytes = 1 << 20;
    static constexpr double kMostBytes = 4.0 * (1 << 30);

    explicit CapturePresenter(QObject* parent = nullptr);
    ~CapturePresenter() override;

    /// Null: disconnected. Ends what runs and forgets what was captured.
    void setLink(std::shared_ptr<const inspect::InspectLink> link);
    bool hasLink() const { return m_link != nullptr; }
    /// The servers to choose from, without secrets.
    QStringList servers() const;
    int server() const { return m_server; }
    void setServer(int server);

    double duration() const { return m_duration; }
    void setDuration(double seconds);
    /// How much the server may send.
    double mostBytes() const { return m_mostBytes; }
    void setMostBytes(double bytes);
    /// How many times its latency of before the server may have; 2 at first.
    void setWorstLatency(double times) { m_worst = times; }

    void start();
    /// What was recorded until then is kept.
    void stop();
    bool running() const { return m_running; }
    double elapsed() const;
    const Progress& progress() const { return m_progress; }

    /// Of the last start(), once it has ended.
    const std::optional<inspect::CaptureReport>& report() const { return m_report; }
    bool hasTrace() const { return m_file != nullptr; }
    /// Why it ended and what there is, or what went wrong.
    QString endText() const;
    bool hasFailed() const { return !m_problem.isEmpty(); }

    /// captured() with a file that stays.
    void open();
    /// saved() or saveFailed() follows; replaces a file that is there.
    void save(const QString& path);

Q_SIGNALS:
    void changed();
    /// For Tune to open.
    void captured(const QString& path);
    void saved(const QString& path);
    void saveFailed(const QString& sentence);

private:
    struct File;

    void forget();
    void take(std::shared_ptr<File> file, const Result<inspect::CaptureReport>& report);

    std::shared_ptr<const inspect::InspectLink> m_link;
    int m_server = 0;
    double m_duration = 30;
    double m_mostBytes = 256.0 * (1 << 20);
    double m_worst = 2;
    bool m_running = false;
    Progress m_progress;
    TimePoint m_began{};
    Duration m_took{};  // once it has ended
    QTimer m_tick;
    std::optional<inspect::CaptureReport> m_report;
    QString m_problem;
    std::shared_ptr<File> m_file;  // null: there is no trace
    std::stop_source m_stop;
    LateEnd m_late;
    LatestTask m_saver;
    LatestTask m_capture;
};

}  // namespace cachescope::ui
