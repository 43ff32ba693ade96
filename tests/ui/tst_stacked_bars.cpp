// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QClipboard>
#include <QGuiApplication>
#include <QTest>

#include "ui/charts/stacked_bars.h"
#include "ui/theme/theme.h"

using namespace cachescope::ui;

namespace {

const QColor kFirst(10, 200, 10);
const QColor kSecond(10, 10, 200);

void fill(StackedBars& bars) {
    bars.setBars({{QStringLiteral("a:"), kFirst, {1, 2, 8}},
                  {QStringLiteral("<b>,\"x\""), kSecond, {1, 0, 2}}},
                 60, 0.5);
}

}  // namespace

class TestStackedBars : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void partsOfABarStandOnEachOtherInTheirOrder() {
        const Theme theme(*qApp, ThemeChoice::light);
        StackedBars bars(QStringLiteral("test"));
        bars.resize(600, 200);
        fill(bars);
        QCOMPARE(bars.bars(), 3);
        QCOMPARE(bars.total(2), 10.0);
        const QImage picture = bars.grab().toImage();
        const QRectF column = bars.barRect(2);
        // The axis reaches to ten: the lower eight tenths are the first part, the rest the second.
        const auto colourAt = [&](double share) {
            return picture.pixelColor(static_cast<int>(column.center().x()),
                                      static_cast<int>(column.bottom() - column.height() * share));
        };
        QCOMPARE(colourAt(0.5), kFirst);
        QCOMPARE(colourAt(0.9), kSecond);
        const QRectF low = bars.barRect(0);
        QVERIFY(picture.pixelColor(static_cast<int>(low.center().x()),
                                   static_cast<int>(low.bottom() - low.height() * 0.5)) != kFirst);
    }

    void theFirstBarHasBegunAlready() {
        StackedBars bars(QStringLiteral("test"));
        fill(bars);
        QCOMPARE(bars.describe(0).simplified(), QStringLiteral("2, within 1 min 1 a: 1 <b>,\"x\""));
        QVERIFY(bars.describe(1).contains(QStringLiteral("a:")));
        QVERIFY(!bars.describe(1).contains(QStringLiteral("<b>")));
    }

    void barsMoveTowardsNow() {
        StackedBars bars(QStringLiteral("test"));
        bars.resize(600, 200);
        bars.setBars({{QStringLiteral("a:"), kFirst, {1, 2, 8}}}, 60, 0);
        const QRectF whole = bars.barRect(1);
        QCOMPARE(bars.barRect(0).width(), whole.width());
        bars.setBars({{QStringLiteral("a:"), kFirst, {1, 2, 8}}}, 60, 0.25);
        QCOMPARE(bars.barRect(1).left(), whole.left() - whole.width() / 4);
        QCOMPARE(bars.barRect(1).width(), whole.width());
        // Of what is over nothing is shown.
        QCOMPARE(bars.barRect(0).left(), whole.left() - whole.width());
        QCOMPARE(bars.barRect(0).width(), whole.width() * 3 / 4);
        // The pointer reads what stands below it.
        const QPointF at(bars.barRect(1).left() + 1, 100);
        QMouseEvent move(QEvent::MouseMove, at, bars.mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                         Qt::NoModifier);
        QCoreApplication::sendEvent(&bars, &move);
        QCOMPARE(bars.accessibleDescription(), bars.describe(1));
    }

    void csvHasAColumnAPartAndQuotesNames() {
        StackedBars bars(QStringLiteral("test"));
        fill(bars);
        bars.setLine({3, 3, 3}, QStringLiteral("with jitter"));
        bars.copyData();
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 QStringLiteral("from_s,to_s,a:,\"<b>,\"\"x\"\"\",with jitter\r\n"
                                "0,30,1,1,3\r\n30,90,2,0,3\r\n90,150,8,2,3\r\n"));
    }

    void arrowKeysReadOneBarAfterTheOther() {
        StackedBars bars(QStringLiteral("test"));
        bars.resize(600, 200);
        fill(bars);
        QTest::keyClick(&bars, Qt::Key_Right);
        QTest::keyClick(&bars, Qt::Key_Right);
        QCOMPARE(bars.accessibleDescription(), bars.describe(1));
        QTest::keyClick(&bars, Qt::Key_Left);
        QCOMPARE(bars.accessibleDescription(), bars.describe(0));
    }

    void withoutBarsItSaysWhatWillBeThere() {
        StackedBars bars(QStringLiteral("test"));
        bars.setEmptyText(QStringLiteral("nothing yet"));
        bars.setBars({}, 1, 0);
        QCOMPARE(bars.bars(), 0);
        QCOMPARE(bars.accessibleDescription(), QStringLiteral("nothing yet"));
        QTest::keyClick(&bars, Qt::Key_Right);
        QVERIFY(!bars.grab().isNull());
    }
};

QTEST_MAIN(TestStackedBars)
#include "tst_stacked_bars.moc"
