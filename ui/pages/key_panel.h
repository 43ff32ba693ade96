// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <cstdint>
#include <string>
#include <vector>

#include "ui/model/key_table_model.h"
#include "ui/widgets/card.h"

class QStackedLayout;
class QTableView;
class QTimer;

namespace cachescope::ui {

class EmptyState;
class InlineMessage;
class KeyFilterBar;
class KeyNotes;

/// The table of keys with its filters: find keys by name, type, TTL and size, sort them, open one,
/// copy some, or ask for changes of those that are selected or of all that are shown.
///
/// Changes nothing itself, and opens a key only when a person clicks it or presses Enter: moving
/// through the rows asks the server nothing. The selection stays while a walk adds keys, unless it
/// is tens of thousands of rows that are not all. GUI thread.
class KeyPanel : public Card {
    Q_OBJECT

public:
    /// More keys than these are changed by the filter that shows them, not by a selection.
    static constexpr int kMostChosen = 100'000;

    explicit KeyPanel(KeyTableModel& model, QWidget* parent = nullptr);

    /// Only keys of a namespace; see KeyFilterBar::setPrefix().
    void setPrefix(const QString& escaped, const std::string& prefix, bool direct = false);
    /// Selects a key, wherever it is known from, and scrolls to it, if it is shown.
    void reveal(const KeyRef& key);
    /// The rows that are selected, from the top down.
    std::vector<int> selectedRows() const;
    QTableView* table() const { return m_table; }
    KeyFilterBar* filters() const { return m_filters; }

Q_SIGNALS:
    void opened(const KeyRef& key);
    void removeRequested(const QList<KeyRef>& keys);
    void ttlRequested(const QList<KeyRef>& keys);
    /// All that are shown: KeyTableModel::rows() has them.
    void changeAllRequested();
    /// The keys are a sample, and all of them are wanted.
    void walkRequested();
    /// Keys were changed since they were read.
    void readAgainRequested();
    void prefixRemoved();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void makeTable();
    void fitColumns();
    void applyQuery();
    void chooseRow(int row);
    void letGoOfMany();
    void holdPlace(const KeyRows& next);
    void findPlace();
    void refresh();
    void showTypes();
    QString countText() const;
    void openAt(const QModelIndex& index);
    void showMenu(const QPoint& at);
    void copy(KeyTableModel::Form form);
    void exportRows();
    bool hasEnough(std::size_t rows) const;

    KeyTableModel& m_model;
    KeyFilterBar* m_filters;
    KeyNotes* m_notes;
    InlineMessage* m_message;
    QTableView* m_table;
    QStackedLayout* m_stack;
    EmptyState* m_before;
    EmptyState* m_noKeys;
    EmptyState* m_noMatch;
    QTimer* m_slow;
    quint64 m_walkNumber = 0;
    std::uint32_t m_firstKey = KeyRows::kNone;  // at the top of the view, while rows change
    int m_firstOffset = 0;
};

}  // namespace cachescope::ui
