// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QString>
#include <functional>
#include <optional>

namespace cachescope::ui {

/// Passwords by name: for this session in memory, and beyond it in the system's keychain.
///
/// Nothing is ever written anywhere else. Without a keychain, built in or running, keep() says so,
/// and the secret lives for the session. Answers come on the GUI thread, perhaps during the call,
/// and not at all once `context` is gone. GUI thread.
class SecretStore : public QObject {
    Q_OBJECT

public:
    /// `service` is the name under which the keychain files what is kept.
    explicit SecretStore(QString service, QObject* parent = nullptr);
    ~SecretStore() override;

    /// Whether this build can speak to a keychain at all.
    static bool knowsKeychains();

    /// For this session.
    void remember(const QString& name, const QString& secret);
    /// What this session knows; asks no keychain.
    std::optional<QString> remembered(const QString& name) const;

    using Found = std::function<void(const std::optional<QString>& secret)>;
    /// What this session knows, or the keychain, which may ask the person first.
    void find(const QString& name, QObject* context, Found found);

    /// `problem` is empty when it is in the keychain, else what the keychain says, to be shown as
    /// plain text.
    using Kept = std::function<void(const QString& problem)>;
    /// For this session and beyond.
    void keep(const QString& name, const QString& secret, QObject* context, Kept kept);

    /// From both.
    void forget(const QString& name);

private:
    const QString m_service;
    QHash<QString, QString> m_session;
};

}  // namespace cachescope::ui
