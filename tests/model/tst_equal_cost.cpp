// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <limits>

#include "ui/model/equal_cost.h"

using namespace cachescope::ui;

namespace {

// Points of a grid in powers of two, with a value each.
struct Grid {
    QList<double> xs;
    QList<double> ys;
    std::vector<double> values;

    template <class Value>
    Grid(int columns, int rows, Value value) {
        for (int x = 0; x < columns; ++x) {
            xs.append(std::exp2(x));
        }
        for (int y = 0; y < rows; ++y) {
            ys.append(std::exp2(y));
            for (int x = 0; x < columns; ++x) {
                values.push_back(value(x, y));
            }
        }
    }
    QList<QList<QPointF>> lines(double level) const { return equalLines(xs, ys, values, level); }
};

}  // namespace

class TestEqualCost : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSlopeHasOneLineAcrossIt() {
        const Grid grid(6, 5, [](int, int y) { return y; });
        const auto lines = grid.lines(1.5);
        QCOMPARE(lines.size(), 1);
        QCOMPARE(lines[0].size(), 6);
        for (const QPointF& point : lines[0]) {
            QVERIFY(std::abs(point.y() - std::exp2(1.5)) < 1e-9);
        }
        QCOMPARE(lines[0].first().x(), 1.0);
        QCOMPARE(lines[0].last().x(), 32.0);
    }

    void aHillHasARing() {
        const Grid grid(5, 5, [](int x, int y) { return -std::hypot(x - 2, y - 2); });
        const auto lines = grid.lines(-1.2);
        QCOMPARE(lines.size(), 1);
        const QPointF gap = lines[0].first() - lines[0].last();
        QVERIFY(std::hypot(gap.x(), gap.y()) < 1e-9);
    }

    void noLineGoesThroughTheUnknown() {
        const Grid grid(6, 4, [](int x, int y) {
            return x == 3 ? std::numeric_limits<double>::quiet_NaN() : double(y);
        });
        const auto lines = grid.lines(1.5);
        QCOMPARE(lines.size(), 2);
        for (const auto& line : lines) {
            for (const QPointF& point : line) {
                QVERIFY(point.x() <= 4.0 || point.x() >= 16.0);
            }
        }
    }

    void aPlainHasNoLinesAndNoLevels() {
        const Grid grid(3, 3, [](int, int) { return 7.0; });
        QVERIFY(grid.lines(7).isEmpty());
        QVERIFY(levelsOf(grid.values, 5).isEmpty());
    }

    void levelsLieBetweenTheExtremes() {
        const QList<double> levels = levelsOf({1, 16, std::nan("")}, 3);
        QCOMPARE(levels.size(), 3);
        QCOMPARE(levels[0], 2.0);
        QCOMPARE(levels[2], 8.0);
    }
};

QTEST_GUILESS_MAIN(TestEqualCost)
#include "tst_equal_cost.moc"
