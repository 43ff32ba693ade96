// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/card.h"

class QAbstractItemModel;
class QComboBox;
class QLabel;
class QStackedLayout;
class QTabBar;
class QTableView;
class QToolButton;

namespace cachescope::ui {

class ClientModel;
class InlineMessage;
class ServerPanelsPresenter;

/// What a server says of itself: its slow log, its clients, its configuration with what that means
/// for a cache. One table at a time; with several servers, one server at a time. GUI thread.
class ServerPanel : public Card {
    Q_OBJECT

public:
    explicit ServerPanel(ServerPanelsPresenter& presenter, QWidget* parent = nullptr);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QTableView* makeTable(QAbstractItemModel* model, const QString& name);
    QTableView* makeSlowLog();
    QTableView* makeClients();
    QTableView* makeConfiguration();
    QWidget* makeEmpty();
    void showServers();
    void refresh();
    void showEmpty();
    void fitClients();

    ServerPanelsPresenter& m_presenter;
    QTabBar* m_tabs;
    QComboBox* m_servers;
    QLabel* m_summary;
    QToolButton* m_refresh;
    InlineMessage* m_message;
    QStackedLayout* m_stack;
    ClientModel* m_clients;
    QTableView* m_clientTable;
    QLabel* m_emptyTitle;
    QLabel* m_emptySentence;
};

}  // namespace cachescope::ui
