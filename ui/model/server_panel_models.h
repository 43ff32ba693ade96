// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>

#include "ui/model/row_table_model.h"
#include "ui/model/server_panels_presenter.h"

namespace cachescope::ui {

/// A role of all three models: what a row is sorted by in a column.
inline constexpr int kSortRole = Qt::UserRole;
/// Whether a row is one to look at (configuration), or one of ours (clients).
inline constexpr int kMarkedRole = Qt::UserRole + 1;

/// Commands that took the server long, the newest first. Follows the presenter. GUI thread.
class SlowLogModel : public RowTableModel<inspect::SlowCommand> {
    Q_OBJECT

public:
    enum Column { whenColumn, tookColumn, commandColumn, clientColumn, columns };

    explicit SlowLogModel(ServerPanelsPresenter& presenter, QObject* parent = nullptr);

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// A command in one line: odd bytes escaped, words with spaces in quotation marks.
    static QString commandText(const std::vector<std::string>& words);

protected:
    std::string identity(const inspect::SlowCommand& row) const override;

private:
    ServerPanelsPresenter& m_presenter;
};

/// The connections to a server; ours are marked. Follows the presenter. GUI thread.
class ClientModel : public RowTableModel<inspect::ClientEntry> {
    Q_OBJECT

public:
    enum Column {
        addressColumn,
        nameColumn,
        userColumn,
        libraryColumn,
        databaseColumn,
        ageColumn,
        idleColumn,
        commandColumn,
        memoryColumn,
        columns
    };

    explicit ClientModel(ServerPanelsPresenter& presenter, QObject* parent = nullptr);

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// Whether the server tells this at all: old ones know less.
    bool hasColumn(int column) const;

protected:
    std::string identity(const inspect::ClientEntry& row) const override;

private:
    QString text(const inspect::ClientEntry& client, int column) const;
};

/// What of the configuration concerns a cache, with what it means. Follows the presenter. GUI
/// thread.
class ConfigurationModel : public RowTableModel<inspect::ConfigurationValue> {
    Q_OBJECT

public:
    enum Column { nameColumn, valueColumn, meaningColumn, columns };

    explicit ConfigurationModel(ServerPanelsPresenter& presenter, QObject* parent = nullptr);

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

protected:
    std::string identity(const inspect::ConfigurationValue& row) const override;

private:
    ServerPanelsPresenter& m_presenter;
};

/// What a panel says in the place of its table; empty where there are rows. Pure functions of the
/// presenter.
class ServerPanelTexts {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::ServerPanelTexts)

public:
    /// Why there is nothing, or nothing newer: names the rule that this user lacks.
    static QString failure(const ServerPanelsPresenter& presenter);
    /// "No command took longer than 10 ms."
    static QString emptySlowLog(const ServerPanelsPresenter& presenter);
    /// "3 slow commands", "12 connected, 2 of them ours", "3 of 17 settings deserve a look".
    static QString summary(const ServerPanelsPresenter& presenter);
};

}  // namespace cachescope::ui
