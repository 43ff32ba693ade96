// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>
#include <cmath>

#include "ui/charts/heat_map.h"

using namespace cachescope::ui;

namespace {

struct Fixture {
    HeatMap map;
    QSignalSpy chosen{&map, &HeatMap::cellChosen};

    Fixture() {
        map.setGrid({1, 10, 100, 1000}, {100, 1000, 10'000});
        map.resize(400, 260);
        map.show();
    }
};

}  // namespace

class TestHeatMap : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsComeOneAfterTheOther() {
        Fixture fixture;
        QVERIFY(std::isnan(fixture.map.value(0, 0)));
        fixture.map.setRow(1, {0.1, 0.2, 0.3, 0.4});
        QCOMPARE(fixture.map.value(2, 1), 0.3);
        QVERIFY(std::isnan(fixture.map.value(2, 2)));
        fixture.map.setRow(7, {0.1, 0.2, 0.3, 0.4});
        fixture.map.setRow(0, {0.1});
        QVERIFY2(std::isnan(fixture.map.value(0, 0)), "a row of another length is none");
    }

    void cellsLieSideBySide() {
        const Fixture fixture;
        for (int i = 0; i + 1 < 4; ++i) {
            QVERIFY(std::abs(fixture.map.cellRect(i, 0).right() -
                             fixture.map.cellRect(i + 1, 0).left()) < 0.01);
        }
        QVERIFY(fixture.map.cellRect(0, 1).bottom() <= fixture.map.cellRect(0, 0).top() + 0.01);
    }

    void aClickChoosesTheCell() {
        Fixture fixture;
        QTest::mouseClick(&fixture.map, Qt::LeftButton, {},
                          fixture.map.cellRect(2, 1).center().toPoint());
        QCOMPARE(fixture.chosen.size(), 1);
        QCOMPARE(fixture.chosen.last()[0].toDouble(), 100.0);
        QCOMPARE(fixture.chosen.last()[1].toDouble(), 1000.0);
    }

    void arrowKeysWalkAndStopAtTheEdge() {
        Fixture fixture;
        fixture.map.setChosen(QPoint(3, 2));
        QTest::keyClick(&fixture.map, Qt::Key_Right);
        QCOMPARE(fixture.chosen.size(), 0);
        QTest::keyClick(&fixture.map, Qt::Key_Down);
        QCOMPARE(fixture.map.chosen().value_or(QPoint()), QPoint(3, 1));
        QVERIFY(fixture.map.accessibleDescription().contains(QStringLiteral("not known yet")));
    }

    void withoutAGridNothingHappens() {
        HeatMap empty;
        empty.show();
        QTest::mouseClick(&empty, Qt::LeftButton);
        QTest::keyClick(&empty, Qt::Key_Left);
        QVERIFY(!empty.chosen());
    }
};

QTEST_MAIN(TestHeatMap)
#include "tst_heat_map.moc"
