// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/connection_draft.h"

#include <QUrl>

#include "engine/backend/backend_url.h"

namespace cachescope::ui {

namespace {

QString take(QMap<QString, QString>& parameters, const char* name) {
    return parameters.take(QLatin1StringView(name));
}

QString hostText(const std::string& name, int port) {
    QString text = QString::fromStdString(name);
    if (text.contains(QLatin1Char(':'))) {
        text = QLatin1Char('[') + text + QLatin1Char(']');
    }
    return port == 0 ? text : text + QLatin1Char(':') + QString::number(port);
}

QString escaped(const QString& text, const char* keep = "") {
    return QString::fromLatin1(QUrl::toPercentEncoding(text, keep));
}

}  // namespace

Result<ConnectionDraft> ConnectionDraft::fromUrl(const QString& url) {
    const auto parsed = BackendUrl::parse(url.trimmed().toStdString());
    if (!parsed) {
        return parsed.error();
    }
    const QString scheme = QString::fromStdString(parsed->scheme);
    const qsizetype plus = scheme.indexOf(QLatin1Char('+'));
    const QString base = scheme.left(plus);
    const QString kind = plus < 0 ? QString() : scheme.mid(plus + 1);
    ConnectionDraft draft;
    draft.tls = base == QLatin1StringView("rediss");
    if (kind == QLatin1StringView("unix") && !draft.tls) {
        draft.kind = Kind::socket;
    } else if (kind == QLatin1StringView("cluster")) {
        draft.kind = Kind::cluster;
    } else if (kind == QLatin1StringView("sentinel")) {
        draft.kind = Kind::sentinel;
    } else if (plus >= 0) {
        return Error{ErrorCode::unknownName, parsed->withoutPassword(), parsed->scheme};
    }
    if (!draft.tls && base != QLatin1StringView("redis")) {
        return Error{ErrorCode::unknownName, parsed->withoutPassword(), parsed->scheme};
    }
    for (const auto& [name, value] : parsed->parameters) {
        draft.others.insert(QString::fromStdString(name), QString::fromStdString(value));
    }
    draft.user = QString::fromStdString(parsed->user);
    draft.password = QString::fromStdString(parsed->password);

    QString path = QString::fromStdString(parsed->path);
    if (draft.kind == Kind::socket) {
        draft.socketPath = path;
        path.clear();
    } else {
        QStringList hosts{hostText(parsed->host, parsed->port)};
        for (const BackendUrl::Host& host : parsed->moreHosts) {
            hosts.append(hostText(host.name, host.port));
        }
        draft.hosts = hosts.join(QStringLiteral(", "));
        path = path.startsWith(QLatin1Char('/')) ? path.mid(1) : path;
    }
    if (draft.kind == Kind::sentinel) {
        const qsizetype slash = path.indexOf(QLatin1Char('/'));
        draft.primaryName = path.left(slash);
        path = slash < 0 ? QString() : path.mid(slash + 1);
    }
    const QString parameter = take(draft.others, "db");
    draft.database = path.isEmpty() ? parameter : path;
    draft.verifies = take(draft.others, "verify") != QLatin1StringView("off");
    draft.caFile = take(draft.others, "ca");
    draft.certificateFile = take(draft.others, "cert");
    draft.keyFile = take(draft.others, "key");
    draft.serverName = take(draft.others, "servername");
    draft.readsReplicas = take(draft.others, "replicas") == QLatin1StringView("on");
    draft.sentinelUser = take(draft.others, "sentinel-user");
    draft.sentinelPassword = take(draft.others, "sentinel-password");
    return draft;
}

QString ConnectionDraft::url(Secrets secrets) const {
    const auto secret = [secrets](const QString& text) {
        return secrets == Secrets::starred ? QStringLiteral("***") : escaped(text);
    };
    const bool included = secrets != Secrets::left;
    const bool encrypted = tls && kind != Kind::socket;
    QString text = encrypted ? QStringLiteral("rediss") : QStringLiteral("redis");
    text += kind == Kind::socket     ? QStringLiteral("+unix")
            : kind == Kind::cluster  ? QStringLiteral("+cluster")
            : kind == Kind::sentinel ? QStringLiteral("+sentinel")
                                     : QString();
    text += QStringLiteral("://");
    const bool showsPassword = included && !password.isEmpty();
    if (!user.isEmpty() || showsPassword) {
        text += escaped(user);
        text += showsPassword ? QLatin1Char(':') + secret(password) : QString();
        text += QLatin1Char('@');
    }
    if (kind == Kind::socket) {
        text += escaped(socketPath, "/");
    } else {
        QString list = hosts;
        text += list.remove(QLatin1Char(' '));
        const QString name =
            kind == Kind::sentinel && !(primaryName.isEmpty() && database.isEmpty())
                ? QLatin1Char('/') + escaped(primaryName)
                : QString();
        text += name;
        if (kind != Kind::cluster && !database.isEmpty()) {
            text += QLatin1Char('/') + escaped(database);
        }
    }

    QMap<QString, QString> parameters;
    for (auto other = others.begin(); other != others.end(); ++other) {
        parameters.insert(other.key(), escaped(other.value(), "/:,*"));
    }
    const auto set = [&parameters](const char* name, const QString& value) {
        if (!value.isEmpty()) {
            parameters.insert(QLatin1StringView(name), escaped(value, "/:"));
        }
    };
    if (kind == Kind::socket) {
        set("db", database);
    }
    if (encrypted) {
        set("verify", verifies ? QString() : QStringLiteral("off"));
        set("ca", caFile);
        set("cert", certificateFile);
        set("key", keyFile);
        set("servername", serverName);
    }
    if (kind == Kind::cluster) {
        set("replicas", readsReplicas ? QStringLiteral("on") : QString());
    }
    if (kind == Kind::sentinel) {
        set("sentinel-user", sentinelUser);
        if (included && !sentinelPassword.isEmpty()) {
            parameters.insert(QStringLiteral("sentinel-password"), secret(sentinelPassword));
        }
    }
    QChar separator = QLatin1Char('?');
    for (auto parameter = parameters.begin(); parameter != parameters.end(); ++parameter) {
        text += separator + escaped(parameter.key()) + QLatin1Char('=') + parameter.value();
        separator = QLatin1Char('&');
    }
    return text;
}

}  // namespace cachescope::ui
