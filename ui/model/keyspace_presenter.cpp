// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/keyspace_presenter.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "engine/inspect/key_sample.h"
#include "engine/redis/stoppable_waits.h"

namespace cachescope::ui {

namespace {

using inspect::CensusView;
using inspect::ExpiryForecast;
using inspect::InspectLink;
using inspect::KeyFigures;
using inspect::KeyWalk;
using inspect::WalkProgress;

constexpr int kLookMilliseconds = 250;
constexpr Duration kSamplePatience = std::chrono::seconds{30};
// Counting anew takes longer with more keys: it may take this share of one processor.
constexpr int kCountShare = 5;
constexpr Duration kCountInterval = std::chrono::seconds{1};
constexpr std::size_t kNamespaces = 6;
constexpr Duration kDueKnownFor = std::chrono::minutes{10};

constexpr std::array<Duration, kDueSpans> kBuckets{std::chrono::seconds{1}, std::chrono::minutes{1},
                                                   std::chrono::hours{1}};

// What falls due, as seen from `now` on the server's clock.
void foresee(Keyspace& keyspace, std::int64_t now) {
    inspect::ForecastOptions options;
    options.now = now;
    options.buckets = kDueBuckets;
    options.namespaces = kNamespaces;
    const KeyFigures& figures = keyspace.figures;
    if (figures.sampled > 0 && figures.databaseKeys > 0) {
        options.scale =
            static_cast<double>(figures.databaseKeys) / static_cast<double>(figures.sampled);
    }
    for (std::size_t span = 0; span < kDueSpans; ++span) {
        options.bucket = kBuckets[span];
        keyspace.forecasts[span] =
            std::make_shared<const ExpiryForecast>(keyspace.present, options);
    }
}

// Everything that follows from the keys that were read.
void count(Keyspace& keyspace, std::uint64_t databaseKeys) {
    const CensusView& view = keyspace.present;
    if (keyspace.walked || keyspace.isRevised) {
        inspect::FigureOptions options;
        options.now = keyspace.taken;
        options.exact = keyspace.complete;
        options.databaseKeys = keyspace.complete ? view.size() : databaseKeys;
        keyspace.figures = inspect::figuresOf(view, options);
    }
    foresee(keyspace, keyspace.taken);
    inspect::LintOptions lint;
    lint.maxmemoryPolicy = keyspace.link->server(0).facts.maxmemoryPolicy;
    keyspace.findings = inspect::lintTtls(view, lint);
}

// From now on all figures are of what is left. Without the memory for that they stay as they are.
void reviseWith(Keyspace& keyspace, const KeyMarks& marks) {
    auto present = marks.isEmpty() ? Result<CensusView>{keyspace.view}
                                   : keyspace.view.revised(marks.revisions());
    if (present) {
        keyspace.present = std::move(*present);
        keyspace.isRevised = true;
    }
}

std::shared_ptr<Keyspace> keyspaceOver(const std::shared_ptr<const InspectLink>& link,
                                       std::uint64_t number, const Clock& clock) {
    auto keyspace = std::make_shared<Keyspace>();
    keyspace->link = link;
    keyspace->number = number;
    keyspace->readAt = clock.now();
    keyspace->taken = link->serverTime(keyspace->readAt);
    keyspace->usesFrequency = link->server(0).facts.usesFrequency();
    return keyspace;
}

}  // namespace

struct KeyspacePresenter::Shared {
    std::mutex mutex;
    std::shared_ptr<const Keyspace> keyspace;  // null where it must not be gone by
};

KeyspacePresenter::KeyspacePresenter(const Clock& clock, QObject* parent)
    : QObject(parent),
      m_clock(clock),
      m_shared(std::make_shared<Shared>()),
      m_job("inspect-keys"),
      m_retirement("inspect-retire") {
    m_timer.setInterval(kLookMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &KeyspacePresenter::look);
}

KeyspacePresenter::~KeyspacePresenter() = default;

void KeyspacePresenter::setLink(std::shared_ptr<const InspectLink> link) {
    m_job.cancel();
    m_ending = false;
    retireWalk();
    m_link = std::move(link);
    m_keyspace.reset();
    m_progress.reset();
    m_parts.clear();
    m_failure.reset();
    m_outdated = false;
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->keyspace.reset();
    }
    setSampling(false);
    m_timer.stop();
    if (m_link != nullptr) {
        m_timer.start();
        sample();
    }
    Q_EMIT keyspaceChanged();
    Q_EMIT walkChanged();
}

void KeyspacePresenter::setWatched(bool isWatched) {
    m_watched = isWatched;
}

void KeyspacePresenter::setSampling(bool sampling) {
    if (std::exchange(m_sampling, sampling) != sampling) {
        Q_EMIT samplingChanged();
    }
}

