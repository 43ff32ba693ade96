// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/event_list_model.h"

#include <algorithm>

#include "ui/model/formats.h"
#include "ui/model/key_text.h"

namespace cachescope::ui {

namespace {

constexpr std::size_t kMostRows = 400;
constexpr std::size_t kMostAtOnce = 6;

// Hundredths matter in the first minutes; later the time is as the toolbar shows it.
QString timeText(double time) {
    return time < 1000 ? QLocale().toString(time, 'f', 2) : formatElapsed(time);
}

}  // namespace

EventListModel::EventListModel(QObject* parent) : QAbstractListModel(parent) {}

int EventListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_events.size());
}

QString EventListModel::kindName(sim::EventKind kind) {
    switch (kind) {
        case sim::EventKind::hit:
            return tr("hit");
        case sim::EventKind::lowerHit:
            return tr("lower hit");
        case sim::EventKind::staleHit:
            return tr("stale");
        case sim::EventKind::expiredHit:
            return tr("past TTL");
        case sim::EventKind::fallback:
            return tr("fallback");
        case sim::EventKind::rememberedAbsence:
            return tr("known absent");
        case sim::EventKind::miss:
            return tr("miss");
        case sim::EventKind::coalesced:
            return tr("coalesced");
        case sim::EventKind::failed:
            return tr("failed");
        case sim::EventKind::rememberedFailure:
            return tr("known failure");
        case sim::EventKind::timedOut:
            return tr("timed out");
        case sim::EventKind::refreshed:
            return tr("refreshed");
        case sim::EventKind::expired:
            return tr("expired");
        case sim::EventKind::evicted:
            return tr("evicted");
        case sim::EventKind::invalidated:
            return tr("invalidated");
    }
    return {};
}

QString EventListModel::missDetail(const sim::LaneEvent& event, const QString& latency) {
    const QString loaded = event.absent   ? tr("%1 to find that there is nothing").arg(latency)
                           : event.stored ? tr("loaded in %1").arg(latency)
                                          : tr("the handler ran, %1").arg(latency);
    if (!event.stored) {
        return loaded;
    }
    if (!event.ttl) {
        return tr("%1, kept for ever").arg(loaded);
    }
    const QString ttl = formatSpan(seconds(*event.ttl));
    return event.ttlVaries ? tr("%1, kept %2 at most").arg(loaded, ttl)
                           : tr("%1, kept %2").arg(loaded, ttl);
}

QString EventListModel::detail(const sim::LaneEvent& event) {
    return event.leaked ? tr("made for another user; %1").arg(outcomeDetail(event))
                        : outcomeDetail(event);
}

QString EventListModel::outcomeDetail(const sim::LaneEvent& event) {
    const QString latency = formatLatency(seconds(event.latency));
    const QString age = formatLatency(seconds(event.age));
    switch (event.kind) {
        case sim::EventKind::hit:
            return tr("%1, %2 old").arg(latency, age);
        case sim::EventKind::lowerHit:
            return tr("%1 from level %2, %3 old")
                .arg(latency, QString::number(event.level + 1), age);
        case sim::EventKind::staleHit:
            return tr("%1 old, changed since").arg(age);
        case sim::EventKind::expiredHit:
            return event.outdated ? tr("%1 old, changed since; a load refreshes it").arg(age)
                                  : tr("%1 old, while a load refreshes it").arg(age);
        case sim::EventKind::fallback:
            return event.stale == StaleReason::slowLoad
                       ? tr("%1 old, as the load took over %2").arg(age, latency)
                       : tr("%1 old, as the load failed").arg(age);
        case sim::EventKind::rememberedAbsence:
            return tr("%1; found %2 ago that there is nothing").arg(latency, age);
        case sim::EventKind::miss:
            return missDetail(event, latency);
        case sim::EventKind::coalesced:
            return tr("joined a load, waited %1").arg(latency);
        case sim::EventKind::failed:
            return event.background ? tr("a load in the background failed, %1").arg(latency)
                                    : tr("no answer from the origin, %1").arg(latency);
        case sim::EventKind::rememberedFailure:
            return tr("an earlier load failed, no new try yet");
        case sim::EventKind::timedOut:
            return tr("gave up after %1, the load goes on").arg(latency);
        case sim::EventKind::refreshed:
            return tr("loaded in the background, %1").arg(latency);
        case sim::EventKind::expired:
            return event.ttlVaries
                       ? tr("kept for %1 in all").arg(formatLatency(seconds(event.age)))
                       : tr("its TTL of %1 ran out").arg(formatSpan(seconds(event.age)));
        case sim::EventKind::evicted:
            return event.byOthers ? tr("the server no longer has it, %1 old").arg(age)
                                  : tr("made room for others, %1 old").arg(age);
        case sim::EventKind::invalidated:
            return tr("removed on request, %1 old").arg(age);
    }
    return {};
}

