// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/key_facts_text.h"
#include "ui/model/key_table_model.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

int KeyTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_count;
}

int KeyTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : idleColumn + (m_knowsIdle ? 1 : 0) + (m_hasServers ? 1 : 0);
}

Qt::ItemFlags KeyTableModel::flags(const QModelIndex& index) const {
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.isValid() ? flags | Qt::ItemNeverHasChildren : flags;
}

QString KeyTableModel::ttlText(std::int64_t expiry, const KeyMark& mark) const {
    switch (mark.kind) {
        case KeyMark::Kind::removed:
            return tr("removed");
        case KeyMark::Kind::gone:
            return tr("gone");
        case KeyMark::Kind::expired:
            return tr("expired");
        default:
            return KeyFactsText::ttl(expiry, m_now);
    }
}

QString KeyTableModel::cellText(std::uint32_t key, Column column, const KeyMark& mark) const {
    const inspect::CensusView& view = m_keyspace->view;
    if (column == keyColumn) {
        return KeyFactsText::name(view.name(key));
    }
    const inspect::KeyFacts facts = markedFacts(view, key, mark);
    switch (column) {
        case typeColumn:
            return KeyFactsText::type(facts.type);
        case ttlColumn:
            return ttlText(facts.expiry, mark);
        case sizeColumn:
            return KeyFactsText::size(facts.bytes);
        case idleColumn:
            return KeyFactsText::idle(facts.idle, m_keyspace->usesFrequency);
        case serverColumn:
            return facts.server < m_keyspace->link->size()
                       ? printableText(m_keyspace->link->server(facts.server).address.toText())
                       : QString();
        case keyColumn:
            break;
    }
    return {};
}

QString KeyTableModel::happened(const KeyMark& mark) {
    switch (mark.kind) {
        case KeyMark::Kind::removed:
            return tr("removed since the keys were read");
        case KeyMark::Kind::gone:
            return tr("gone since the keys were read");
        case KeyMark::Kind::expired:
            return tr("expired since the keys were read");
        case KeyMark::Kind::deadline:
            return tr("another expiry than when the keys were read");
        case KeyMark::Kind::changed:
            return tr("changed since the keys were read");
        case KeyMark::Kind::none:
            break;
    }
    return {};
}

QString KeyTableModel::rowText(std::uint32_t key, const KeyMark& mark) const {
    QStringList parts{cellText(key, keyColumn, mark)};
    if (mark.kind != KeyMark::Kind::none) {
        parts.append(happened(mark));
    }
    parts.append(cellText(key, typeColumn, mark));
    for (int section = ttlColumn; section < columnCount(); ++section) {
        const Column column = columnAt(section);
        parts.append(title(column, m_keyspace->usesFrequency) + QLatin1Char(' ') +
                     cellText(key, column, mark));
    }
    return parts.join(QStringLiteral(", "));
}

KeyTableModel::TtlState KeyTableModel::ttlState(std::uint32_t key, const KeyMark& mark) const {
    if (mark.isGone()) {
        return mark.kind == KeyMark::Kind::removed   ? removed
               : mark.kind == KeyMark::Kind::expired ? expired
                                                     : vanished;
    }
    const std::int64_t expiry = markedFacts(m_keyspace->view, key, mark).expiry;
    return expiry == inspect::kExpiryUnknown ? unknownTtl
           : expiry == inspect::kNoExpiry    ? noExpiry
           : expiry <= m_now                 ? expired
                                             : runs;
}

QVariant KeyTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || m_keyspace == nullptr) {
        return {};
    }
    const std::uint32_t key = keyOf(index.row());
    const Column column = columnAt(index.column());
    const KeyMark mark = m_marks.of(key);
    switch (role) {
        case Qt::DisplayRole:
            return cellText(key, column, mark);
        case Qt::ToolTipRole:
            return column == keyColumn ? KeyFactsText::toolTip(m_keyspace->view.name(key))
                   : mark.kind != KeyMark::Kind::none ? QVariant(happened(mark))
                                                      : QVariant();
        case Qt::AccessibleTextRole:
            return column == keyColumn ? rowText(key, mark)
                                       : title(column, m_keyspace->usesFrequency) +
                                             QLatin1Char(' ') + cellText(key, column, mark);
        case Qt::TextAlignmentRole: {
            const bool isNumber =
                column == ttlColumn || column == sizeColumn || column == idleColumn;
            return QVariant::fromValue((isNumber ? Qt::AlignRight : Qt::AlignLeft) |
                                       Qt::AlignVCenter);
        }
        case bytesRole: {
            const std::string_view name = m_keyspace->view.name(key);
            return QByteArray(name.data(), static_cast<qsizetype>(name.size()));
        }
        case ttlStateRole:
            return ttlState(key, mark);
        case goneRole:
            return mark.isGone();
        default:
            return {};
    }
}

QString KeyTableModel::title(Column column, bool usesFrequency) {
    switch (column) {
        case keyColumn:
            return tr("key");
        case typeColumn:
            return tr("type");
        case ttlColumn:
            return tr("TTL");
        case sizeColumn:
            return tr("size");
        case idleColumn:
            return usesFrequency ? tr("frequency") : tr("idle");
        case serverColumn:
            return tr("server");
    }
    return {};
}

QVariant KeyTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    const Column column = columnAt(section);
    switch (role) {
        case Qt::DisplayRole:
            return title(column, usesFrequency());
        case Qt::TextAlignmentRole: {
            const bool isNumber =
                column == ttlColumn || column == sizeColumn || column == idleColumn;
            return QVariant::fromValue((isNumber ? Qt::AlignRight : Qt::AlignLeft) |
                                       Qt::AlignVCenter);
        }
        case Qt::ToolTipRole:
            switch (column) {
                case ttlColumn:
                    return tr("What is left until the key expires, by the server's clock");
                case sizeColumn:
                    return tr("Bytes in the server's memory, with its bookkeeping");
                case idleColumn:
                    return usesFrequency()
                               ? tr("The server's counter of uses, from 0 to 255, when it was read")
                               : tr("Time since the last use, when it was read");
                default:
                    return {};
            }
        default:
            return {};
    }
}

}  // namespace cachescope::ui
