// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace cachescope::ui {

/// A table whose rows are read again as a whole, and which then changes row by row.
///
/// Rows are known by a text, `identity(row)`: those that stay keep their selection and their place
/// in a view, whatever comes and goes around them. Where identities are not unique, or too much has
/// changed for that to pay, the table is made anew. GUI thread.
template <class Row>
class RowTableModel : public QAbstractTableModel {
public:
    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    const std::vector<Row>& rows() const { return m_rows; }
    /// While new rows are taken: what a view then makes its current row, nobody has chosen.
    bool isChanging() const { return m_isChanging; }

protected:
    virtual std::string identity(const Row& row) const = 0;

    const Row& row(const QModelIndex& index) const {
        return m_rows[static_cast<std::size_t>(index.row())];
    }

    void takeRows(std::vector<Row> rows) {
        m_isChanging = true;
        if (!mergeRows(rows)) {
            replaceRows(std::move(rows));
        }
        m_isChanging = false;
    }
    void replaceRows(std::vector<Row> rows) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
    }

private:
    using Places = std::unordered_map<std::string, std::size_t>;

    // False: nothing was done.
    bool mergeRows(std::vector<Row>& rows) {
        if (m_rows.empty() || rows.empty()) {
            return false;
        }
        Places places;
        std::vector<std::string> names;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            names.push_back(identity(rows[i]));
            places.emplace(names.back(), i);
        }
        std::vector<std::size_t> targets;  // where each of the present rows goes
        Places present;
        std::size_t runs = 0;
        for (std::size_t i = 0; i < m_rows.size(); ++i) {
            const std::string name = identity(m_rows[i]);
            const auto place = places.find(name);
            targets.push_back(place == places.end() ? kNowhere : place->second);
            if (targets.back() == kNowhere && (i == 0 || targets[i - 1] != kNowhere)) {
                ++runs;
            }
            if (!present.emplace(name, i).second) {
                return false;
            }
        }
        constexpr std::size_t kMostRuns = 200;
        if (places.size() != rows.size() || runs > kMostRuns) {
            return false;
        }
        removeLost(targets);
        reorder(targets);
        insertNew(rows, names, present);
        m_rows = std::move(rows);
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        return true;
    }

    void removeLost(std::vector<std::size_t>& targets) {
        for (std::size_t end = targets.size(); end > 0;) {
            if (targets[end - 1] != kNowhere) {
                --end;
                continue;
            }
            std::size_t begin = end;
            while (begin > 0 && targets[begin - 1] == kNowhere) {
                --begin;
            }
            beginRemoveRows({}, static_cast<int>(begin), static_cast<int>(end) - 1);
            const auto from = static_cast<std::ptrdiff_t>(begin);
            const auto to = static_cast<std::ptrdiff_t>(end);
            m_rows.erase(m_rows.begin() + from, m_rows.begin() + to);
            targets.erase(targets.begin() + from, targets.begin() + to);
            endRemoveRows();
            end = begin;
        }
    }

    void reorder(const std::vector<std::size_t>& targets) {
        if (std::is_sorted(targets.begin(), targets.end())) {
            return;
        }
        std::vector<std::size_t> order(targets.size());  // which present row comes where
        for (std::size_t i = 0; i < order.size(); ++i) {
            order[i] = i;
        }
        std::sort(order.begin(), order.end(),
                  [&](std::size_t a, std::size_t b) { return targets[a] < targets[b]; });
        Q_EMIT layoutAboutToBeChanged();
        std::vector<int> newRow(order.size());
        std::vector<Row> moved;
        moved.reserve(order.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            newRow[order[i]] = static_cast<int>(i);
            moved.push_back(std::move(m_rows[order[i]]));
        }
        m_rows = std::move(moved);
        const QModelIndexList before = persistentIndexList();
        QModelIndexList after;
        for (const QModelIndex& each : before) {
            after += index(newRow[static_cast<std::size_t>(each.row())], each.column());
        }
        changePersistentIndexList(before, after);
        Q_EMIT layoutChanged();
    }

    void insertNew(const std::vector<Row>& rows, const std::vector<std::string>& names,
                   const Places& present) {
        for (std::size_t begin = 0; begin < rows.size();) {
            if (present.contains(names[begin])) {
                ++begin;
                continue;
            }
            std::size_t end = begin;
            while (end < rows.size() && !present.contains(names[end])) {
                ++end;
            }
            beginInsertRows({}, static_cast<int>(begin), static_cast<int>(end) - 1);
            const auto from = static_cast<std::ptrdiff_t>(begin);
            m_rows.insert(m_rows.begin() + from, rows.begin() + from,
                          rows.begin() + static_cast<std::ptrdiff_t>(end));
            endInsertRows();
            begin = end;
        }
    }

    static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

    std::vector<Row> m_rows;
    bool m_isChanging = false;
};

}  // namespace cachescope::ui
