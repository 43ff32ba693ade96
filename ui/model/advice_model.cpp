// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/advice_model.h"

#include <cmath>

#include "ui/model/formats.h"
#include "ui/model/tune_presenter.h"

namespace cachescope::ui {

AdviceModel::AdviceModel(TunePresenter& presenter, QObject* parent)
    : QAbstractTableModel(parent), m_presenter(presenter) {
    connect(&m_presenter, &TunePresenter::adviceChanged, this, &AdviceModel::refresh);
    connect(&m_presenter, &TunePresenter::studyChanged, this, &AdviceModel::refresh);
    refresh();
}

void AdviceModel::refresh() {
    const auto& advice = m_presenter.advice();
    const int rows = advice ? static_cast<int>(advice->groups.size()) : 0;
    if (rows != m_rows) {
        beginResetModel();
        m_rows = rows;
        endResetModel();
    } else if (rows > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rows - 1, columnCount_ - 1));
    }
}

int AdviceModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_rows;
}

int AdviceModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCount_;
}

QVariant AdviceModel::data(const QModelIndex& index, int role) const {
    const auto& advice = m_presenter.advice();
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || !advice ||
        index.row() >= static_cast<int>(advice->groups.size())) {
        return {};
    }
    const auto group = static_cast<std::size_t>(index.row());
    const tune::GroupAdvice& row = advice->groups[group];
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter | (index.column() == nameColumn ? Qt::AlignLeft : Qt::AlignRight)));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
        case nameColumn: {
            const QString name = m_presenter.outlook().groupName(group);
            return name.isEmpty() ? tr("(none)") : name;
        }
        case ttlColumn:
            return formatSpan(static_cast<double>(row.choice.ttl.count()) / 1e9);
        case changeColumn: {
            if (!row.single || row.single->originCalls <= 0) {
                return QStringLiteral("—");
            }
            const double change = row.choice.originCalls / row.single->originCalls - 1;
            const QString text = formatPercent(std::abs(change));
            return change == 0 ? text
                               : (change < 0 ? QStringLiteral("−") : QStringLiteral("+")) + text;
        }
        default:
            return {};
    }
}

QVariant AdviceModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter | (section == nameColumn ? Qt::AlignLeft : Qt::AlignRight)));
    }
    if (role == Qt::ToolTipRole && section == changeColumn) {
        return tr("More or fewer than with the best single TTL for all keys");
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
        case nameColumn:
            return tr("namespace");
        case ttlColumn:
            return tr("TTL");
        case changeColumn:
            return tr("origin calls");
        default:
            return {};
    }
}

}  // namespace cachescope::ui
