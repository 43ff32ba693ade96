// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>
#include <cmath>

#include "ui/charts/ttl_axis.h"
#include "ui/charts/ttl_chart.h"

using namespace cachescope::ui;

namespace {

QString q(const char* text) {
    return QString::fromUtf8(text);
}

QStringList labelsOf(const QList<AxisTick>& ticks) {
    QStringList labels;
    for (const AxisTick& tick : ticks) {
        QString label = tick.label;
        labels.append(label.replace(QChar::Nbsp, QLatin1Char(' ')));
    }
    return labels;
}

struct Fixture {
    TtlChart chart{q("Every TTL at once")};
    QSignalSpy moved{&chart, &TtlChart::markerMoved};

    Fixture() {
        chart.setAxis(1, 10'000);
        chart.setCurves({1, 10, 100, 1000}, {{.name = q("hit ratio"),
                                              .colour = Qt::darkGreen,
                                              .dashes = {},
                                              .values = {0.1, 0.4, 0.8, 0.9},
                                              .lowest = {},
                                              .highest = {}},
                                             {.name = q("stale answers"),
                                              .colour = Qt::blue,
                                              .dashes = {2, 2},
                                              .right = true,
                                              .values = {0, 0.01, 0.05, 0.12},
                                              .lowest = {},
                                              .highest = {}}});
        chart.setMarker(100);
        chart.resize(640, 400);
        chart.show();
    }
};

}  // namespace

class TestTtlChart : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ticksAreRoundAndTheRounderOnesStay() {
        const TtlAxis axis(1, 86400);
        const QLocale english(QLocale::English);
        QCOMPARE(labelsOf(axis.ticks(0.2, english)),
                 (QStringList{q("1 s"), q("1 min"), q("1 h"), q("1 d")}));
        const QStringList many = labelsOf(axis.ticks(0.08, english));
        QVERIFY(many.contains(q("10 s")));
        QVERIFY(many.contains(q("10 min")));
        QCOMPARE(axis.positionOf(1), 0.0);
        QCOMPARE(axis.positionOf(1e9), 1.0);
        QVERIFY(std::abs(axis.secondsAt(axis.positionOf(300)) - 300) < 1e-9);
    }

    void betweenTwoTtlsTheShorterOneCounts() {
        const Fixture fixture;
        QCOMPARE(fixture.chart.valueAt(0, 100), 0.8);
        QCOMPARE(fixture.chart.valueAt(0, 999), 0.8);
        QCOMPARE(fixture.chart.valueAt(1, 1e6), 0.12);
        QVERIFY(std::isnan(fixture.chart.valueAt(0, 0.5)));
    }

    void theMarkerIsDragged() {
        Fixture fixture;
        const QPoint at = fixture.chart.pixelOf(1000, 0.5).toPoint();
        QTest::mousePress(fixture.chart.plot(), Qt::LeftButton, {}, at);
        QCOMPARE(fixture.moved.size(), 1);
        QVERIFY(std::abs(std::log(fixture.chart.marker() / 1000)) < 0.05);
        QTest::mouseMove(fixture.chart.plot(), fixture.chart.pixelOf(10, 0.5).toPoint());
        QTest::mouseRelease(fixture.chart.plot(), Qt::LeftButton);
        QVERIFY(fixture.chart.readoutText().contains(q("hit ratio")));
    }

    void arrowKeysMoveItAndItStaysInside() {
        Fixture fixture;
        QTest::keyClick(&fixture.chart, Qt::Key_Right);
        QVERIFY(fixture.chart.marker() > 100);
        QTest::keyClick(&fixture.chart, Qt::Key_Home);
        QCOMPARE(fixture.chart.marker(), 1.0);
        const auto before = fixture.moved.size();
        QTest::keyClick(&fixture.chart, Qt::Key_Left);
        QCOMPARE(fixture.moved.size(), before);
        fixture.chart.setMarker(1e9);
        QCOMPARE(fixture.chart.marker(), 10'000.0);
        QCOMPARE(fixture.moved.size(), before);
    }

    void theRightAxisGoesAsFarAsItsValues() {
        const Fixture fixture;
        const qreal bottom = fixture.chart.pixelOf(1, 0, true).y();
        const qreal top = fixture.chart.pixelOf(1, 0.12, true).y();
        QVERIFY2(bottom - top > 0.4 * (bottom - fixture.chart.pixelOf(1, 1).y()),
                 "12 % fill a good part of it");
    }

    void dataAreCopiedAsCsv() {
        const Fixture fixture;
        QVERIFY(fixture.chart.csv().startsWith(
            q("ttl_s,\"hit ratio\",\"stale answers\"\r\n1,0.1,0\r\n10,0.4,0.01\r\n")));
    }
};

QTEST_MAIN(TestTtlChart)
#include "tst_ttl_chart.moc"
