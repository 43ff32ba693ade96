// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/card.h"

class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace cachescope::ui {

class InlineMessage;
class MissPresenter;
class MissTableModel;

/// Which reads find nothing, by namespace: what it costs to find out, two ways to, and a table.
///
/// Nothing is asked of the servers before a click. GUI thread.
class MissPanel : public Card {
    Q_OBJECT

public:
    explicit MissPanel(MissPresenter& presenter, QWidget* parent = nullptr);

private:
    QWidget* makeWays();
    QWidget* makeTable();
    void refresh();

    MissPresenter& m_presenter;
    MissTableModel* m_model;
    QPushButton* m_listen;
    QPushButton* m_watch;
    QPushButton* m_stop;
    QLabel* m_state;
    QLabel* m_setting;
    QLabel* m_hint;
    InlineMessage* m_message;
    QStackedWidget* m_content;
    QWidget* m_nothing;
    QTableView* m_table;
    QString m_shownProblem;
};

}  // namespace cachescope::ui