void KeyspacePresenter::sample() {
    draw(false);
}

void KeyspacePresenter::draw(bool isRefresh) {
    if (m_link == nullptr) {
        return;
    }
    m_ending = false;
    retireWalk();
    m_progress.reset();
    setSampling(true);
    m_nextSample = m_clock.now() + kSampleEvery;
    m_job.ask([this, &clock = m_clock, link = m_link, number = ++m_number,
               isRefresh](const LatestTask::Turn& turn) {
        const StoppableWaits stoppable(turn.stopToken());
        auto sample = inspect::takeSample(link->guarded(), {},
                                          SystemClock::instance().now() + kSamplePatience);
        if (!sample) {
            turn.tell([this, error = sample.error()] { fail(error); });
            return;
        }
        auto keyspace = keyspaceOver(link, number, clock);
        keyspace->view = std::move(sample->keys);
        keyspace->present = keyspace->view;
        keyspace->figures = std::move(sample->figures);
        keyspace->complete = keyspace->figures.exact;
        keyspace->isRefresh = isRefresh;
        keyspace->missingRules = std::move(sample->missingRules);
        keyspace->taken = sample->taken;
        count(*keyspace, 0);
        turn.tell([this, keyspace] {
            m_outdated = false;
            take(keyspace);
        });
    });
    Q_EMIT walkChanged();
}

void KeyspacePresenter::startWalk(WalkWishes wishes) {
    if (m_link == nullptr) {
        return;
    }
    m_job.cancel();
    m_ending = false;
    setSampling(false);
    retireWalk();
    m_wishes = wishes;
    m_failure.reset();
    inspect::WalkOptions options;
    options.pace = wishes.pace;
    options.readsIdle = wishes.readsIdle;
    m_walk = std::make_shared<KeyWalk>(m_link->guarded(), options);
    m_progress = m_walk->progress();
    m_nextCount = m_clock.now() + kCountInterval;
    ++m_number;
    Q_EMIT walkBegan();
    Q_EMIT walkChanged();
}

void KeyspacePresenter::readAgain() {
    if (m_walk != nullptr) {
        startWalk(m_wishes);
    } else {
        sample();
    }
}

void KeyspacePresenter::pauseWalk() {
    if (m_walk != nullptr) {
        m_walk->pause();
        look();
    }
}

void KeyspacePresenter::resumeWalk() {
    if (m_walk != nullptr) {
        m_walk->resume();
        look();
    }
}

void KeyspacePresenter::stopWalk() {
    if (m_walk != nullptr) {
        m_walk->stop();
    }
}

QList<WalkProgress> KeyspacePresenter::walkByServer() const {
    return {m_parts.begin(), m_parts.end()};
}

std::shared_ptr<const inspect::KeyCensus> KeyspacePresenter::census() const {
    return m_walk != nullptr ? m_walk->sharedCensus() : nullptr;
}

void KeyspacePresenter::look() {
    if (m_walk != nullptr && isWalking()) {
        m_progress = m_walk->progress();
        m_parts = m_walk->progressByServer();
        const bool isEnd = m_progress->hasEnded();
        if (isEnd) {
            m_failure = m_progress->failure;
            Q_EMIT walkEnded();
        }
        if (isEnd || (!m_job.busy() && m_clock.now() >= m_nextCount)) {
            countWalk(isEnd);
        }
        Q_EMIT walkChanged();
    } else if (m_watched && !m_sampling && !m_outdated && !m_job.busy() && m_keyspace != nullptr &&
               !m_keyspace->walked && m_clock.now() >= m_nextSample) {
        draw(true);
    } else if (m_watched && !m_outdated && !m_job.busy() && m_keyspace != nullptr &&
               isForecastShort()) {
        foreseeAnew();
    }
}

bool KeyspacePresenter::isForecastShort() const {
    const std::int64_t at = serverNow();
    return std::any_of(m_keyspace->forecasts.begin(), m_keyspace->forecasts.end(),
                       [at](const auto& forecast) { return !forecast->reaches(at); });
}

void KeyspacePresenter::foreseeAnew() {
    m_job.ask([this, before = m_keyspace, at = serverNow()](const LatestTask::Turn& turn) {
        auto keyspace = std::make_shared<Keyspace>(*before);
        keyspace->isRefresh = true;
        foresee(*keyspace, at);
        turn.tell([this, keyspace] { take(keyspace); });
    });
}

