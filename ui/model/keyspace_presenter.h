// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <memory>
#include <optional>

#include "engine/core/error.h"
#include "engine/inspect/key_walk.h"
#include "ui/model/key_marks.h"
#include "ui/model/keyspace.h"
#include "ui/model/latest_task.h"

namespace cachescope::ui {

/// What is known of the keys of the inspected cache: first by a sample, then by a walk over all.
///
/// A new link is sampled at once, if somebody watches. A walk goes on while nobody watches, since a
/// person has started it, and what it has found so far is handed out now and then. What was read
/// stays when a walk fails or the cache is lost; `isOutdated` says that it is not true any more.
/// All reading and counting is on other threads. GUI thread.
class KeyspacePresenter : public QObject {
    Q_OBJECT

public:
    explicit KeyspacePresenter(const Clock& clock = SystemClock::instance(),
                               QObject* parent = nullptr);
    ~KeyspacePresenter() override;

    /// Null: forgets everything.
    void setLink(std::shared_ptr<const inspect::InspectLink> link);
    /// While it is watched and no walk was done, a new sample is drawn every kSampleEvery; it is a
    /// refresh, for what shows figures rather than keys.
    void setWatched(bool isWatched);
    static constexpr Duration kSampleEvery = std::chrono::minutes{2};

    /// Draws another sample; ends a walk.
    void sample();
    struct WalkWishes {
        inspect::WalkPace::Mode pace = inspect::WalkPace::Mode::gentle;
        bool readsIdle = false;
    };
    void startWalk(WalkWishes wishes);
    /// What was done last, once more: the keys have been changed.
    void readAgain();
    /// What has become of keys of the keyspace with this number. Where all keys are known, figures
    /// and forecasts are counted anew from what is left of them, and nothing is asked; a sample is
    /// drawn again; what a walk had read that was stopped stays as it is. Either is a refresh.
    void revise(std::uint64_t number, const KeyMarks& marks);
    void pauseWalk();
    void resumeWalk();
    /// What it has found so far is kept.
    void stopWalk();

    /// Null before anything was read.
    const std::shared_ptr<const Keyspace>& keyspace() const noexcept { return m_keyspace; }
    /// Nothing before the first walk.
    const std::optional<inspect::WalkProgress>& walk() const noexcept { return m_progress; }
    QList<inspect::WalkProgress> walkByServer() const;
    bool isWalking() const noexcept { return m_progress && !m_progress->hasEnded(); }
    bool isSampling() const noexcept { return m_sampling; }
    /// Of the last sample or walk that could not be begun or ended early.
    const std::optional<Error>& failure() const noexcept { return m_failure; }
    /// The store of the last walk, which may still grow; null where there was none.
    std::shared_ptr<const inspect::KeyCensus> census() const;

    /// The moment it is for the first server, in milliseconds.
    std::int64_t serverNow() const;
    /// What is due from now on, of what was known when it was read; while it is watched, forecasts
    /// are made again before they end. Nothing before that.
    std::optional<inspect::ForecastWindow> due(DueSpan span) const;
    /// Keys due after the first and up to the second moment, by the seconds ahead; nothing where
    /// that is not known. Any thread.
    std::function<std::optional<double>(TimePoint, TimePoint)> dueBetween() const;

    /// The server was started anew, or another one took its place: what was read is of the past.
    void setOutdated();
    bool isOutdated() const noexcept { return m_outdated; }

Q_SIGNALS:
    void keyspaceChanged();
    void walkChanged();
    void samplingChanged();
    /// Marks for charts: it was begun, or has ended.
    void walkBegan();
    void walkEnded();

private:
    struct Shared;  // what other threads read

    void draw(bool isRefresh);
    void countWalk(bool isEnd);
    void countAnew();
    bool isForecastShort() const;
    void foreseeAnew();
    void look();
    void take(const std::shared_ptr<const Keyspace>& keyspace);
    void fail(const Error& error);
    void retireWalk();
    void setSampling(bool sampling);

    const Clock& m_clock;
    std::shared_ptr<const inspect::InspectLink> m_link;
    std::shared_ptr<const Keyspace> m_keyspace;
    std::shared_ptr<inspect::KeyWalk> m_walk;
    std::optional<inspect::WalkProgress> m_progress;
    std::vector<inspect::WalkProgress> m_parts;
    std::shared_ptr<Shared> m_shared;
    std::uint64_t m_number = 0;
    std::uint64_t m_markedNumber = 0;  // of the keyspace that m_marks are of
    KeyMarks m_marks;
    bool m_ending = false;  // the end of a walk is being counted
    std::optional<Error> m_failure;
    bool m_watched = false;
    bool m_sampling = false;
    bool m_outdated = false;
    WalkWishes m_wishes;
    TimePoint m_nextCount{};
    TimePoint m_nextSample{};
    QTimer m_timer;
    LatestTask m_job;
    LatestTask m_retirement;  // where walks end, which may take a moment
};

}  // namespace cachescope::ui
