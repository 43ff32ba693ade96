// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

namespace cachescope::ui {

class TunePresenter;

/// The advice as a table: a namespace a row, with its TTL, and how many calls of the origin it
/// makes more or fewer than under the best single TTL. Rows stay in place while figures change. GUI
/// thread.
class AdviceModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { nameColumn, ttlColumn, changeColumn, columnCount_ };

    explicit AdviceModel(TunePresenter& presenter, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void refresh();

    TunePresenter& m_presenter;
    int m_rows = 0;
};

}  // namespace cachescope::ui
