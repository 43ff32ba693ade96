// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>

#include "ui/model/sample_history.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace std::chrono_literals;

namespace {

// Lane 1 with its hit ratio, or without lanes where the ratio is not given.
sim::Sample sampleAt(Duration time, std::optional<double> hitRatio) {
    sim::Sample sample{TimePoint{time}, {}};
    if (hitRatio) {
        sim::LaneSample lane;
        lane.lane = 1;
        lane.hitRatio = *hitRatio;
        lane.p99 = 2 * *hitRatio;
        sample.lanes.push_back(lane);
    }
    return sample;
}

}  // namespace

class TestSampleHistory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pointsLieInSecondsBeforeNow() {
        SampleHistory history;
        history.append({sampleAt(1s, 0.25), sampleAt(2s, 0.5)});
        const auto points = history.points(1, Metric::hitRatio, TimePoint{4s}, 60s);
        QCOMPARE(points.size(), 2);
        QCOMPARE(points[0], QPointF(-3, 0.25));
        QCOMPARE(points[1], QPointF(-2, 0.5));
        QCOMPARE(history.points(1, Metric::p99, TimePoint{4s}, 60s)[1], QPointF(-2, 1.0));
    }

    void everyMetricHasItsOwnFigure() {
        sim::LaneSample lane;
        lane.lane = 1;
        lane.p50 = 1;
        lane.p95 = 2;
        lane.p99 = 3;
        lane.hitRatio = 0.4;
        lane.staleRatio = 0.5;
        lane.originCalls = 6;
        lane.expirations = 7;
        SampleHistory history;
        history.append({sim::Sample{TimePoint{1s}, {lane}}});
        const std::pair<Metric, double> expected[]{
            {Metric::p50, 1},         {Metric::p95, 2},          {Metric::p99, 3},
            {Metric::hitRatio, 0.4},  {Metric::staleRatio, 0.5}, {Metric::originCalls, 6},
            {Metric::expirations, 7},
        };
        for (const auto& [metric, value] : expected) {
            QCOMPARE(history.points(1, metric, TimePoint{1s}, 60s).value(0).y(), value);
        }
    }

    void samplesOlderThanTheWindowAreLeftOut() {
        SampleHistory history;
        for (int second = 0; second < 100; ++second) {
            history.append({sampleAt(std::chrono::seconds{second}, 0.5)});
        }
        const auto points = history.points(1, Metric::hitRatio, TimePoint{99s}, 10s);
        QCOMPARE(points.size(), 11);
        QCOMPARE(points.first().x(), -10.0);
        QCOMPARE(points.last().x(), 0.0);
    }

    void whatWasNotMeasuredIsAGap() {
        SampleHistory history;
        history.append({sampleAt(1s, 0.5), sampleAt(2s, sim::kNoValue), sampleAt(3s, std::nullopt),
                        sampleAt(4s, 0.6)});
        const auto points = history.points(1, Metric::hitRatio, TimePoint{4s}, 60s);
        QCOMPARE(points.size(), 4);
        QVERIFY(!std::isnan(points[0].y()));
        QVERIFY2(std::isnan(points[1].y()), "a sample without a value");
        QVERIFY2(std::isnan(points[2].y()), "a sample of before the lane was there");
        QVERIFY(!std::isnan(points[3].y()));
    }

    void aLaneThatIsNotThereHasOnlyGaps() {
        SampleHistory history;
        history.append({sampleAt(1s, 0.5)});
        for (const QPointF& point : history.points(9, Metric::hitRatio, TimePoint{1s}, 60s)) {
            QVERIFY(std::isnan(point.y()));
        }
    }

    void manySamplesBecomeAsManyPointsAsAChartCanShow() {
        SampleHistory history;
        for (int i = 0; i < 3000; ++i) {
            history.append({sampleAt(std::chrono::milliseconds{20 * i}, i / 3000.0)});
        }
        const auto points = history.points(1, Metric::hitRatio, TimePoint{60s}, 60s);
        QVERIFY2(points.size() > 200 && points.size() <= 302,
                 qPrintable(QString::number(points.size())));
        QVERIFY2(points.last().y() == 2999 / 3000.0, "the newest value is never thinned away");
        for (qsizetype i = 1; i < points.size(); ++i) {
            QVERIFY(points[i].x() > points[i - 1].x());
        }
    }

    void thinningKeepsGaps() {
        SampleHistory history;
        for (int i = 0; i < 3000; ++i) {
            history.append({sampleAt(std::chrono::milliseconds{20 * i},
                                     i >= 1000 && i < 2000 ? sim::kNoValue : 0.5)});
        }
        const auto points = history.points(1, Metric::hitRatio, TimePoint{60s}, 60s);
        int gaps = 0;
        for (const QPointF& point : points) {
            gaps += std::isnan(point.y()) ? 1 : 0;
            const bool inside = point.x() > -39.5 && point.x() < -20.5;
            QVERIFY(!inside || std::isnan(point.y()));
        }
        QVERIFY(gaps > 0);
    }

    void columnsDoNotFlickerWhileTimeGoesOn() {
        SampleHistory history;
        for (int i = 0; i < 3000; ++i) {
            history.append({sampleAt(std::chrono::milliseconds{20 * i}, i / 3000.0)});
        }
        const auto before = history.points(1, Metric::hitRatio, TimePoint{60s}, 50s);
        const auto after = history.points(1, Metric::hitRatio, TimePoint{60s + 70ms}, 50s);
        // The same samples stand for the same columns; only the oldest may leave.
        QCOMPARE(after.last().y(), before.last().y());
        QCOMPARE(after[after.size() / 2].y(),
                 before[before.size() - (after.size() - after.size() / 2)].y());
    }

    void theLastSamplesAndMarksAreKeptTheRestIsForgotten() {
        SampleHistory history;
        std::vector<sim::Sample> samples;
        std::vector<sim::Mark> marks;
        for (int i = 0; i < 10'000; ++i) {
            samples.push_back(sampleAt(std::chrono::seconds{i}, 0.5));
            marks.push_back({TimePoint{std::chrono::seconds{i}}, sim::InvalidateAll{}, 1, {}});
        }
        history.append(samples);
        history.append(marks);
        QVERIFY(history.samples().size() < 5000);
        QVERIFY(history.marks().size() < 1000);
        QCOMPARE(history.samples().back().time, TimePoint{9999s});
        QCOMPARE(history.marks().back().time, TimePoint{9999s});
        history.clear();
        QVERIFY(history.samples().empty());
        QVERIFY(history.marks().empty());
        QVERIFY(history.points(1, Metric::p50, TimePoint{9999s}, 60s).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestSampleHistory)
#include "tst_sample_history.moc"
