// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>

#include "ui/model/tune_study.h"

namespace cachescope::ui {

class TunePresenter;

/// The rows of Tune: all keys first, then a namespace each, most requests first, with its TTL and
/// what that does. The TTL can be edited, in seconds. Follows the presenter, row by row, so that
/// selection and place stay. GUI thread.
class NamespaceModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        shareRole = Qt::UserRole,  ///< of all requests, 0 to 1
        ttlRole,                   ///< seconds
        hitRatioRole,
        staleShareRole,  ///< NaN where nobody knows
        originRateRole,  ///< calls a second
    };

    explicit NamespaceModel(TunePresenter& presenter, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    static TuneGroup groupOf(const QModelIndex& index);
    QModelIndex indexOf(TuneGroup group) const;

private:
    void refresh();

    TunePresenter& m_presenter;
    int m_rows = 0;
    std::shared_ptr<const tune::Timeline> m_timeline;  // that the rows are of
};

}  // namespace cachescope::ui