void KeyspacePresenter::revise(std::uint64_t number, const KeyMarks& marks) {
    m_markedNumber = number;
    m_marks = marks;
    if (m_keyspace == nullptr || m_sampling || isWalking() || m_outdated) {
        return;  // what is on its way has it, or is counted with it at its end
    }
    if (m_ending) {
        countWalk(true);
    } else if (m_keyspace->number == number && m_keyspace->complete) {
        countAnew();
    } else if (!m_keyspace->walked) {
        draw(true);
    }
}

void KeyspacePresenter::countAnew() {
    m_job.ask([this, before = m_keyspace, marks = m_marks](const LatestTask::Turn& turn) {
        auto keyspace = std::make_shared<Keyspace>(*before);
        keyspace->isRefresh = true;
        reviseWith(*keyspace, marks);
        count(*keyspace, 0);
        turn.tell([this, keyspace] { take(keyspace); });
    });
}

void KeyspacePresenter::countWalk(bool isEnd) {
    m_ending = isEnd;
    m_job.ask([this, &clock = m_clock, isEnd, walk = m_walk, link = m_link, number = m_number,
               wishes = m_wishes, marks = m_markedNumber == m_number ? m_marks : KeyMarks()](
                  const LatestTask::Turn& turn) {
        const TimePoint began = clock.now();
        auto keyspace = keyspaceOver(link, number, clock);
        const WalkProgress progress = walk->progress();
        keyspace->view = walk->view();
        keyspace->present = keyspace->view;
        keyspace->walked = true;
        keyspace->complete = isEnd && progress.state == WalkProgress::State::done;
        keyspace->knowsIdle = wishes.readsIdle;
        keyspace->missingRules = progress.missingRules;
        if (keyspace->complete && !marks.isEmpty()) {
            reviseWith(*keyspace, marks);
        }
        count(*keyspace, progress.expected);
        turn.tell([this, keyspace, took = clock.now() - began] {
            m_nextCount = m_clock.now() + std::max(kCountInterval, took * kCountShare);
            take(keyspace);
        });
    });
}

void KeyspacePresenter::take(const std::shared_ptr<const Keyspace>& keyspace) {
    m_keyspace = keyspace;
    m_ending = false;
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->keyspace = m_outdated ? nullptr : keyspace;
    }
    setSampling(false);
    if (!isWalking() && (!m_progress || !m_progress->failure)) {
        m_failure.reset();
    }
    Q_EMIT keyspaceChanged();
}

void KeyspacePresenter::fail(const Error& error) {
    m_failure = error;
    setSampling(false);
    Q_EMIT keyspaceChanged();
}

void KeyspacePresenter::retireWalk() {
    if (m_walk == nullptr) {
        return;
    }
    const bool wasWalking = isWalking();
    m_walk->stop();
    // Its end waits for its threads; another thread does that, unless a former one is still at it.
    m_retirement.ask(
        [walk = std::exchange(m_walk, nullptr)](const LatestTask::Turn&) mutable { walk.reset(); });
    if (wasWalking) {
        m_progress->state = WalkProgress::State::stopped;
        Q_EMIT walkEnded();
    }
}

std::int64_t KeyspacePresenter::serverNow() const {
    return m_link != nullptr ? m_link->serverTime(m_clock.now()) : 0;
}

std::optional<inspect::ForecastWindow> KeyspacePresenter::due(DueSpan span) const {
    if (m_keyspace == nullptr) {
        return std::nullopt;
    }
    return m_keyspace->forecasts.at(static_cast<std::size_t>(span))->at(serverNow());
}

std::function<std::optional<double>(TimePoint, TimePoint)> KeyspacePresenter::dueBetween() const {
    return [shared = m_shared](TimePoint after, TimePoint upTo) -> std::optional<double> {
        std::shared_ptr<const Keyspace> keyspace;
        {
            const std::lock_guard lock(shared->mutex);
            keyspace = shared->keyspace;
        }
        // Keys that were written since are not in it, so it is soon no measure of what is due.
        if (keyspace == nullptr || !keyspace->figures.knowsTtl || after < keyspace->readAt ||
            upTo - keyspace->readAt > kDueKnownFor) {
            return std::nullopt;
        }
        const auto& forecast = *keyspace->forecasts[static_cast<std::size_t>(DueSpan::minutes)];
        const std::int64_t from = keyspace->link->serverTime(after);
        const inspect::ForecastWindow window = forecast.at(from);
        if (window.buckets.empty()) {
            return std::nullopt;
        }
        const double part = static_cast<double>((upTo - after).count()) /
                            static_cast<double>(window.bucket.count());
        return window.buckets.front().keys * part;
    };
}

void KeyspacePresenter::setOutdated() {
    if (m_keyspace == nullptr || m_outdated) {
        return;
    }
    m_outdated = true;
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->keyspace.reset();
    }
    Q_EMIT keyspaceChanged();
}

}  // namespace cachescope::ui
