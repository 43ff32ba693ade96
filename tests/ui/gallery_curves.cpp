// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/gallery_curves.h"

#include <QApplication>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/charts/heat_map.h"
#include "ui/charts/ttl_chart.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/card.h"

using namespace cachescope::ui;

namespace {

QString s(const char* text) {
    return QString::fromUtf8(text);
}

}  // namespace

QWidget* galleryCurves() {
    const Tokens& tokens = tokensFor(QApplication::palette());
    QList<double> ttls;
    QList<double> hits;
    QList<double> calls;
    QList<double> stale;
    QList<double> low;
    QList<double> high;
    for (double ttl = 1; ttl <= 86400; ttl *= 1.09) {
        const double hit = 0.92 * ttl / (ttl + 40);
        ttls.append(ttl);
        hits.append(hit);
        calls.append(1 - hit);
        stale.append(0.19 * ttl / (ttl + 9000));
        low.append(std::max(0.0, hit - 0.02));
        high.append(std::min(1.0, hit + 0.02));
    }
    auto* chart = new TtlChart(s("Every TTL at once"));
    chart->setBadge(s("exact"));
    chart->setAxis(1, 86400);
    chart->setCurves(
        ttls,
        {{s("hit ratio"), tokens.outcome(Outcome::hit), {}, 2.2, false, hits, low, high},
         {s("origin calls"), tokens.outcome(Outcome::miss), {6, 3}, 1.6, false, calls, {}, {}},
         {s("stale answers"), tokens.outcome(Outcome::stale), {2, 2}, 1.6, true, stale, {}, {}}});
    chart->setLimit(1100, s("over the budget of 2 % stale"));
    chart->setPoints({{30, 0.374, s("measured live 37.4 %"), tokens.text}});
    chart->setMarker(90);
    auto* map = new HeatMap;
    QList<double> capacities;
    for (double capacity = 1000; capacity < 1.1e6; capacity *= 1.6) {
        capacities.append(capacity);
    }
    QList<double> coarse;
    for (double ttl = 1; ttl < 90000; ttl *= 1.7) {
        coarse.append(ttl);
    }
    map->setGrid(coarse, capacities);
    for (qsizetype row = 0; row < capacities.size() - 1; ++row) {
        QList<double> values;
        for (const double ttl : coarse) {
            values.append(0.95 * ttl / (ttl + 40) * capacities[row] / (capacities[row] + 30000));
        }
        map->setRow(row, values);
    }
    map->setContours({{{1, 2000}, {60, 3000}, {3600, 60000}, {40000, 300000}}});
    map->setNow(QPointF(90, 100'000));
    auto* card = new Card;
    card->setTitle(s("TTL × capacity"), s("hit ratio, LRU"));
    card->body()->addWidget(map, 1);
    auto* sheet = new QWidget;
    auto* layout = new QVBoxLayout(sheet);
    layout->addWidget(chart, 3);
    layout->addWidget(card, 2);
    sheet->resize(720, 820);
    return sheet;
}
