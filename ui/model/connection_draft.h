// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QString>
#include <QStringList>

#include "engine/core/result.h"

namespace cachescope::ui {

/// A Redis address taken apart into what a person fills in, and put together again.
///
/// What a field holds is kept as it was typed, whether or not it makes sense: url() is what the
/// engine then judges. Parameters of a URL that have no field here are carried along. A value type;
/// any thread.
struct ConnectionDraft {
    enum class Kind { server, socket, cluster, sentinel };

    Kind kind = Kind::server;
    QString hosts;  ///< "host:port", of a cluster and of sentinels also "host:port, host:port"
    QString socketPath;
    QString primaryName;
    QString database;
    QString user;
    QString password;
    QString sentinelUser;
    QString sentinelPassword;
    bool readsReplicas = false;
    bool tls = false;
    bool verifies = true;
    QString caFile;
    QString certificateFile;
    QString keyFile;
    QString serverName;
    QMap<QString, QString> others;

    bool operator==(const ConnectionDraft&) const = default;

    /// Fails as BackendUrl::parse() does, and with unknownName for a scheme of another kind of
    /// backend.
    static Result<ConnectionDraft> fromUrl(const QString& url);

    enum class Secrets { included, starred, left };
    /// Passwords as they are, as "***" to be shown, or left out to be stored.
    QString url(Secrets secrets = Secrets::included) const;

    bool hasSecrets() const { return !password.isEmpty() || !sentinelPassword.isEmpty(); }
    /// Whether somebody is named whose password is not there.
    bool lacksSecret() const {
        return (!user.isEmpty() && password.isEmpty()) ||
               (!sentinelUser.isEmpty() && sentinelPassword.isEmpty());
    }
};

}  // namespace cachescope::ui
