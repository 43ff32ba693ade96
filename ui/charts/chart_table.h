// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QDialog>
#include <functional>

#include "ui/charts/chart_series.h"

namespace cachescope::ui {

/// The numbers of a chart at one moment, as rows by time. Does not change after it was made.
class ChartTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    /// `format` writes a value with its unit.
    ChartTableModel(const QList<ChartColumn>& columns, std::function<QString(double)> format,
                    QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    QStringList m_names;
    QList<double> m_times;          // newest first
    QList<QList<double>> m_values;  // by column, then by row; NaN where there is none
    std::function<QString(double)> m_format;
};

/// The twin of a chart for readers who cannot see it, and for exact numbers: the same values in a
/// table. Shows the moment at which it was opened. GUI thread.
class ChartTableDialog : public QDialog {
    Q_OBJECT

public:
    ChartTableDialog(const QString& title, const QList<ChartColumn>& columns,
                     std::function<QString(double)> format, QWidget* parent = nullptr);
};

}  // namespace cachescope::ui
