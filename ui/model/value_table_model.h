// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/row_table_model.h"
#include "ui/model/value_row.h"

namespace cachescope::ui {

class OpenKey;

/// The elements of the open key that were read: of a hash field, value and where there is any TTL,
/// of a list place and value, of a set the member, of a sorted set score and member, of a stream id
/// and fields. A value is shown as one line of what is in it.
///
/// Follows the key row by row, so that selection and place stay; only another key or another type
/// makes it anew. Empty for strings. GUI thread.
class ValueTableModel : public RowTableModel<std::shared_ptr<const ValueRow>> {
    Q_OBJECT

public:
    enum Column { nameColumn, valueColumn, ttlColumn, columns };

    explicit ValueTableModel(OpenKey& key, QObject* parent = nullptr);

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// Sets have no names.
    bool hasNames() const;
    /// Whether names are scores, ids or places, which are short.
    bool hasNumbers() const;
    /// Whether they are names of fields or entries, rather than a place or a score.
    bool hasFields() const;
    bool hasTtls() const { return m_hasTtls; }
    /// The TTLs of fields count down.
    void tick();

Q_SIGNALS:
    /// Which columns have something in them.
    void columnsChanged();

protected:
    std::string identity(const std::shared_ptr<const ValueRow>& row) const override;

private:
    void refresh();
    QString ttlText(const ValueRow& row) const;

    OpenKey& m_key;
    inspect::ValueType m_type = inspect::ValueType::other;
    std::string m_name;  // of the key that the rows are of
    bool m_hasTtls = false;
};

}  // namespace cachescope::ui
