// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/tune_export.h"

#include <QCoreApplication>
#include <QLocale>
#include <cmath>

#include "engine/tune/ttl_export.h"
#include "ui/model/tune_presenter.h"

namespace cachescope::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::TuneExport)
};

// What has to be kept where nothing is to be evicted, as far as the trace says how large values
// are.
QString memoryLines(const TunePresenter& presenter) {
    const TtlFigures figures = presenter.together();
    const bool known = !std::isnan(figures.bytes);
    const QString lines = QString::fromStdString(tune::redisMemoryLines(
        known ? static_cast<std::uint64_t>(figures.bytes) : 0, presenter.policy()));
    if (known) {
        return lines;
    }
    QStringList kept{Words::tr("# maxmemory: the trace says nothing of sizes")};
    for (const QString& line : lines.split(QLatin1Char('\n'))) {
        if (!line.startsWith(QLatin1String("maxmemory "))) {
            kept.append(line);
        }
    }
    return kept.join(QLatin1Char('\n'));
}

QString number(double value) {
    return std::isnan(value) ? QString() : QLocale::c().toString(value, 'g', 9);
}

}  // namespace

QList<ExportForm> exportForms() {
    using tune::TtlAdvice;
    const auto of = [](auto write) {
        return [write](const TunePresenter& presenter) {
            return presenter.advice()
                       ? QString::fromStdString(write(presenter, *presenter.advice()))
                       : QString();
        };
    };
    return {
        {Words::tr("Table"), QStringLiteral("txt"),
         of([](const TunePresenter&, const TtlAdvice& advice) {
             return tune::adviceAsText(advice);
         })},
        {Words::tr("CSV"), QStringLiteral("csv"),
         of([](const TunePresenter&, const TtlAdvice& advice) {
             return tune::adviceAsCsv(advice);
         })},
        {Words::tr("Decorators, @cache(ttl=…)"), QStringLiteral("py"),
         of([](const TunePresenter&, const TtlAdvice& advice) {
             return tune::adviceAsDecorators(advice);
         })},
        {Words::tr("Redis commands, EXPIRE"), QStringLiteral("redis"),
         of([](const TunePresenter& presenter, const TtlAdvice& advice) {
             return tune::adviceAsRedisCommands(advice,
                                                presenter.study().source.separator.toStdString());
         })},
        {Words::tr("Redis configuration, maxmemory"), QStringLiteral("conf"), memoryLines},
    };
}

QString curvesCsv(const TunePresenter& presenter) {
    QString csv = QStringLiteral(
        "namespace,ttl_s,requests,origin_calls,hit_ratio,stale_hits,mean_age_s,objects,bytes\r\n");
    const TuneOutlook& outlook = presenter.outlook();
    const auto add = [&](TuneGroup group, QString name) {
        name.replace(QLatin1Char('"'), QStringLiteral("\"\""));
        for (std::size_t point = 0; point < outlook.points(); ++point) {
            const TtlFigures figures = outlook.figures(group, point);
            csv += QLatin1Char('"') + name + QLatin1Char('"');
            for (const double value :
                 {figures.ttl, figures.requests, figures.misses, figures.hitRatio(), figures.stale,
                  figures.meanAge, figures.objects, figures.bytes}) {
                csv += QLatin1Char(',') + number(value);
            }
            csv += QLatin1String("\r\n");
        }
    };
    add({}, QString());
    for (std::size_t group = 0; outlook.groups() > 1 && group < outlook.groups(); ++group) {
        add(group, QString::fromStdString(outlook.study().timeline->groupNames[group]));
    }
    return csv;
}

}  // namespace cachescope::ui
