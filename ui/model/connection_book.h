// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QList>
#include <QString>
#include <functional>

#include "ui/model/app_settings.h"
#include "ui/model/connection_draft.h"

namespace cachescope::ui {

class SecretStore;

/// The connections that a person has saved, by name, and the passwords that belong to them.
///
/// Names and addresses go to the settings, without any secret; passwords go to the SecretStore
/// under the address that they are for, so an address finds its password wherever it turns up: in a
/// scenario file, in a lane, in the list. A row is one connection, in the order of their names.
/// GUI thread.
class ConnectionBook : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { urlRole = Qt::UserRole };  ///< the address without secrets

    ConnectionBook(AppSettings& settings, SecretStore& secrets, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    QString name(int row) const { return m_saved.at(row).name; }
    QString url(int row) const { return m_saved.at(row).url; }
    /// The row of the address, secrets or not; -1 for one that is not saved.
    int rowOf(const QString& url) const;

    /// Replaces one of the same name. Its row.
    int save(const QString& name, const ConnectionDraft& draft);
    /// With its passwords, unless another connection has the same address.
    void remove(int row);

    /// Passwords of `draft` for this session.
    void remember(const ConnectionDraft& draft);
    /// The same beyond this session; `kept` gets an empty text, or the keychain's refusal.
    void keepSecrets(const ConnectionDraft& draft, QObject* context,
                     const std::function<void(const QString& problem)>& kept);

    /// The address with the passwords that this session knows; asks no keychain.
    QString completed(const QString& url) const;
    /// The same after asking the keychain, if a password is still wanting and the address is saved.
    void complete(const QString& url, QObject* context,
                  const std::function<void(const QString& url)>& done);

private:
    AppSettings& m_settings;
    SecretStore& m_secrets;
    QList<SavedConnection> m_saved;
};

}  // namespace cachescope::ui
