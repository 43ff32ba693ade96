// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/card.h"

class QLabel;
class QMenu;
class QPushButton;
class QTableView;

namespace cachescope::ui {

class AdviceModel;
class TunePresenter;

/// What to set, what it gains, and why: the advice in a headline, a table and a reason, and what
/// can be done with it: take it, run it in the Lab, copy it. GUI thread.
class AdvicePanel : public Card {
    Q_OBJECT

public:
    explicit AdvicePanel(TunePresenter& presenter, QWidget* parent = nullptr);

Q_SIGNALS:
    void runRequested();
    /// Something was put onto the clipboard: what.
    void copied(const QString& what);

private:
    void refresh();
    void fillCopyMenu(QMenu* menu);
    void fitTable();

    TunePresenter& m_presenter;
    QLabel* m_headline;
    QLabel* m_sentence;
    AdviceModel* m_model;
    QTableView* m_table;
    QLabel* m_reason;
    QLabel* m_own;
    QPushButton* m_take;
    QPushButton* m_run;
    QPushButton* m_copy;
};

}  // namespace cachescope::ui
