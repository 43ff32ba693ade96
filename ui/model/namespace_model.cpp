// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/namespace_model.h"

#include "ui/model/formats.h"
#include "ui/model/tune_presenter.h"

namespace cachescope::ui {

NamespaceModel::NamespaceModel(TunePresenter& presenter, QObject* parent)
    : QAbstractListModel(parent), m_presenter(presenter) {
    connect(&m_presenter, &TunePresenter::studyChanged, this, &NamespaceModel::refresh);
    connect(&m_presenter, &TunePresenter::figuresChanged, this, &NamespaceModel::refresh);
    connect(&m_presenter, &TunePresenter::adviceChanged, this, &NamespaceModel::refresh);
    refresh();
}

void NamespaceModel::refresh() {
    const auto& timeline = m_presenter.study().timeline;
    if (!m_presenter.hasStudy() || timeline != m_timeline) {
        beginResetModel();
        m_timeline = m_presenter.hasStudy() ? timeline : nullptr;
        // One namespace is all keys: a second row would say the same.
        const auto groups = static_cast<int>(m_presenter.outlook().groups());
        m_rows = m_timeline == nullptr ? 0 : groups > 1 ? groups + 1 : 1;
        endResetModel();
    } else if (m_rows > 0) {
        Q_EMIT dataChanged(index(0), index(m_rows - 1));
    }
}

int NamespaceModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_rows;
}

TuneGroup NamespaceModel::groupOf(const QModelIndex& index) {
    return index.row() > 0 ? TuneGroup(static_cast<std::size_t>(index.row() - 1)) : std::nullopt;
}

QModelIndex NamespaceModel::indexOf(TuneGroup group) const {
    return index(group ? static_cast<int>(*group) + 1 : 0);
}

QVariant NamespaceModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const TuneGroup group = groupOf(index);
    const TuneOutlook& outlook = m_presenter.outlook();
    const auto name = [&] {
        if (!group) {
            return tr("All keys");
        }
        const QString own = outlook.groupName(*group);
        return own.isEmpty() ? tr("(no namespace)") : own;
    };
    switch (role) {
        case Qt::DisplayRole:
            return name();
        case Qt::EditRole:
        case ttlRole:
            return m_presenter.planned(group).ttl;
        case shareRole:
            return outlook.requests(group) / std::max(outlook.requests({}), 1.0);
        case hitRatioRole:
            return m_presenter.planned(group).hitRatio();
        case staleShareRole:
            return m_presenter.planned(group).staleShare();
        case originRateRole:
            return m_presenter.planned(group).misses / outlook.span();
        case Qt::AccessibleTextRole: {
            const TtlFigures figures = m_presenter.planned(group);
            return tr("%1, TTL %2, hit ratio %3, stale %4, %5 origin calls")
                .arg(name(), formatSpan(figures.ttl), formatPercent(figures.hitRatio()),
                     formatPercent(figures.staleShare()),
                     formatRate(figures.misses / outlook.span()));
        }
        default:
            return {};
    }
}

bool NamespaceModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    bool isNumber = false;
    const double seconds = value.toDouble(&isNumber);
    if (role != Qt::EditRole || !isNumber || !(seconds > 0) ||
        !checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return false;
    }
    m_presenter.setTtl(groupOf(index), seconds);
    return true;
}

Qt::ItemFlags NamespaceModel::flags(const QModelIndex& index) const {
    const Qt::ItemFlags flags = QAbstractListModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsEditable | Qt::ItemNeverHasChildren : flags;
}

}  // namespace cachescope::ui
