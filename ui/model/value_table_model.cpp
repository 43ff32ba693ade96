// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/value_table_model.h"

#include <algorithm>

#include "ui/model/open_key.h"
#include "ui/model/value_text.h"

namespace cachescope::ui {

using inspect::ValueType;

ValueTableModel::ValueTableModel(OpenKey& key, QObject* parent)
    : RowTableModel(parent), m_key(key) {
    connect(&m_key, &OpenKey::valueChanged, this, &ValueTableModel::refresh);
    refresh();
}

std::string ValueTableModel::identity(const std::shared_ptr<const ValueRow>& row) const {
    return row->same;
}

void ValueTableModel::refresh() {
    const OpenedValue& value = m_key.value();
    const std::string name = m_key.isOpen() ? m_key.key()->name : std::string{};
    const bool isOther = value.head.type != m_type || name != m_name;
    const bool hasTtls = std::any_of(value.rows.begin(), value.rows.end(),
                                     [](const auto& row) { return row->element.ttl.has_value(); });
    const bool hadTtls = std::exchange(m_hasTtls, hasTtls);
    m_type = value.head.type;
    m_name = name;
    isOther ? replaceRows(value.rows) : takeRows(value.rows);
    if (isOther || hadTtls != hasTtls) {
        Q_EMIT headerDataChanged(Qt::Horizontal, 0, columns - 1);
        Q_EMIT columnsChanged();
    }
}

void ValueTableModel::tick() {
    if (m_hasTtls && rowCount() > 0) {
        Q_EMIT dataChanged(index(0, ttlColumn), index(rowCount() - 1, ttlColumn));
    }
}

bool ValueTableModel::hasNames() const {
    return m_type != ValueType::set;
}

bool ValueTableModel::hasNumbers() const {
    return m_type == ValueType::sortedSet || m_type == ValueType::stream ||
           m_type == ValueType::list;
}

bool ValueTableModel::hasFields() const {
    return m_type == ValueType::hash || m_type == ValueType::stream;
}

int ValueTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(columns);
}

QString ValueTableModel::ttlText(const ValueRow& row) const {
    if (!row.element.ttl) {
        return tr("no expiry");
    }
    const auto left = *row.element.ttl - (m_key.now() - row.readAt);
    return left > Duration{} ? remainingText(left) : tr("expired");
}

QVariant ValueTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const ValueRow& shown = *row(index);
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = index.column() == ttlColumn ||
                              (index.column() == nameColumn &&
                               (m_type == ValueType::sortedSet || m_type == ValueType::list));
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter | (isNumber ? Qt::AlignRight : Qt::AlignLeft)));
    }
    if (role == Qt::AccessibleTextRole) {
        return hasNames() ? tr("%1: %2").arg(shown.name, shown.preview) : shown.preview;
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
        case nameColumn:
            return shown.name;
        case valueColumn:
            return shown.preview;
        case ttlColumn:
            return ttlText(shown);
        default:
            return {};
    }
}

QVariant ValueTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return data(index(0, section), role);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (section == ttlColumn) {
        return tr("TTL");
    }
    const bool isName = section == nameColumn;
    switch (m_type) {
        case ValueType::hash:
            return isName ? tr("field") : tr("value");
        case ValueType::list:
            return isName ? tr("index") : tr("value");
        case ValueType::sortedSet:
            return isName ? tr("score") : tr("member");
        case ValueType::stream:
            return isName ? tr("id") : tr("fields");
        case ValueType::set:
            return isName ? QString() : tr("member");
        default:
            return {};
    }
}

}  // namespace cachescope::ui
