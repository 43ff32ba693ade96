// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/miss_table_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "ui/model/formats.h"
#include "ui/model/miss_presenter.h"

namespace cachescope::ui {

MissTableModel::MissTableModel(MissPresenter& presenter, QObject* parent)
    : QAbstractTableModel(parent), m_presenter(presenter) {
    connect(&m_presenter, &MissPresenter::changed, this, &MissTableModel::refresh);
    connect(&m_presenter, &MissPresenter::runningChanged, this, [this] {
        if (!m_presenter.running()) {
            arrange();
        }
    });
    refresh();
}

int MissTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int MissTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(columns);
}

double MissTableModel::value(const inspect::NamespaceTraffic& row, int column) const {
    const double unknown = std::nan("");
    const bool hasReasons = m_presenter.knowsKeys() && m_presenter.knowsMisses();
    switch (column) {
        case readColumn:
            return m_presenter.knowsReads() ? static_cast<double>(row.reads) : unknown;
        case hitColumn:
            return m_presenter.knowsReads() && m_presenter.knowsMisses() && row.reads > 0
                       ? 1 - static_cast<double>(std::min(row.misses, row.reads)) /
                                 static_cast<double>(row.reads)
                       : unknown;
        case missColumn:
            return m_presenter.knowsMisses() ? static_cast<double>(row.misses) : unknown;
        case expiredColumn:
            return hasReasons ? static_cast<double>(row.expired) : unknown;
        case removedColumn:
            return hasReasons ? static_cast<double>(row.removed) : unknown;
        case unseenColumn:
            return hasReasons ? static_cast<double>(row.neverSeen) : unknown;
        default:
            return unknown;
    }
}

QString MissTableModel::text(const inspect::NamespaceTraffic& row, int column) const {
    return column == nameColumn  ? m_presenter.nameOf(row)
           : column == hitColumn ? formatPercent(value(row, column))
                                 : formatCount(value(row, column));
}

QVariant MissTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= static_cast<int>(m_rows.size())) {
        return {};
    }
    const auto& row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    switch (role) {
        case Qt::DisplayRole:
            return text(row, column);
        case Qt::ToolTipRole:
            return column == nameColumn ? QVariant(text(row, column).toHtmlEscaped()) : QVariant();
        case Qt::AccessibleTextRole:
            return QStringLiteral("%1: %2").arg(title(column, false).simplified(),
                                                text(row, column));
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::Alignment{
                Qt::AlignVCenter | (column == nameColumn ? Qt::AlignLeft : Qt::AlignRight)});
        case valueRole:
            return value(row, column);
        case shareRole: {
            const double amount = value(row, column);
            if (std::isnan(amount) || column == nameColumn || column == readColumn) {
                return 0.0;
            }
            return column == hitColumn
                       ? amount
                       : amount / static_cast<double>(std::max<quint64>(m_mostMisses, 1));
        }
        default:
            return {};
    }
}

QVariant MissTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment{
            Qt::AlignVCenter | (section == nameColumn ? Qt::AlignLeft : Qt::AlignRight)});
    }
    const bool isTip = role == Qt::ToolTipRole;
    if (role != Qt::DisplayRole && !isTip) {
        return {};
    }
    const bool isSorted = section == m_column && !isTip;
    const QString arrow = !isSorted                        ? QString()
                          : m_order == Qt::DescendingOrder ? QStringLiteral(" ↓")
                                                           : QStringLiteral(" ↑");
    return title(section, isTip) + arrow;
}

QString MissTableModel::title(int column, bool isTip) {
    switch (column) {
        case nameColumn:
            return isTip ? QString() : tr("namespace");
        case readColumn:
            return isTip ? tr("Keys that commands have read") : tr("reads");
        case hitColumn:
            return isTip ? tr("Of these reads, those that found something") : tr("hit ratio");
        case missColumn:
            return isTip ? tr("Reads of keys that were not there") : tr("misses");
        case expiredColumn:
            return isTip ? tr("The deadline of the key had passed: a longer TTL would have hit")
                         : tr("expired\ntoo early");
        case removedColumn:
            return isTip ? tr("The key was there and not due: it was evicted or deleted")
                         : tr("evicted\nor deleted");
        case unseenColumn:
            return isTip ? tr("The walk has not seen the key") : tr("never\ncached");
        default:
            return {};
    }
}

void MissTableModel::refresh() {
    const auto& traffic = m_presenter.traffic();
    m_mostMisses = 0;
    for (const auto& each : traffic) {
        m_mostMisses = std::max<quint64>(m_mostMisses, each.misses);
    }
    if (traffic.size() < m_rows.size()) {
        beginResetModel();
        m_rows = traffic;
        endResetModel();
        return;
    }
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        places.emplace(m_rows[i].name, i);
    }
    std::vector<inspect::NamespaceTraffic> fresh;
    for (const auto& each : traffic) {
        const auto known = places.find(each.name);
        if (known == places.end()) {
            fresh.push_back(each);
            continue;
        }
        auto& row = m_rows[known->second];
        row.reads = each.reads;
        row.writes = each.writes;
        row.misses = each.misses;
        row.expired = each.expired;
        row.removed = each.removed;
        row.neverSeen = each.neverSeen;
    }
    if (!m_rows.empty()) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columns - 1));
    }
    if (!fresh.empty()) {
        beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(fresh.size()) - 1);
        m_rows.insert(m_rows.end(), std::make_move_iterator(fresh.begin()),
                      std::make_move_iterator(fresh.end()));
        endInsertRows();
    }
}

void MissTableModel::sort(int column, Qt::SortOrder order) {
    m_column = column;
    m_order = order;
    arrange();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, columns - 1);
}

void MissTableModel::arrange() {
    Q_EMIT layoutAboutToBeChanged();
    std::vector<std::size_t> order(m_rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [this](std::size_t one, std::size_t other) {
        const bool descends = m_order == Qt::DescendingOrder;
        const auto& first = m_rows[descends ? other : one];
        const auto& second = m_rows[descends ? one : other];
        if (m_column == nameColumn) {
            return first.name < second.name;
        }
        const double a = value(first, m_column);
        const double b = value(second, m_column);
        // What nobody knows is the least, so that this is an order.
        return (std::isnan(a) ? -1 : a) < (std::isnan(b) ? -1 : b);
    });
    std::vector<inspect::NamespaceTraffic> rows;
    std::vector<int> places(m_rows.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        places[order[i]] = static_cast<int>(i);
        rows.push_back(std::move(m_rows[order[i]]));
    }
    m_rows = std::move(rows);
    const QModelIndexList before = persistentIndexList();
    QModelIndexList after;
    for (const QModelIndex& each : before) {
        after.append(index(places[static_cast<std::size_t>(each.row())], each.column()));
    }
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged();
}

}  // namespace cachescope::ui