QVariant EventListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const sim::LaneEvent& event = m_events[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
        case Qt::AccessibleTextRole:
            return tr("%1, lane %2, %3 %4, %5")
                .arg(data(index, timeRole).toString(), QString::number(event.lane),
                     kindName(event.kind), keyText(event.key), detail(event));
        case timeRole:
            return timeText(seconds(event.time.time_since_epoch()));
        case laneRole:
            return static_cast<int>(event.lane);
        case kindRole:
            return static_cast<int>(event.kind);
        case kindNameRole:
            return kindName(event.kind);
        case keyRole:
            return keyText(event.key);
        case detailRole:
            return detail(event);
        default:
            return {};
    }
}

bool EventListModel::wanted(const sim::LaneEvent& event) const {
    return (m_lane == 0 || event.lane == m_lane) &&
           (m_hitsShown ||
            (event.kind != sim::EventKind::hit && event.kind != sim::EventKind::lowerHit));
}

void EventListModel::add(std::vector<sim::LaneEvent> events) {
    std::erase_if(events, [this](const auto& event) { return !wanted(event); });
    if (events.size() > kMostAtOnce) {
        // Of many, one of each kind and lane tells more than many of one.
        std::vector<sim::LaneEvent> chosen;
        for (auto it = events.rbegin(); it != events.rend() && chosen.size() < kMostAtOnce; ++it) {
            const bool known = std::any_of(chosen.begin(), chosen.end(), [&](const auto& c) {
                return c.kind == it->kind && c.lane == it->lane;
            });
            if (!known) {
                chosen.push_back(*it);
            }
        }
        std::sort(chosen.begin(), chosen.end(),
                  [](const auto& a, const auto& b) { return a.time < b.time; });
        events = std::move(chosen);
    }
    if (events.empty()) {
        return;
    }
    beginInsertRows({}, 0, static_cast<int>(events.size()) - 1);
    for (sim::LaneEvent& event : events) {
        m_events.push_front(std::move(event));
    }
    endInsertRows();
    if (m_events.size() > kMostRows) {
        beginRemoveRows({}, static_cast<int>(kMostRows), static_cast<int>(m_events.size()) - 1);
        m_events.resize(kMostRows);
        endRemoveRows();
    }
}

void EventListModel::clear() {
    beginResetModel();
    m_events.clear();
    endResetModel();
}

void EventListModel::setLane(sim::LaneId lane) {
    if (lane != m_lane) {
        m_lane = lane;
        clear();
    }
}

void EventListModel::setHitsShown(bool shown) {
    if (shown != m_hitsShown) {
        m_hitsShown = shown;
        clear();
    }
}

QString EventListModel::toCsv() const {
    QString csv = QStringLiteral("time_s,lane,kind,key,detail\n");
    const auto quoted = [](QString text) {
        return QLatin1Char('"') + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")) +
               QLatin1Char('"');
    };
    for (const sim::LaneEvent& event : m_events) {
        csv += QStringLiteral("%1,%2,%3,%4,%5\n")
                   .arg(QString::number(seconds(event.time.time_since_epoch()), 'f', 3),
                        QString::number(event.lane), quoted(kindName(event.kind)),
                        quoted(keyText(event.key)), quoted(detail(event)));
    }
    return csv;
}

}  // namespace cachescope::ui
