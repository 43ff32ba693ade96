// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/environment.h"

#include <QCoreApplication>
#include <algorithm>

#include "engine/redis/redis_target.h"
#include "ui/model/connection_draft.h"

namespace cachescope::ui {

namespace {

bool isThisMachine(const RedisAddress& address) {
    const std::string& host = address.host;
    return !address.unixPath.empty() || host == "localhost" || host == "::1" ||
           host.starts_with("127.");
}

}  // namespace

QString environmentName(Environment environment) {
    switch (environment) {
        case Environment::development:
            return QCoreApplication::translate("cachescope::ui::Environment", "Development");
        case Environment::staging:
            return QCoreApplication::translate("cachescope::ui::Environment", "Staging");
        case Environment::production:
            break;
    }
    return QCoreApplication::translate("cachescope::ui::Environment", "Production");
}

QString environmentId(Environment environment) {
    return environment == Environment::development ? QStringLiteral("development")
           : environment == Environment::staging   ? QStringLiteral("staging")
                                                   : QStringLiteral("production");
}

std::optional<Environment> environmentOf(const QString& id) {
    for (const Environment each :
         {Environment::development, Environment::staging, Environment::production}) {
        if (environmentId(each) == id) {
            return each;
        }
    }
    return std::nullopt;
}

Environment usualEnvironment(const QString& url) {
    const auto target = RedisTarget::parse(url.toStdString());
    const bool isLocal =
        target && std::all_of(target->seeds.begin(), target->seeds.end(), isThisMachine);
    return isLocal ? Environment::development : Environment::production;
}

QString withoutSecrets(const QString& url) {
    const auto draft = ConnectionDraft::fromUrl(url);
    return draft ? draft->url(ConnectionDraft::Secrets::left) : url;
}

}  // namespace cachescope::ui
