// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QPushButton;
class QTableView;

namespace cachescope::ui {

class ElidedLabel;
class OpenKey;
class ValueTableModel;

/// The elements of the open key in a table, with a line below it that says how much of the value is
/// shown and leads to the rest: the next page of a collection, the windows of a string. GUI thread.
class ElementView : public QWidget {
    Q_OBJECT

public:
    explicit ElementView(OpenKey& key, QWidget* parent = nullptr);

    /// What counts down.
    void tick();
    /// Takes no more height than its rows need.
    void setFitsRows(bool fits);
    /// Whether there is anything to show: not of a short string.
    bool hasContent() const;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void showSelection();
    void fitColumns();
    void fitHeight();
    void showWindow(int direction);

    OpenKey& m_key;
    ValueTableModel* m_model;
    QTableView* m_table;
    ElidedLabel* m_extent;
    QPushButton* m_more;
    QPushButton* m_previous;
    QPushButton* m_next;
    bool m_fitsRows = true;
};

}  // namespace cachescope::ui
