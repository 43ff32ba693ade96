// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/capture_presenter.h"

#include <QDir>
#include <QFile>
#include <QSaveFile>
#include <QStandardPaths>
#include <QTemporaryFile>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/model/error_text.h"
#include "ui/model/formats.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

namespace {

using inspect::BurstEnd;

constexpr int kTick = 250;  // milliseconds
constexpr qint64 kBlock = 1 << 20;

// Empty: it worked.
QString copy(const QString& from, const QString& to, const LatestTask::Turn& turn) {
    QFile source(from);
    QSaveFile target(to);
    if (!source.open(QIODevice::ReadOnly)) {
        return source.errorString();
    }
    if (!target.open(QIODevice::WriteOnly)) {
        return target.errorString();
    }
    while (!source.atEnd() && turn.goOn()) {
        const QByteArray block = source.read(kBlock);
        if (block.isEmpty()) {
            return source.errorString();
        }
        if (target.write(block) != block.size()) {
            return target.errorString();
        }
    }
    return turn.goOn() && target.commit() ? QString() : target.errorString();
}

}  // namespace

/// A file with a name that nobody has, which only this user reads. It goes with this, unless kept.
struct CapturePresenter::File {
    File() {
        const QString folder = QStandardPaths::writableLocation(QStandardPaths::TempLocation);
        QTemporaryFile file(QDir(folder).filePath(QStringLiteral("cachescope-capture-XXXXXX.csv")));
        file.setAutoRemove(false);
        if (file.open()) {
            path = file.fileName();
        } else {
            problem = Error{ErrorCode::notPermitted, folder.toStdString(),
                            file.errorString().toStdString()};
        }
    }
    ~File() {
        if (!isKept && !path.isEmpty()) {
            QFile::remove(path);
        }
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    QString path;
    std::optional<Error> problem;
    bool isKept = false;
};

CapturePresenter::CapturePresenter(QObject* parent)
    : QObject(parent), m_saver("capture-file"), m_capture("capture") {
    m_tick.setInterval(kTick);
    connect(&m_tick, &QTimer::timeout, this, &CapturePresenter::changed);
}

CapturePresenter::~CapturePresenter() {
    m_stop.request_stop();
}

void CapturePresenter::setLink(std::shared_ptr<const inspect::InspectLink> link) {
    forget();
    m_link = std::move(link);
    m_server = 0;
    Q_EMIT changed();
}

QStringList CapturePresenter::servers() const {
    QStringList names;
    for (std::size_t i = 0; m_link != nullptr && i < m_link->size(); ++i) {
        names.append(printableText(m_link->server(i).address.toText()));
    }
    return names;
}

void CapturePresenter::setServer(int server) {
    if (!m_running && server >= 0 && server < servers().size()) {
        m_server = server;
        Q_EMIT changed();
    }
}

void CapturePresenter::setDuration(double seconds) {
    m_duration = std::clamp(seconds, kShortest, kLongest);
    Q_EMIT changed();
}

void CapturePresenter::setMostBytes(double bytes) {
    m_mostBytes = std::clamp(bytes, kLeastBytes, kMostBytes);
    Q_EMIT changed();
}

void CapturePresenter::forget() {
    m_stop.request_stop();
    m_capture.cancel();
    m_late.take(std::exchange(m_file, nullptr));
    m_report.reset();
    m_problem.clear();
    m_progress = {};
    m_running = false;
    m_took = {};
    m_tick.stop();
}

void CapturePresenter::start() {
    if (m_link == nullptr || m_running) {
        return;
    }
    forget();
    m_running = true;
    m_stop = std::stop_source{};
    m_began = SystemClock::instance().now();
    m_tick.start();
    m_capture.ask([this, link = m_link, server = static_cast<std::size_t>(m_server),
                   most = Duration{std::llround(m_duration * 1e9)},
                   bytes = static_cast<std::uint64_t>(m_mostBytes), worst = m_worst,
                   stop = m_stop.get_token()](const LatestTask::Turn& turn) {
        const auto file = std::make_shared<File>();
        if (file->problem) {
            turn.tell([this, file] { take(nullptr, *file->problem); });
            return;
        }
        inspect::CaptureOptions options;
        options.burst.most = most;
        options.burst.mostBytes = bytes;
        options.burst.worst = worst;
        options.burst.probed = [&](Duration before, Duration now) {
            turn.tell([this, before, now] {
                m_progress.latencyBefore = seconds(before);
                m_progress.latencyNow = seconds(now);
            });
        };
        options.progress = [&](const inspect::CaptureProgress& progress) {
            turn.tell([this, progress] {
                m_progress.requests = progress.requests;
                m_progress.bytes = progress.bytes;
            });
        };
        const auto& node = link->server(server);
        auto report = inspect::captureTrace(
            node.address, node.guard, QFile::encodeName(file->path).toStdString(), options, stop);
        turn.tell([this, file, report = std::move(report)] { take(file, report); });
    });
    Q_EMIT changed();
}

void CapturePresenter::stop() {
    m_stop.request_stop();
}

double CapturePresenter::elapsed() const {
    return seconds(m_running ? SystemClock::instance().now() - m_began : m_took);
}

void CapturePresenter::take(std::shared_ptr<File> file,
                            const Result<inspect::CaptureReport>& report) {
    m_running = false;
    m_took = SystemClock::instance().now() - m_began;
    m_tick.stop();
    if (report) {
        m_file = std::move(file);
        m_report = *report;
        m_progress.requests = report->reads + report->writes;
        m_progress.bytes = report->fileBytes;
        m_progress.latencyBefore = seconds(report->burst.latencyBefore);
        m_progress.latencyNow = seconds(report->burst.latencyAtEnd);
        if (m_progress.requests == 0) {
            m_late.take(std::exchange(m_file, nullptr));
        }
    } else if (report.error().code() == ErrorCode::cancelled) {
        m_problem = tr("Stopped before the first command.");
    } else {
        m_problem = ErrorText(report.error()).oneLine();
    }
    Q_EMIT changed();
}

QString CapturePresenter::endText() const {
    if (!m_report) {
        return m_problem;
    }
    QString why;
    const inspect::BurstReport& burst = m_report->burst;
    switch (burst.end) {
        case BurstEnd::elapsed:
            why = tr("The time is over.");
            break;
        case BurstEnd::bytes:
            why = tr("Ended early: the server has sent as much as was allowed.");
            break;
        case BurstEnd::latency:
            why = tr("Ended early, to spare the server: its latency rose from %1 to %2.")
                      .arg(formatLatency(seconds(burst.latencyBefore)),
                           formatLatency(seconds(burst.latencyAtEnd)));
            break;
        case BurstEnd::stopped:
            why = m_report->writing ? QString() : tr("Stopped.");
            break;
        case BurstEnd::lost:
            why = tr("Ended early: the connection was lost.");
            break;
    }
    if (m_report->writing) {
        why = tr("Ended early: %1").arg(ErrorText(*m_report->writing).oneLine());
    }
    const auto count = [](std::uint64_t number) {
        return formatCount(static_cast<double>(number));
    };
    const QString what =
        m_progress.requests == 0
            ? tr("No reads or writes of keys came meanwhile, so there is nothing to open.")
            : tr("Recorded: %1 reads and %2 writes in %3, %4.")
                  .arg(count(m_report->reads), count(m_report->writes),
                       formatLatency(seconds(burst.span)),
                       formatBytes(static_cast<double>(m_report->fileBytes)));
    return why.isEmpty() ? what : why + QLatin1Char(' ') + what;
}

void CapturePresenter::open() {
    if (hasTrace()) {
        m_file->isKept = true;
        Q_EMIT captured(m_file->path);
    }
}

void CapturePresenter::save(const QString& path) {
    if (!hasTrace()) {
        return;
    }
    m_saver.ask([this, file = m_file, path](const LatestTask::Turn& turn) {
        const QString problem = copy(file->path, path, turn);
        turn.tell([this, path, problem] {
            if (problem.isEmpty()) {
                Q_EMIT saved(path);
            } else {
                Q_EMIT saveFailed(tr("%1 could not be written: %2").arg(path, problem));
            }
        });
    });
}

}  // namespace cachescope::ui
