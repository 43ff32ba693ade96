// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QClipboard>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QtTest/QAbstractItemModelTester>
#include <cmath>

#include "ui/charts/axis_scale.h"
#include "ui/charts/chart_table.h"
#include "ui/charts/legend.h"
#include "ui/charts/strokes.h"
#include "ui/charts/time_series_chart.h"
#include "ui/model/formats.h"
#include "ui/theme/theme.h"

using namespace cachescope::ui;

namespace {

const double kNaN = std::nan("");

QStringList labelsOf(const QList<AxisTick>& ticks) {
    QStringList labels;
    for (const AxisTick& tick : ticks) {
        labels += QString(tick.label).replace(QChar(0x00a0), u' ');
    }
    return labels;
}

ChartSeries named(const char* name, int group = 0) {
    ChartSeries series;
    series.name = QString::fromUtf8(name);
    series.group = group;
    return series;
}

QList<QPointF> line(int count, double window = 60, double value = 50) {
    QList<QPointF> points;
    for (int i = 0; i < count; ++i) {
        points.append({-window + window * i / (count - 1), value});
    }
    return points;
}

}  // namespace

class TestCharts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void linearAxisGrowsAtOnceAndShrinksLate() {
        AxisScale scale(ValueAxisKind::linear);
        QVERIFY(scale.fit(0, 81));
        QCOMPARE(scale.high(), 100.0);
        QVERIFY(!scale.fit(0, 100));
        QVERIFY(scale.fit(0, 101));
        QCOMPARE(scale.high(), 200.0);
        QVERIFY2(!scale.fit(0, 85), "still fills two fifths");
        QVERIFY(scale.fit(0, 79));
        QCOMPARE(scale.high(), 80.0);
        QVERIFY(!scale.fit(kNaN, kNaN));
    }

    void linearAxisIsDividedIntoRoundNumbers() {
        const QLocale english(QLocale::English);
        for (double largest = 0.011; largest < 5000; largest *= 1.07) {
            AxisScale scale(ValueAxisKind::linear);
            scale.fit(0, largest);
            QVERIFY(scale.high() >= largest && scale.high() <= 2 * largest);
            const double step = scale.ticks(8, {}, english).at(1).position;
            // One digit, or a quarter of ten.
            const double digits = step / std::pow(10.0, std::floor(std::log10(step) + 1e-9));
            QVERIFY2(std::abs(digits - std::round(digits)) < 1e-6 || std::abs(digits - 2.5) < 1e-6,
                     qPrintable(QString::number(step)));
        }
        AxisScale scale(ValueAxisKind::linear);
        QVERIFY(scale.fit(0, 230));
        QCOMPARE(labelsOf(scale.ticks(4, QStringLiteral("/s"), english)),
                 QStringList({QStringLiteral("0"), QStringLiteral("100"), QStringLiteral("200"),
                              QStringLiteral("300 /s")}));
    }

    void logAxisLabelsCarryTheirUnits() {
        AxisScale scale(ValueAxisKind::logTime);
        QVERIFY(scale.fit(3e-5, 1.9));
        QCOMPARE(
            labelsOf(scale.ticks(8, {}, QLocale(QLocale::English))),
            QStringList({QString::fromUtf8("10 µs"), QString::fromUtf8("100 µs"),
                         QStringLiteral("1 ms"), QStringLiteral("10 ms"), QStringLiteral("100 ms"),
                         QStringLiteral("1 s"), QStringLiteral("2 s")}));
        QCOMPARE(scale.position(0.1).value(), -1.0);
        QCOMPARE(scale.position(0).value(), scale.low());
        QVERIFY(!scale.position(kNaN));
    }

    void percentAxisIsFixed() {
        AxisScale scale(ValueAxisKind::percent);
        QVERIFY(!scale.fit(0.4, 0.6));
        QCOMPARE(labelsOf(scale.ticks(8, {}, QLocale(QLocale::English))),
                 QStringList({QStringLiteral("0"), QStringLiteral("25"), QStringLiteral("50"),
                              QStringLiteral("75"), QStringLiteral("100 %")}));
    }

    void timeAxisChangesItsUnitWithTheWindow() {
        const QLocale english(QLocale::English);
        QCOMPARE(labelsOf(timeTicks(60, 5, english)),
                 QStringList({QString::fromUtf8("−60 s"), QString::fromUtf8("−45"),
                              QString::fromUtf8("−30"), QString::fromUtf8("−15"),
                              QStringLiteral("now")}));
        QCOMPARE(labelsOf(timeTicks(600, 5, english)).first(), QString::fromUtf8("−10 min"));
        QCOMPARE(labelsOf(timeTicks(6 * 3600, 5, english)).first(), QString::fromUtf8("−6 h"));
    }

    void dashesCoverTheirShareOfTheCurve() {
        const QList<QLineF> strokes = strokesOf({{0, 0}, {70, 0}, {100, 0}}, {6, 4}, 0);
        double on = 0;
        for (const QLineF& stroke : strokes) {
            on += stroke.length();
        }
        QVERIFY(std::abs(on - 60) < 1e-6);
        QCOMPARE(strokes.first(), QLineF(0, 0, 6, 0));
        // Seven pixels into the pattern there are three of the pause left.
        QCOMPARE(strokesOf({{0, 0}, {20, 0}}, {6, 4}, 7).first(), QLineF(3, 0, 9, 0));
    }

    void thinningKeepsSpikesAndGaps() {
        QList<QPointF> points;
        for (int i = 0; i < 10'000; ++i) {
            points.append({i * 0.01, i == 5'432 ? 100.0 : 1.0});
        }
        points[2'000].setY(kNaN);
        const QList<QPointF> kept = thinned(points);
        QVERIFY(kept.size() < 600);
        QVERIFY(std::any_of(kept.begin(), kept.end(), [](QPointF p) { return p.y() == 100; }));
        QVERIFY(std::any_of(kept.begin(), kept.end(), [](QPointF p) { return std::isnan(p.y()); }));
    }

    void labelsHaveRoomAtAnyHeight() {
        const Theme theme(*qApp, ThemeChoice::light);
        TimeSeriesChart chart(QStringLiteral("Loads"));
        chart.setValueAxis(ValueAxisKind::linear, QStringLiteral("/s"));
        chart.setSeries({named("a")});
        // Where there are fewer labels than elsewhere, they have more digits.
        chart.setPoints(0, {{-10, 0.1}, {-5, 0.15}, {0, 0.2}});
        for (int height = 100; height < 400; height += 12) {
            chart.resize(400, height);
            chart.refresh();
            const QImage picture = chart.plot()->grab().toImage();
            int other = 0;
            for (int y = 1; y < picture.height(); ++y) {
                other += picture.pixel(0, y) != picture.pixel(0, 0) ? 1 : 0;
            }
            QVERIFY2(other == 0, qPrintable(QString::number(height)));
        }
    }

    void aLegendSaysHowManyNamesHaveNoRoom() {
        Legend legend;
        QList<Legend::Item> items;
        for (const char* name : {"product:", "<b>user:</b>", "session:", "cart:"}) {
            items.append({QString::fromUtf8(name), Qt::red, {}});
        }
        legend.setItems(items);
        legend.resize(legend.sizeHint());
        QCOMPARE(legend.shownItems(), 4);
        legend.resize(legend.width() - 2, legend.height());
        QCOMPARE(legend.shownItems(), 3);
        legend.resize(1, legend.height());
        QCOMPARE(legend.shownItems(), 0);
        QVERIFY(legend.toolTip().contains(QStringLiteral("&lt;b&gt;user:&lt;/b&gt;")));
        QVERIFY(legend.accessibleName().contains(QStringLiteral("cart:")));
    }

    void gapsAreNotBridged() {
        TimeSeriesChart chart(QStringLiteral("Hit ratio"));
        chart.resize(800, 400);
        ChartSeries solid = named("a");
        solid.colour = Qt::red;
        chart.setSeries({solid});
        QList<QPointF> points = line(11);
        chart.setPoints(0, points);
        chart.refresh();
        QCOMPARE(chart.strokeCount(0), 10);
        points[5].setY(kNaN);
        chart.setPoints(0, points);
        chart.refresh();
        QCOMPARE(chart.strokeCount(0), 8);
        points.remove(5, 2);  // a pause of 18 seconds instead of 6
        chart.setGap(7);
        chart.setPoints(0, points);
        chart.refresh();
        QCOMPARE(chart.strokeCount(0), 7);
    }

    void valueAtTheCursorIsTheNearestPoint() {
        TimeSeriesChart chart(QStringLiteral("Latency"));
        chart.setSeries({named("a"), named("b")});
        chart.setPoints(0, {{-10, 1}, {-5, 2}, {0, 3}});
        QCOMPARE(chart.valueAt(0, 4.9), 2.0);
        QCOMPARE(chart.valueAt(0, 0), 3.0);
        QCOMPARE(chart.valueAt(0, 8), 1.0);
        QVERIFY2(std::isnan(chart.valueAt(0, 40)), "far from any point");
        QVERIFY(std::isnan(chart.valueAt(1, 4)));
        QVERIFY(std::isnan(chart.valueAt(7, 4)));
    }

    void pointerMovesTheCursorOfEveryChart() {
        TimeSeriesChart one(QStringLiteral("One"));
        TimeSeriesChart two(QStringLiteral("Two"));
        connect(&one, &TimeSeriesChart::cursorMoved, &two, &TimeSeriesChart::setCursor);
        one.resize(800, 400);
        one.setSeries({named("a")});
        one.setPoints(0, line(61));
        one.refresh();
        one.show();
        QVERIFY(QTest::qWaitForWindowExposed(&one));
        const QPointF target = one.pixelOf(15, 50);
        QTest::mouseMove(one.plot(), target.toPoint());
        QTRY_VERIFY(one.cursor().has_value());
        QVERIFY(std::abs(*one.cursor() - 15) < 0.2);
        QCOMPARE(two.cursor(), one.cursor());
        QVERIFY(one.readoutText().contains(QStringLiteral("15.")) ||
                one.readoutText().contains(QStringLiteral("14.")));
        two.setCursor(1e9);
        QVERIFY2(!two.cursor(), "outside of its window");
    }

    void arrowKeysMoveTheCursor() {
        TimeSeriesChart chart(QStringLiteral("One"));
        const QSignalSpy moved(&chart, &TimeSeriesChart::cursorMoved);
        QTest::keyClick(&chart, Qt::Key_End);
        QCOMPARE(chart.cursor(), std::optional(0.0));
        QTest::keyClick(&chart, Qt::Key_Left);
        QCOMPARE(chart.cursor(), std::optional(1.0));
        QTest::keyClick(&chart, Qt::Key_Home);
        QTest::keyClick(&chart, Qt::Key_Left);
        QCOMPARE(chart.cursor(), std::optional(60.0));
        QTest::keyClick(&chart, Qt::Key_Escape);
        QVERIFY(!chart.cursor());
        QCOMPARE(moved.count(), 5);
    }

    void emptyChartSaysWhatItWaitsFor() {
        TimeSeriesChart chart(QStringLiteral("Latency"));
        chart.setEmptyText(QStringLiteral("Waiting for the first requests"));
        chart.setSeries({named("a")});
        chart.refresh();
        QVERIFY(!chart.plot()->isVisibleTo(&chart));
        chart.setPoints(0, {{-1, kNaN}});
        chart.refresh();
        QVERIFY(!chart.plot()->isVisibleTo(&chart));
        chart.setPoints(0, {{-1, 5}});
        chart.refresh();
        QVERIFY(chart.plot()->isVisibleTo(&chart));
    }

    void csvJoinsSeriesByTimeAndQuotesNames() {
        TimeSeriesChart chart(QStringLiteral("Latency"));
        chart.setSeries({named("TTL 5 s, \"p99\""), named("b")});
        chart.setPoints(0, {{-2, 0.5}, {0, 0.25}});
        chart.setPoints(1, {{-1, 3}, {0, kNaN}});
        chart.copyData();
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 QStringLiteral("seconds_ago,\"TTL 5 s, \"\"p99\"\"\",b\r\n"
                                "2,0.5,\r\n"
                                "1,,3\r\n"
                                "0,0.25,\r\n"));
    }

    void tableTwinShowsTheSameNumbers() {
        ChartTableModel model({{QStringLiteral("a"), {{-2, 0.5}, {0, 0.25}}}},
                              [](double value) { return formatPercent(value); });
        const QAbstractItemModelTester tester(&model);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.headerData(1, Qt::Horizontal).toString(), QStringLiteral("a"));
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("now"));
        QCOMPARE(model.index(0, 1).data().toString(), formatPercent(0.25));
    }

    void tableOpensByKey() {
        TimeSeriesChart chart(QStringLiteral("Latency"));
        chart.setSeries({named("a")});
        chart.setPoints(0, line(5));
        chart.refresh();
        chart.show();
        chart.setFocus();
        QVERIFY(QTest::qWaitForWindowActive(&chart));
        QTest::keyClick(&chart, Qt::Key_T);
        auto* dialog = chart.findChild<ChartTableDialog*>();
        QVERIFY(dialog != nullptr);
        QCOMPARE(dialog->findChild<QTableView*>()->model()->rowCount(), 5);
    }

    void screenReadersHearTheLastValues() {
        TimeSeriesChart chart(QStringLiteral("Hit ratio"));
        chart.setValueAxis(ValueAxisKind::percent);
        chart.setSeries({named("TTL 5 s")});
        chart.setPoints(0, {{0, 0.614}});
        chart.refresh();
        QCOMPARE(chart.accessibleName(), QStringLiteral("Hit ratio"));
        QTRY_COMPARE(chart.accessibleDescription(),
                     QStringLiteral("TTL 5 s: ") + formatPercent(0.614));
    }

    void pictureHasTheSizeOfTheScreenPixels() {
        TimeSeriesChart chart(QStringLiteral("Hit ratio"));
        chart.resize(400, 300);
        chart.copyPicture();
        QCOMPARE(QGuiApplication::clipboard()->image().size(),
                 QSize(400, 300) * chart.devicePixelRatio());
    }

    void unknownSeriesAndOddInputAreHarmless() {
        TimeSeriesChart chart(QStringLiteral("x"));
        chart.setPoints(3, line(5));
        chart.setPoints(-1, line(5));
        chart.setWindow(-5);
        chart.setSeries({named("a")});
        chart.setValueAxis(ValueAxisKind::logTime);
        chart.setPoints(0, {{-3, -1}, {-2, 0}, {-1, INFINITY}, {0, 1e300}});
        chart.refresh();
        chart.resize(10, 10);
        chart.grab();
        QCOMPARE(chart.series().size(), 1);
    }
};

QTEST_MAIN(TestCharts)
#include "tst_charts.moc"
