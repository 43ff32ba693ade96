// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/change_presenter.h"

#include <algorithm>
#include <map>
#include <utility>

#include "ui/model/change_text.h"
#include "ui/model/error_text.h"
#include "ui/model/formats.h"
#include "ui/model/key_text.h"

namespace cachescope::ui {

namespace {

using Kind = inspect::KeyChange::Kind;

constexpr int kLookEvery = 100;  // milliseconds
constexpr std::size_t kSample = 20;
constexpr std::size_t kShownBytes = 256;         // of a name
constexpr std::size_t kMostNamespaces = 10'000;  // that are told apart
constexpr std::size_t kBetweenLooks = 4096;
constexpr Duration kPingTimeout = std::chrono::seconds{2};
constexpr int kPings = 3;
constexpr double kLonger = 1.5;  // than the sum of its parts, as measured

using GoOn = std::function<bool()>;

QString shown(std::string_view name) {
    const QString text = keyText(name.substr(0, kShownBytes));
    return name.size() > kShownBytes ? text + QChar(0x2026) : text;
}

// What a gentle run takes: pipelines of a page each, the server's part and the rest after it.
std::optional<double> secondsFor(const inspect::InspectLink& link, const std::vector<quint64>& keys,
                                 Kind kind) {
    double longest = 0;
    for (std::size_t i = 0; i < link.size() && i < keys.size(); ++i) {
        if (keys[i] == 0) {
            continue;
        }
        const auto& server = link.server(i);
        const Clock& clock = server.session->clock();
        Duration trip = Duration::max();
        for (int ping = 0; ping < kPings; ++ping) {
            const TimePoint asked = clock.now();
            const auto pong =
                server.session->ask({{"PING"}}, inspect::CommandReach::observe,
                                    RedisPriority::interactive, deadlineAfter(asked, kPingTimeout));
            if (!pong) {
                return std::nullopt;
            }
            trip = std::min(trip, clock.now() - asked);
        }
        using inspect::WalkPace;
        const double trips = kind == Kind::spread ? 2 : 1;
        const double page =
            seconds(trip) * trips + seconds(WalkPace::kStall) * (1 + WalkPace::kRest);
        longest = std::max(longest, kLonger * page * static_cast<double>(keys[i]) /
                                        static_cast<double>(WalkPace::kGentlePage));
    }
    return longest;
}

ChangePreview countUp(inspect::ChangeTargets targets, const std::string& separator,
                      std::int64_t now, std::vector<quint64>& byServer, const GoOn& goOn) {
    ChangePreview preview;
    std::map<std::string, quint64, std::less<>> namespaces;
    const std::size_t step = std::max<std::size_t>(targets.count / kSample, 1);
    for (std::size_t i = 0; i < targets.count; ++i) {
        if (i % kBetweenLooks == 0 && !goOn()) {
            return preview;
        }
        const inspect::ChangeTarget target = targets.at(i);
        ++preview.keys;
        preview.bytes += target.bytes == inspect::kSizeUnknown ? 0 : target.bytes;
        preview.unknownSizes += target.bytes == inspect::kSizeUnknown ? 1 : 0;
        preview.expired += target.expiry >= 0 && target.expiry <= now ? 1 : 0;
        if (target.server >= byServer.size()) {
            byServer.resize(target.server + 1);
        }
        ++byServer[target.server];
        if (i % step == 0 && preview.sample.size() < static_cast<qsizetype>(kSample)) {
            preview.sample.append(shown(target.name));
        }
        const std::size_t end =
            separator.empty() ? std::string_view::npos : target.name.find(separator);
        const std::string_view space =
            end == std::string_view::npos ? std::string_view{} : target.name.substr(0, end);
        if (const auto known = namespaces.find(space); known != namespaces.end()) {
            ++known->second;
        } else if (namespaces.size() < kMostNamespaces) {
            namespaces.emplace(space, 1);
        }
    }
    for (const auto& [name, keys] : namespaces) {
        preview.namespaces.append({name.empty() ? QString() : shown(name + separator), keys});
    }
    std::stable_sort(preview.namespaces.begin(), preview.namespaces.end(),
                     [](const auto& one, const auto& other) { return one.keys > other.keys; });
    preview.targets = std::move(targets);
    return preview;
}

}  // namespace

ChangeScope ChangeScope::of(QString title, QString phrase, inspect::ChangeTargets targets) {
    ChangeScope scope;
    scope.title = std::move(title);
    scope.phrase = std::move(phrase);
    scope.find = [targets = std::move(targets)](const GoOn&) {
        return Result<inspect::ChangeTargets>{targets};
    };
    return scope;
}

ChangePresenter::ChangePresenter(QObject* parent)
    : QObject(parent), m_undoer("change-undo"), m_finder("change-preview") {
    m_look.setInterval(kLookEvery);
    connect(&m_look, &QTimer::timeout, this, &ChangePresenter::look);
}

ChangePresenter::~ChangePresenter() = default;

void ChangePresenter::setLink(std::shared_ptr<const inspect::InspectLink> link) {
    m_problem = lostText();
    if (m_undo) {
        m_lostUndo = m_undo->offer;
    }
    m_finder.cancel();
    m_undoer.cancel();
    forget();
    setUndo(std::nullopt);
    m_link = std::move(link);
    // What they were called may still be shown.
    m_scope.find = nullptr;
    m_preview.reset();
    Q_EMIT previewChanged();
    Q_EMIT progressChanged();
    Q_EMIT lockChanged();
}

// What is lost with a connection, for whoever looks at it.
QString ChangePresenter::lostText() const {
    if (running()) {
        const quint64 done = m_run != nullptr ? m_run->progress().done : 0;
        return tr("The connection ended while keys were changed; %1 were done by then. Read the "
                  "keys again to see what they are now.")
            .arg(formatCount(static_cast<double>(done)));
    }
    if (!m_problem.isEmpty() || m_link == nullptr || !m_scope.find) {
        return m_problem;
    }
    return m_progress ? tr("%1 The connection has ended since.").arg(resultText())
                      : tr("The connection ended or became another one, so these keys may not be "
                           "the same any more. Close this and choose again.");
}

void ChangePresenter::setEnvironment(Environment environment) {
    if (m_environment != environment) {
        m_environment = environment;
        Q_EMIT previewChanged();
    }
}

void ChangePresenter::setUnlocked(bool unlocked) {
    if (m_link != nullptr && m_link->isUnlocked() != unlocked) {
        m_link->setUnlocked(unlocked);
        Q_EMIT lockChanged();
    }
}

void ChangePresenter::preview(const ChangeScope& scope, const inspect::KeyChange& change) {
    if (m_link == nullptr || running()) {
        return;
    }
    forget();
    m_scope = scope;
    m_change = change;
    m_preview.reset();
    m_problem.clear();
    m_finder.ask([this, link = m_link, find = scope.find, separator = scope.separator,
                  kind = change.kind](const LatestTask::Turn& turn) {
        const GoOn goOn = [&turn] { return turn.goOn(); };
        auto targets = find(goOn);
        if (!targets) {
            turn.tell([this, error = targets.error()] {
                m_problem = ErrorText(error).oneLine();
                Q_EMIT previewChanged();
            });
            return;
        }
        std::vector<quint64> byServer(link->size());
        const std::int64_t now = link->serverTime(SystemClock::instance().now());
        auto found = std::make_shared<ChangePreview>(
            countUp(std::move(*targets), separator, now, byServer, goOn));
        if (!turn.goOn()) {
            return;
        }
        found->seconds = secondsFor(*link, byServer, kind);
        turn.tell([this, found] {
            m_preview = std::move(*found);
            Q_EMIT previewChanged();
        });
    });
    Q_EMIT previewChanged();
    Q_EMIT progressChanged();
}

void ChangePresenter::setChange(const inspect::KeyChange& change) {
    if (!running()) {
        m_change = change;
        Q_EMIT previewChanged();
    }
}

QString ChangePresenter::confirmText() const {
    if (m_environment != Environment::production || !m_preview) {
        return {};
    }
    return m_scope.phrase.isEmpty() ? formatCount(static_cast<double>(m_preview->keys))
                                    : m_scope.phrase;
}

bool ChangePresenter::isConfirmedBy(const QString& typed) const {
    const QString wanted = confirmText();
    if (wanted.isEmpty() || typed == wanted || typed.trimmed() == wanted) {
        return true;
    }
    // A number may be typed without what groups its digits.
    return m_scope.phrase.isEmpty() && typed.trimmed() == QString::number(m_preview->keys);
}

bool ChangePresenter::canStart() const {
    return m_preview && m_preview->keys > 0 && isUnlocked() && !running() && !m_progress &&
           m_change.check().ok();
}

bool ChangePresenter::start(const QString& typed) {
    if (!canStart() || !isConfirmedBy(typed)) {
        return false;
    }
    m_ran = m_change;
    run(std::make_shared<inspect::ChangeRun>(m_link->guarded(), m_preview->targets, m_change),
        false);
    return true;
}

void ChangePresenter::run(std::shared_ptr<inspect::ChangeRun> run, bool isUndo) {
    letGo(std::exchange(m_run, std::move(run)));
    m_lostUndo.reset();
    m_isUndo = isUndo;
    m_progress = m_run->progress();
    m_look.start();
    Q_EMIT progressChanged();
}

// A run that may be undone later is kept by that.
void ChangePresenter::letGo(std::shared_ptr<inspect::ChangeRun> run) {
    if (!m_undo || m_undo->run != run) {
        m_late.take(std::move(run));
    }
}

void ChangePresenter::setUndo(std::optional<Undo> undo) {
    const auto before = std::exchange(m_undo, std::move(undo));
    if (before && before->run != m_run) {
        letGo(before->run);
    }
}

bool ChangePresenter::running() const {
    return m_look.isActive() || m_undoer.busy();
}

void ChangePresenter::stop() {
    if (m_run != nullptr) {
        m_run->stop();
    }
}

void ChangePresenter::look() {
    m_progress = m_run->progress();
    if (!m_progress->hasEnded()) {
        Q_EMIT progressChanged();
        return;
    }
    m_look.stop();
    if (const quint64 keys = m_run->undoable(); keys > 0) {
        setUndo(Undo{{m_ran, m_scope.title, m_scope.phrase, keys, SystemClock::instance().now()},
                     m_run});
    } else if (m_isUndo && m_progress->state == inspect::ChangeProgress::State::done) {
        // One that did not come to its end can be tried again: what is back already is left alone.
        setUndo(std::nullopt);
    }
    Q_EMIT progressChanged();
    const bool isOther = m_progress->done > 0 || m_progress->gone > 0 || m_progress->unsure > 0;
    if (isOther) {
        Q_EMIT changed((m_ran.kind == Kind::remove && !m_isUndo) || m_progress->gone > 0);
    }
    Q_EMIT ended();
}

quint64 ChangePresenter::undoable() const {
    const bool isOfRun = m_undo && m_run != nullptr && (m_isUndo || m_undo->run == m_run);
    return isOfRun && !running() ? m_undo->offer.keys : 0;
}

std::optional<UndoOffer> ChangePresenter::undoOffer() const {
    return m_undo && !running() ? std::optional(m_undo->offer) : std::nullopt;
}

void ChangePresenter::undo() {
    if (!m_undo || running()) {
        return;
    }
    // What is remembered of a million keys is copied, which takes longer than a frame.
    m_undoer.ask([this, before = m_undo->run](const LatestTask::Turn& turn) {
        auto undo = std::shared_ptr<inspect::ChangeRun>(before->undo());
        turn.tell([this, undo = std::move(undo)]() mutable {
            if (undo != nullptr && m_undo) {
                m_ran = m_undo->offer.change;
                run(std::move(undo), true);
            }
        });
    });
    Q_EMIT progressChanged();
}

void ChangePresenter::dropUndo() {
    if (running()) {
        return;
    }
    setUndo(std::nullopt);
    m_lostUndo.reset();
    if (m_isUndo) {
        forget();
    }
    Q_EMIT progressChanged();
}

void ChangePresenter::forget() {
    m_look.stop();
    letGo(std::exchange(m_run, nullptr));
    m_progress.reset();
    m_isUndo = false;
}

QString ChangePresenter::resultText() const {
    return m_progress && m_progress->hasEnded() ? changeResult(m_ran, *m_progress, m_isUndo)
                                                : QString();
}

}  // namespace cachescope::ui
