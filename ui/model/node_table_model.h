// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QList>

#include "engine/inspect/key_walk.h"
#include "ui/model/live_board.h"

namespace cachescope::ui {

class KeyspacePresenter;

/// The servers of an inspected cache, a row each, with their live figures and how far a walk over
/// them is; the last row is all of them together. GUI thread.
class NodeTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        nameColumn,
        versionColumn,
        keysColumn,
        memoryColumn,
        hitRatioColumn,
        operationsColumn,
        latencyColumn,
        expiredColumn,
        evictedColumn,
        clientsColumn,
        walkColumn,
        columns,
    };

    NodeTableModel(LiveBoard& live, KeyspacePresenter& keyspace, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void refresh();
    QString text(const LiveBoard::Node& node, int row, int column) const;
    QString totalText(int column) const;

    LiveBoard& m_live;
    KeyspacePresenter& m_keyspace;
    QList<LiveBoard::Node> m_nodes;
    QList<inspect::WalkProgress> m_walks;
};

}  // namespace cachescope::ui
