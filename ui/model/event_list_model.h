// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <deque>

#include "engine/sim/lane_event.h"

namespace cachescope::ui {

/// The events of a run, newest first, each with one sentence that explains it.
///
/// Shows some of many: at most a few a call of add(), rare kinds first, so that the list can be
/// read at any rate. Filters by lane and by hiding hits. Keys are text from outside: views must
/// show them as plain text. GUI thread.
class EventListModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        timeRole = Qt::UserRole + 1,  ///< QString: "42.31", "2:03:04"
        laneRole,                     ///< int: lane id
        kindRole,                     ///< int: sim::EventKind
        kindNameRole,                 ///< QString: "miss"
        keyRole,                      ///< QString, escaped where it is not printable
        detailRole,                   ///< QString: "loaded in 2.02 s, kept 5 s"
    };

    explicit EventListModel(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    /// Takes what came since the last call; some of it is shown.
    void add(std::vector<sim::LaneEvent> events);
    void clear();

    /// 0 shows all lanes.
    void setLane(sim::LaneId lane);
    void setHitsShown(bool shown);
    bool hitsShown() const noexcept { return m_hitsShown; }

    /// The list as CSV, for the clipboard.
    QString toCsv() const;

    static QString kindName(sim::EventKind kind);
    static QString outcomeDetail(const sim::LaneEvent& event);
    static QString detail(const sim::LaneEvent& event);

private:
    bool wanted(const sim::LaneEvent& event) const;
    static QString missDetail(const sim::LaneEvent& event, const QString& latency);

    std::deque<sim::LaneEvent> m_events;
    sim::LaneId m_lane = 0;
    bool m_hitsShown = true;
};

}  // namespace cachescope::ui
