// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/inspect_presenter.h"

#include <utility>

#include "engine/inspect/key_selection.h"
#include "engine/redis/stoppable_waits.h"
#include "ui/model/key_text.h"

namespace cachescope::ui {

namespace {

using inspect::ChangeTargets;
using inspect::InspectLink;
using inspect::LiveMark;

constexpr Duration kPatience = std::chrono::seconds{10};
constexpr int kRetryMilliseconds = 1000;
constexpr Duration kBetweenSamples = std::chrono::seconds{5};  // of what was empty

// What is known to be gone need not be changed.
ChangeTargets present(const inspect::CensusView& view, std::vector<std::uint32_t> numbers,
                      const KeyMarks& marks) {
    if (!marks.isEmpty()) {
        std::erase_if(numbers, [&](std::uint32_t number) { return marks.of(number).isGone(); });
    }
    ChangeTargets targets = ChangeTargets::of(view, std::move(numbers));
    if (!marks.isEmpty()) {
        targets.at = [marks, read = targets.at](std::size_t i) {
            inspect::ChangeTarget target = read(i);
            const KeyMark mark = marks.of(target.number);
            target.expiry = mark.isOther() ? mark.expiry : target.expiry;
            return target;
        };
    }
    return targets;
}

}  // namespace

InspectPresenter::InspectPresenter(QObject* parent)
    : QObject(parent), m_connecting("inspect-connect") {
    m_retry.setSingleShot(true);
    m_retry.setInterval(kRetryMilliseconds);
    connect(&m_retry, &QTimer::timeout, this, &InspectPresenter::connectNow);
    connect(&m_live, &LiveBoard::advanced, this, &InspectPresenter::sampleWhatCameIn);
    connect(&m_live, &LiveBoard::replaced, this, [this] {
        m_keyspace.setOutdated();
        // It was another one that changes were unlocked for.
        setUnlocked(false);
        reconnect();
    });
    connect(&m_keyspace, &KeyspacePresenter::keyspaceChanged, this, [this] {
        const auto& keyspace = m_keyspace.keyspace();
        if (keyspace != nullptr && keyspace->isRefresh) {
            // What a person reads does not change under their eyes; the same keys counted anew are
            // the same namespaces.
            if (m_keys.keyspace() != nullptr && m_keys.keyspace()->number == keyspace->number) {
                m_namespaces.setKeyspace(keyspace);
            }
            return;
        }
        m_marks.setKeyspace(keyspace);
        m_keys.setKeyspace(keyspace);
        m_namespaces.setKeyspace(keyspace);
    });
    connect(&m_keyspace, &KeyspacePresenter::walkBegan, this,
            [this] { m_live.mark(LiveMark::Kind::walkBegan); });
    connect(&m_keyspace, &KeyspacePresenter::walkEnded, this, [this] {
        m_live.mark(LiveMark::Kind::walkEnded);
        if (m_link != nullptr) {
            m_misses.setCensus(m_keyspace.census(), m_link->server(0).facts.clockAhead);
        }
    });
    // A million keys are not read again because some were changed: what became of those is known.
    connect(&m_changes, &ChangePresenter::changed, this,
            [this] { m_marks.take(m_changes.run(), m_keyspace.serverNow()); });
    connect(&m_marks, &KeyMarkBook::marksChanged, this,
            [this] { m_keys.setMarks(m_marks.marks()); });
    connect(&m_marks, &KeyMarkBook::runTaken, this,
            [this] { m_keyspace.revise(m_marks.keyspace()->number, m_marks.marks()); });
    connect(&m_openKey, &OpenKey::valueChanged, this, &InspectPresenter::seeOpenKey);
    connect(&m_changes, &ChangePresenter::lockChanged, this, &InspectPresenter::lockChanged);
    connect(&m_capture, &CapturePresenter::changed, this, [this] {
        if (std::exchange(m_capturing, m_capture.running()) != m_capture.running()) {
            m_live.mark(m_capture.running() ? LiveMark::Kind::captureBegan
                                            : LiveMark::Kind::captureEnded);
        }
    });
}

InspectPresenter::~InspectPresenter() = default;

void InspectPresenter::connectTo(const QString& url, const QString& name) {
    setLink(nullptr);
    m_url = url;
    m_name = name;
    connectNow();
}

void InspectPresenter::disconnectFromCache() {
    m_retry.stop();
    m_connecting.cancel();
    m_failure.reset();
    setLink(nullptr);
    setState(State::disconnected);
}

void InspectPresenter::reconnect() {
    if (!m_url.isEmpty()) {
        connectNow();
    }
}

void InspectPresenter::connectNow() {
    m_retry.stop();
    m_connecting.ask([this, url = m_url.toStdString(),
                      before = m_link](const LatestTask::Turn& turn) {
        const StoppableWaits stoppable(turn.stopToken());
        const auto target = RedisTarget::parse(url);
        if (!target) {
            turn.tell([this, error = target.error()] {
                m_failure = error;
                setState(State::failed);
            });
            return;
        }
        auto link =
            InspectLink::connect(*target, SystemClock::instance().now() + kPatience, before.get());
        turn.tell([this, link = std::move(link)] {
            if (!link) {
                // What was read before stays to be looked at; the board says that nobody answers.
                m_failure = link.error();
                setState(State::failed);
                if (m_link != nullptr) {
                    m_retry.start();
                }
                return;
            }
            m_failure.reset();
            setLink(*link);
            setState(State::connected);
        });
    });
    setState(State::connecting);
}

void InspectPresenter::setLink(std::shared_ptr<const InspectLink> link) {
    m_link = std::move(link);
    m_live.setLink(m_link, m_keyspace.dueBetween());
    m_openKey.setLink(m_link);
    m_panels.setLink(m_link);
    m_misses.setLink(m_link);
    m_changes.setLink(m_link);
    m_changes.setCacheName(name());
    m_capture.setLink(m_link);
    m_keyspace.setLink(m_link);
    Q_EMIT lockChanged();
}

void InspectPresenter::setState(State state) {
    m_state = state;
    Q_EMIT stateChanged();
}

QString InspectPresenter::address() const {
    const auto target = RedisTarget::parse(m_url.toStdString());
    return target ? QString::fromStdString(target->toText()) : QString();
}

QString InspectPresenter::name() const {
    return m_name.isEmpty() ? address() : m_name;
}

QStringList InspectPresenter::missingRules() const {
    QStringList rules = m_live.missingRules();
    const auto add = [&rules](const std::vector<std::string>& more) {
        for (const std::string& rule : more) {
            rules.append(QString::fromStdString(rule));
        }
    };
    if (m_link != nullptr) {
        for (const InspectLink::Server& server : m_link->servers()) {
            add(server.facts.missingRules);
        }
    }
    if (m_keyspace.keyspace() != nullptr) {
        add(m_keyspace.keyspace()->missingRules);
    }
    rules.removeDuplicates();
    return rules;
}

void InspectPresenter::setUnlocked(bool unlocked) {
    m_changes.setUnlocked(unlocked);
}

void InspectPresenter::sampleWhatCameIn() {
    const auto& keyspace = m_keyspace.keyspace();
    const bool saysEmpty = keyspace != nullptr && keyspace->view.size() == 0;
    // Keys that are dead, or of other databases, are counted, too, and never found.
    const bool mayBeFilled = saysEmpty && m_live.keys().value_or(0) > 0 &&
                             SystemClock::instance().now() - keyspace->readAt > kBetweenSamples;
    if (mayBeFilled && !m_keyspace.isSampling() && !m_keyspace.isWalking()) {
        m_keyspace.sample();
    }
}

void InspectPresenter::setWatched(bool isWatched) {
    m_watched = isWatched;
    m_live.setWatched(isWatched);
    m_keyspace.setWatched(isWatched);
    m_openKey.setWatched(isWatched);
    m_panels.setWatched(m_watched && m_panelsShown);
}

void InspectPresenter::setPanelsShown(bool shown) {
    m_panelsShown = shown;
    m_panels.setWatched(m_watched && m_panelsShown);
}

void InspectPresenter::tick() {
    m_keys.setNow(m_keyspace.serverNow());
}

// The open key is the one that somebody looks at: its row must not say otherwise.
void InspectPresenter::seeOpenKey() {
    using Stage = OpenedValue::Stage;
    const auto& key = m_openKey.key();
    const OpenedValue& value = m_openKey.value();
    if (!key || m_link == nullptr || key->server >= m_link->size() || value.isOld ||
        (value.stage != Stage::present && value.stage != Stage::vanished)) {
        return;
    }
    const inspect::ServerFacts& server = m_link->server(key->server).facts;
    KeyMarkBook::Seen seen;
    seen.exists = value.stage == Stage::present;
    seen.now = server.serverTime(m_openKey.now());
    if (seen.exists) {
        if (value.head.ttl) {
            seen.expiry = server.serverTime(value.head.readAt + *value.head.ttl);
        }
        seen.type = value.head.typeName;
        seen.bytes = value.head.memory.value_or(inspect::kSizeUnknown);
        seen.isEstimate = !value.isString();
    }
    m_marks.see(*key, seen);
}

ChangeScope InspectPresenter::shownScope(const QString& phrase) const {
    ChangeScope scope;
    scope.title = tr("All keys that are shown");
    scope.phrase = phrase;
    scope.find = [rows = m_keys.rows(),
                  marks = m_keys.marks()](const std::function<bool()>&) -> Result<ChangeTargets> {
        if (rows == nullptr) {
            return Error{ErrorCode::missing, "keys"};
        }
        return present(rows->keyspace->view, rows->keys, marks);
    };
    return scope;
}

ChangeScope InspectPresenter::prefixScope(const std::string& prefix) const {
    ChangeScope scope;
    const QString shown = keyText(prefix);
    scope.title = prefix.empty() ? tr("All keys") : tr("All keys below %1").arg(shown);
    scope.phrase = shown;
    scope.find = [keyspace = m_keys.keyspace(), prefix, now = m_keyspace.serverNow(),
                  marks =
                      m_keys.marks()](const std::function<bool()>& goOn) -> Result<ChangeTargets> {
        if (keyspace == nullptr) {
            return Error{ErrorCode::missing, "keys"};
        }
        inspect::KeyQuery query;
        query.prefix = prefix;
        auto numbers = inspect::selectKeys(keyspace->view, query, {}, now, goOn);
        if (!numbers) {
            return numbers.error();
        }
        return present(keyspace->view, std::move(*numbers), marks);
    };
    return scope;
}

ChangeScope InspectPresenter::keysScope(const QList<KeyRef>& keys) {
    std::vector<ChangeTargets::Named> named;
    named.reserve(static_cast<std::size_t>(keys.size()));
    for (const KeyRef& key : keys) {
        named.push_back({key.name, key.server, key.facts.bytes, key.number, key.facts.expiry});
    }
    const QString title = keys.size() == 1
                              ? keyText(keys.first().name)
                              : tr("%n selected keys", nullptr, static_cast<int>(keys.size()));
    return ChangeScope::of(title, {}, ChangeTargets::of(std::move(named)));
}

}  // namespace cachescope::ui
