// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_table.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/model/formats.h"

namespace cachescope::ui {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

/// Curves of one sampler share their moments; a tenth of a millisecond absorbs rounding.
qint64 tick(double seconds) {
    return std::llround(seconds * 1e4);
}

struct Grid {
    QList<double> times;          // ascending
    QList<QList<double>> values;  // by column
};

Grid gridOf(const QList<ChartColumn>& columns) {
    Grid grid;
    QList<qint64> ticks;
    for (const ChartColumn& column : columns) {
        for (const QPointF& point : column.points) {
            ticks.append(tick(point.x()));
        }
    }
    std::sort(ticks.begin(), ticks.end());
    ticks.erase(std::unique(ticks.begin(), ticks.end()), ticks.end());
    for (const qint64 at : ticks) {
        grid.times.append(static_cast<double>(at) / 1e4);
    }
    for (const ChartColumn& column : columns) {
        QList<double> values(ticks.size(), kNothing);
        for (const QPointF& point : column.points) {
            const auto found = std::lower_bound(ticks.begin(), ticks.end(), tick(point.x()));
            values[found - ticks.begin()] = point.y();
        }
        grid.values.append(values);
    }
    return grid;
}

QString quoted(const QString& text) {
    if (!text.contains(u',') && !text.contains(u'"') && !text.contains(u'\n') &&
        !text.contains(u'\r')) {
        return text;
    }
    QString escaped = text;
    escaped.replace(u'"', QStringLiteral("\"\""));
    return u'"' + escaped + u'"';
}

}  // namespace

QString chartCsv(const QList<ChartColumn>& columns) {
    const Grid grid = gridOf(columns);
    QString csv = QStringLiteral("seconds_ago");
    for (const ChartColumn& column : columns) {
        csv += u',' + quoted(column.name);
    }
    csv += QStringLiteral("\r\n");
    for (qsizetype row = 0; row < grid.times.size(); ++row) {
        // Adding zero turns a negative zero into zero.
        csv += QString::number(0.0 - grid.times[row] + 0.0, 'g', 10);
        for (const QList<double>& values : grid.values) {
            csv += u',';
            if (std::isfinite(values[row])) {
                csv += QString::number(values[row], 'g', 10);
            }
        }
        csv += QStringLiteral("\r\n");
    }
    return csv;
}

ChartTableModel::ChartTableModel(const QList<ChartColumn>& columns,
                                 std::function<QString(double)> format, QObject* parent)
    : QAbstractTableModel(parent), m_format(std::move(format)) {
    Grid grid = gridOf(columns);
    for (const ChartColumn& column : columns) {
        m_names.append(column.name);
    }
    std::reverse(grid.times.begin(), grid.times.end());
    for (QList<double>& values : grid.values) {
        std::reverse(values.begin(), values.end());
    }
    m_times = grid.times;
    m_values = grid.values;
}

int ChartTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_times.size());
}

int ChartTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_names.size()) + 1;
}

QVariant ChartTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (index.column() == 0) {
        return formatAgo(-m_times[index.row()]);
    }
    return m_format(m_values[index.column() - 1][index.row()]);
}

QVariant ChartTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == 0 ? tr("Time") : m_names.value(section - 1);
}

ChartTableDialog::ChartTableDialog(const QString& title, const QList<ChartColumn>& columns,
                                   std::function<QString(double)> format, QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(title);
    auto* table = new QTableView;
    table->setModel(new ChartTableModel(columns, std::move(format), table));
    table->setAccessibleName(title);
    table->setAlternatingRowColors(true);
    table->setShowGrid(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->verticalHeader()->hide();
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    auto* copy = buttons->addButton(tr("Copy as CSV"), QDialogButtonBox::ActionRole);
    connect(copy, &QPushButton::clicked, this,
            [csv = chartCsv(columns)] { QGuiApplication::clipboard()->setText(csv); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(table);
    layout->addWidget(buttons);
    const QFontMetrics metrics(font());
    resize(metrics.averageCharWidth() * 18 * static_cast<int>(columns.size() + 1),
           metrics.height() * 26);
    table->setFocus();
}

}  // namespace cachescope::ui
