// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/node_table_model.h"

#include <cmath>

#include "ui/model/error_text.h"
#include "ui/model/formats.h"
#include "ui/model/inspect_text.h"
#include "ui/model/keyspace_presenter.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

namespace {

const QString kUnknown = QStringLiteral("—");

QString latencyText(const inspect::LiveSample& sample) {
    return sample.figures.latency.count() > 0
               ? formatLatency(seconds(sample.figures.latency.percentile(0.99)))
               : kUnknown;
}

}  // namespace

NodeTableModel::NodeTableModel(LiveBoard& live, KeyspacePresenter& keyspace, QObject* parent)
    : QAbstractTableModel(parent), m_live(live), m_keyspace(keyspace) {
    connect(&m_live, &LiveBoard::advanced, this, &NodeTableModel::refresh);
    connect(&m_keyspace, &KeyspacePresenter::walkChanged, this, &NodeTableModel::refresh);
    refresh();
}

void NodeTableModel::refresh() {
    QList<LiveBoard::Node> nodes = m_live.nodes();
    const bool same = nodes.size() == m_nodes.size();
    if (!same) {
        beginResetModel();
    }
    m_nodes = std::move(nodes);
    m_walks = m_keyspace.walkByServer();
    if (!same) {
        endResetModel();
    } else if (!m_nodes.isEmpty()) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columns - 1));
    }
}

int NodeTableModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid() || m_nodes.isEmpty()) {
        return 0;
    }
    return static_cast<int>(m_nodes.size()) + (m_nodes.size() > 1 ? 1 : 0);
}

int NodeTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columns;
}

QVariant NodeTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const bool isTotal = index.row() >= m_nodes.size();
    if (role == Qt::DisplayRole) {
        return isTotal ? totalText(index.column())
                       : text(m_nodes[index.row()], index.row(), index.column());
    }
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>((index.column() <= versionColumn ? Qt::AlignLeft : Qt::AlignRight) |
                                Qt::AlignVCenter);
    }
    return {};
}

QVariant NodeTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>((section <= versionColumn ? Qt::AlignLeft : Qt::AlignRight) |
                                Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
        case nameColumn:
            return tr("server");
        case versionColumn:
            return tr("version");
        case keysColumn:
            return tr("keys");
        case memoryColumn:
            return tr("memory");
        case hitRatioColumn:
            return tr("hit ratio");
        case operationsColumn:
            return tr("commands");
        case latencyColumn:
            return tr("p99");
        case expiredColumn:
            return tr("expired");
        case evictedColumn:
            return tr("evicted");
        case clientsColumn:
            return tr("clients");
        case walkColumn:
            return tr("walk");
        default:
            return {};
    }
}

QString NodeTableModel::text(const LiveBoard::Node& node, int row, int column) const {
    if (column == nameColumn) {
        return node.failure ? tr("%1: %2").arg(node.name, ErrorText(*node.failure).what())
                            : node.name;
    }
    if (column == versionColumn) {
        return printableText(node.version.toStdString());
    }
    if (column == walkColumn) {
        return row < m_walks.size() ? walkText(m_walks[row]) : kUnknown;
    }
    // What a silent server said last is not shown as if it were so.
    if (!node.sample || node.failure) {
        return kUnknown;
    }
    const inspect::LiveSample& sample = *node.sample;
    const double span = seconds(sample.figures.span);
    const auto rate = [span](std::uint64_t count) {
        return span > 0 ? formatRate(static_cast<double>(count) / span) : kUnknown;
    };
    switch (column) {
        case keysColumn:
            return formatCount(static_cast<double>(sample.keys));
        case memoryColumn:
            return formatBytes(static_cast<double>(sample.memory));
        case hitRatioColumn:
            return sample.windowHitRatio ? formatPercent(*sample.windowHitRatio) : kUnknown;
        case operationsColumn:
            return span > 0 ? formatRate(sample.figures.operationsPerSecond) : kUnknown;
        case latencyColumn:
            return latencyText(sample);
        case expiredColumn:
            return rate(sample.figures.expired);
        case evictedColumn:
            return rate(sample.figures.evicted);
        case clientsColumn:
            return formatCount(static_cast<double>(sample.clients));
        default:
            return {};
    }
}

QString NodeTableModel::totalText(int column) const {
    const auto latest = m_live.latest();
    const auto shown = [&](LiveFigure figure, auto format) {
        return latest && std::isfinite(latest->value(figure))
                   ? format(latest->value(figure), QLocale())
                   : kUnknown;
    };
    switch (column) {
        case nameColumn:
            return tr("all");
        case keysColumn: {
            const auto keys = m_live.keys();
            return keys && latest ? formatCount(static_cast<double>(*keys)) : kUnknown;
        }
        case memoryColumn:
            return shown(LiveFigure::memory, formatBytes);
        case hitRatioColumn:
            return shown(LiveFigure::hitRatio, formatPercent);
        case operationsColumn:
            return shown(LiveFigure::operations, formatRate);
        case latencyColumn:
            return shown(LiveFigure::latency, formatLatency);
        case expiredColumn:
            return shown(LiveFigure::deleted, formatRate);
        case evictedColumn:
            return shown(LiveFigure::evicted, formatRate);
        case clientsColumn:
            return shown(LiveFigure::clients, formatCompact);
        case walkColumn:
            return m_keyspace.walk() ? walkText(*m_keyspace.walk()) : kUnknown;
        default:
            return {};
    }
}

}  // namespace cachescope::ui
