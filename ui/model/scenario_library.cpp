// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/scenario_library.h"

#include <QFile>
#include <QFileInfo>
#include <QtGlobal>

#include "engine/sim/scenario_json.h"

// Outside of any namespace, as the macro demands: a static library's resources are not found by
// themselves.
static void initialiseScenarioResources() {
    Q_INIT_RESOURCE(scenarios);
}

namespace cachescope::ui {

namespace {

struct Group {
    ScenarioTheme theme;
    QStringList ids;
};

const QList<Group>& groups() {
    static const QList<Group> list{
        {ScenarioTheme::basics,
         {QStringLiteral("demo"), QStringLiteral("ttl-too-long"), QStringLiteral("user-data"),
          QStringLiteral("stampede"), QStringLiteral("memory-file-redis"),
          QStringLiteral("two-levels"), QStringLiteral("lost-on-restart")}},
        {ScenarioTheme::freshness,
         {QStringLiteral("sliding-ttl"), QStringLiteral("jitter"), QStringLiteral("negative-ttl"),
          QStringLiteral("error-ttl"), QStringLiteral("namespace-ttls"),
          QStringLiteral("chosen-ttl")}},
        {ScenarioTheme::refreshing,
         {QStringLiteral("stale-while-revalidate"), QStringLiteral("refresh-ahead"),
          QStringLiteral("xfetch"), QStringLiteral("leases")}},
        {ScenarioTheme::trouble,
         {QStringLiteral("fail-safe"), QStringLiteral("retry-after"),
          QStringLiteral("soft-time-out"), QStringLiteral("hard-time-out"),
          QStringLiteral("circuit-breaker"), QStringLiteral("recovery-queue")}},
        {ScenarioTheme::invalidation, {QStringLiteral("tags"), QStringLiteral("marks")}},
    };
    return list;
}

QStringList ids() {
    QStringList all;
    for (const Group& group : groups()) {
        all += group.ids;
    }
    return all;
}

Result<sim::Scenario> loadBuiltin(const QString& id) {
    initialiseScenarioResources();
    QFile file(QStringLiteral(":/scenarios/%1.json").arg(id));
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::notFound, id.toStdString()};
    }
    return sim::scenarioFromJson(file.readAll().toStdString(), id.toStdString() + ".json");
}

}  // namespace

QList<ScenarioEntry> ScenarioLibrary::entries() {
    QList<ScenarioEntry> entries;
    for (const Group& group : groups()) {
        for (const QString& id : group.ids) {
            if (const auto scenario = loadBuiltin(id)) {
                entries.append({id, QString::fromStdString(scenario->name),
                                QString::fromStdString(scenario->description), group.theme});
            }
        }
    }
    return entries;
}

Result<sim::Scenario> ScenarioLibrary::load(const QString& idOrPath) {
    if (ids().contains(idOrPath)) {
        return loadBuiltin(idOrPath);
    }
    if (!QFileInfo::exists(idOrPath)) {
        return Error{ErrorCode::notFound, idOrPath.toStdString(),
                     "no such file, and no scenario of the program: " +
                         ids().join(QStringLiteral(", ")).toStdString()};
    }
    return sim::loadScenario(QFile::encodeName(idOrPath).toStdString());
}

}  // namespace cachescope::ui
