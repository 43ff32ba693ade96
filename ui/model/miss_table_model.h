// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "engine/inspect/namespace_tally.h"

namespace cachescope::ui {

class MissPresenter;

/// A namespace a row: what was asked of it, and what became of that. Follows the presenter.
///
/// Rows stay where they are while figures change, and new ones come at the end; sort() puts them in
/// order, as does the end of the listening. What is not known is an em dash. GUI thread.
class MissTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        nameColumn,
        readColumn,
        hitColumn,
        missColumn,
        expiredColumn,
        removedColumn,
        unseenColumn,
        columns
    };
    enum Role {
        valueRole = Qt::UserRole,  ///< a number; NaN where nobody knows
        shareRole                  ///< of the bar, 0 to 1; of misses, of the most
    };

    explicit MissTableModel(MissPresenter& presenter, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

private:
    static QString title(int column, bool isTip);
    void refresh();
    void arrange();
    double value(const inspect::NamespaceTraffic& row, int column) const;
    QString text(const inspect::NamespaceTraffic& row, int column) const;

    MissPresenter& m_presenter;
    std::vector<inspect::NamespaceTraffic> m_rows;
    quint64 m_mostMisses = 0;
    int m_column = missColumn;
    Qt::SortOrder m_order = Qt::DescendingOrder;
};

}  // namespace cachescope::ui
