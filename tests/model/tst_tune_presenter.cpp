// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "tests/support/tune_traces.h"
#include "ui/model/advice_model.h"
#include "ui/model/namespace_model.h"
#include "ui/model/tune_export.h"
#include "ui/model/tune_live.h"
#include "ui/model/tune_presenter.h"
#include "ui/model/tune_text.h"

using namespace cachescope;
using namespace cachescope::ui;
using test::randomTrace;
using test::TraceShape;

namespace {

TuneSource sourceOf(const std::shared_ptr<const Trace>& trace) {
    TuneSource source;
    source.name = QStringLiteral("a test");
    source.recording = trace;
    return source;
}

bool finish(TunePresenter& tune) {
    return QTest::qWaitFor(
        [&] {
            return !tune.busy() && tune.study().ages != nullptr && tune.surface().done &&
                   !tune.stampede().outcomes.empty() &&
                   (tune.advice().has_value() || tune.adviceProblem().has_value());
        },
        60'000);
}

// What a cache does that keeps everything: the misses of one TTL by replaying the requests.
std::uint64_t replayedMisses(const Trace& trace, Duration ttl) {
    std::vector<std::optional<Duration>> filled(trace.names.size());
    std::uint64_t misses = 0;
    for (std::size_t i = 0; i < trace.size(); ++i) {
        auto& fill = filled[trace.keys[i]];
        if (!fill || trace.times[i] - *fill > ttl) {
            fill = trace.times[i];
            ++misses;
        }
    }
    return misses;
}

}  // namespace

class TestTunePresenter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFigureOfTheCurveIsThatOfAReplay() {
        const auto trace = randomTrace({});
        TunePresenter tune;
        tune.open(sourceOf(trace));
        QVERIFY(finish(tune));
        const TuneOutlook& outlook = tune.outlook();
        QVERIFY(outlook.points() > 30);
        for (std::size_t point = 0; point < outlook.points(); point += 7) {
            QCOMPARE(static_cast<std::uint64_t>(outlook.figures({}, point).misses),
                     replayedMisses(*trace, outlook.duration(point)));
        }
        QVERIFY(tune.study().refined);
    }

    void namespacesAddUpToAllKeys() {
        TunePresenter tune;
        tune.open(sourceOf(randomTrace({.writeShare = 0.02, .sized = true})));
        QVERIFY(finish(tune));
        const TuneOutlook& outlook = tune.outlook();
        QCOMPARE(outlook.groups(), 3u);
        for (const bool recorded : {true, false}) {
            tune.setAsRecorded(recorded);
            for (std::size_t point = 0; point < outlook.points(); point += 5) {
                TtlFigures sum;
                for (std::size_t group = 0; group < outlook.groups(); ++group) {
                    const TtlFigures own = outlook.figures(group, point);
                    sum.requests += own.requests;
                    sum.misses += own.misses;
                    sum.stale += own.stale;
                    sum.bytes += own.bytes;
                }
                const TtlFigures whole = outlook.figures({}, point);
                QCOMPARE(sum.requests, whole.requests);
                QCOMPARE(sum.misses, whole.misses);
                QVERIFY(std::abs(sum.stale - whole.stale) <= 1e-6 * (1 + whole.stale));
                QVERIFY(std::abs(sum.bytes - whole.bytes) <= 1e-6 * (1 + whole.bytes));
            }
        }
    }

    void aNamespaceWithARateOfItsOwnChangesTheSum() {
        TunePresenter tune;
        tune.open(sourceOf(randomTrace({})));
        QVERIFY(finish(tune));
        tune.setChangeInterval({}, 1000);
        const TuneOutlook& outlook = tune.outlook();
        const std::size_t point = outlook.points() / 2;
        const double before = outlook.figures({}, point).stale;
        const double own = outlook.figures(1, point).stale;
        tune.setChangeInterval(1, 10);
        QVERIFY(outlook.figures(1, point).stale > own);
        QVERIFY(std::abs(outlook.figures({}, point).stale - before -
                         (outlook.figures(1, point).stale - own)) < 1e-6 * before);
        tune.setChangeInterval(1, std::nullopt);
        QVERIFY(std::abs(outlook.figures({}, point).stale - before) < 1e-9 * before);
    }

    void adviceKeepsItsBudgetAndBeatsOneTtl() {
        TunePresenter tune;
        tune.open(sourceOf(randomTrace({})));
        QVERIFY(finish(tune));
        tune.setChangeInterval(0, 20);
        tune.setChangeInterval(1, 2000);
        TuneWishes wishes = tune.wishes();
        wishes.staleShare = 0.03;
        tune.setWishes(wishes);
        QVERIFY(tune.advice().has_value());
        QVERIFY(tune.advice()->single.has_value());
        QVERIFY(tune.followsAdvice());
        const TtlFigures together = tune.together();
        QVERIFY(together.staleShare() <= 0.03 + 1e-9);
        QVERIFY(together.misses < tune.planned({}).misses);
        QVERIFY(adviceHeadline(tune).contains(QStringLiteral("fewer origin calls")));
        QVERIFY(std::abs(together.misses - tune.advice()->originCalls) < 0.5);
    }

    void theReverseQuestionKeepsItsOwnBudget() {
        TunePresenter tune;
        tune.open(sourceOf(randomTrace({})));
        QVERIFY(finish(tune));
        tune.setChangeInterval(0, 20);
        TuneWishes wishes = tune.wishes();
        wishes.goal = TuneGoal::originBudget;
        wishes.originCalls = 10;
        tune.setWishes(wishes);
        QVERIFY(tune.advice().has_value());
        QVERIFY(tune.together().misses / tune.outlook().span() <= 10 + 1e-9);
        wishes.originCalls = 1e-3;
        tune.setWishes(wishes);
        QVERIFY(!tune.advice().has_value());
        QVERIFY(tune.adviceProblem().has_value());
        QVERIFY(!adviceSentence(tune).isEmpty());
    }

    void theCheapestTtlsCostNoMoreThanAnyOther() {
        TunePresenter tune;
        tune.open(sourceOf(randomTrace({.sized = true})));
        QVERIFY(finish(tune));
        TuneWishes wishes = tune.wishes();
        wishes.goal = TuneGoal::cost;
        wishes.stalePrice = 0.01;
        wishes.waitPrice = 0.0001;
        tune.setWishes(wishes);
        QVERIFY(tune.advice().has_value());
        const double cost = tune.costPerSecond(tune.together()).total();
        for (std::size_t point = 0; point < tune.outlook().points(); ++point) {
            const TtlFigures one = tune.outlook().figures({}, point);
            QVERIFY(cost <= tune.costPerSecond(one).total() * (1 + 1e-9));
        }
    }

    void aMovedTtlStaysUntilTheAdviceIsTaken() {
        TunePresenter tune;
        tune.open(sourceOf(randomTrace({})));
        QVERIFY(finish(tune));
        const std::size_t advised = tune.point(1);
        tune.setTtl(1, tune.outlook().longest());
        QCOMPARE(tune.point(1), tune.outlook().points() - 1);
        QVERIFY(!tune.followsAdvice());
        QVERIFY(!ownPlanSentence(tune).isEmpty());
        TuneWishes wishes = tune.wishes();
        wishes.staleShare = 0.1;
        tune.setWishes(wishes);
        QCOMPARE(tune.point(1), tune.outlook().points() - 1);
        wishes.staleShare = 0.02;
        tune.setWishes(wishes);
        tune.takeAdvice();
        QCOMPARE(tune.point(1), advised);
        QVERIFY(ownPlanSentence(tune).isEmpty());
    }

    void aTraceWithoutTimesWaitsForARate() {
        auto untimed = std::make_shared<Trace>(*randomTrace({}));
        untimed->times.clear();
        TunePresenter tune;
        const QSignalSpy failed(&tune, &TunePresenter::failed);
        tune.open(sourceOf(untimed));
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY(tune.needsRate());
        QVERIFY(!tune.hasStudy());
        tune.assumeRate(100);
        QVERIFY(finish(tune));
        QVERIFY(!tune.needsRate());
        const double span = static_cast<double>(untimed->size() - 1) / 100;
        QVERIFY(std::abs(tune.outlook().span() - span) < 0.01);
    }

    void aSourceThatCannotBeReadLeavesWhatIsThere() {
        TunePresenter tune;
        tune.open(sourceOf(randomTrace({})));
        QVERIFY(finish(tune));
        const auto timeline = tune.study().timeline;
        const QSignalSpy failed(&tune, &TunePresenter::failed);
        TuneSource missing;
        missing.name = missing.path = QStringLiteral("/nowhere/at/all.csv");
        tune.open(missing);
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(tune.study().timeline, timeline);
        QTRY_VERIFY(!tune.busy());
    }

    void stoppedReadingLeavesWhatIsThere() {
        TunePresenter tune;
        tune.open(sourceOf(randomTrace({.requests = 400'000})));
        tune.stop();
        QVERIFY(!tune.busy());
        QVERIFY(!tune.hasStudy());
        tune.open(sourceOf(randomTrace({.requests = 1000})));
        QVERIFY(finish(tune));
        QCOMPARE(tune.study().timeline->requests(), 1000u);
    }

    void oneKeyAndOneRequestAreAnswered() {
        for (const std::size_t requests : {1u, 2u, 500u}) {
            TunePresenter tune;
            tune.open(
                sourceOf(randomTrace({.requests = requests, .namespaces = 1, .keysEach = 1})));
            QVERIFY(finish(tune));
            QCOMPARE(tune.outlook().requests({}), static_cast<double>(requests));
            QVERIFY(!adviceHeadline(tune).isEmpty());
            NamespaceModel rows(tune);
            QCOMPARE(rows.rowCount(), 1);
        }
    }

    void veryManyNamespacesBecomeAThousandAndTheRest() {
        auto trace = std::make_shared<Trace>();
        constexpr std::uint32_t kNamespaces = 30'000;
        for (std::uint32_t i = 0; i < kNamespaces; ++i) {
            trace->names.append("space" + std::to_string(i) + ":a");
        }
        for (std::uint32_t i = 0; i < 4 * kNamespaces; ++i) {
            trace->keys.push_back(i % kNamespaces);
            trace->times.push_back(std::chrono::milliseconds{i});
        }
        TunePresenter tune;
        tune.open(sourceOf(trace));
        QVERIFY(finish(tune));
        QVERIFY(tune.outlook().groups() <= 1001);
        QCOMPARE(tune.together().requests, 4.0 * kNamespaces);
    }

    void inTheLabKeysKeepTheirNamespacesAndTheRestTheLanesOwnTtl() {
        // More namespaces than are told apart, and a separator that is not the usual one.
        auto trace = std::make_shared<Trace>();
        constexpr std::uint32_t kNamespaces = 1200;
        for (std::uint32_t i = 0; i < kNamespaces; ++i) {
            trace->names.append("space" + std::to_string(i) + "/a:b");
        }
        for (std::uint32_t i = 0; i < 4 * kNamespaces; ++i) {
            trace->keys.push_back(i % kNamespaces);
            trace->times.push_back(std::chrono::milliseconds{i});
        }
        TuneSource source = sourceOf(trace);
        source.separator = QStringLiteral("/");
        TunePresenter tune;
        tune.open(source);
        QVERIFY(finish(tune));
        const auto& names = tune.study().timeline->groupNames;
        const auto others = std::find(names.begin(), names.end(), tune::Timeline::kOtherGroups);
        QVERIFY(others != names.end());
        const auto rest = static_cast<std::size_t>(others - names.begin());
        const double first = tune.outlook().ttl(2);
        const double second = tune.outlook().ttl(5);
        tune.setTtl(rest == 0 ? 1 : 0, first);
        tune.setTtl(rest, second);

        const sim::Scenario scenario = tuneScenario(tune, std::nullopt);
        QCOMPARE(scenario.lanes.size(), 2u);
        const sim::LaneSpec& one = scenario.lanes[0];
        const sim::LaneSpec& each = scenario.lanes[1];
        QCOMPARE(QString::fromStdString(each.separator), QStringLiteral("/"));
        QVERIFY(one.namespaceTtls.empty());
        QCOMPARE(each.namespaceTtls.size(), tune.outlook().groups() - 1);
        for (const auto& own : each.namespaceTtls) {
            QVERIFY(own.name != tune::Timeline::kOtherGroups);
            QVERIFY(own.name.find('/') == std::string::npos);
        }
        QCOMPARE(each.options.ttl, std::optional{tune.outlook().duration(tune.point(rest))});
        QCOMPARE(tune.point(rest), 5u);
        const auto moved =
            std::find_if(each.namespaceTtls.begin(), each.namespaceTtls.end(),
                         [&](const auto& own) { return own.name == names[rest == 0 ? 1 : 0]; });
        QVERIFY(moved != each.namespaceTtls.end());
        QCOMPARE(moved->ttl, tune.outlook().duration(2));
    }

    void otherRulesAskTheSameRequestsAgain() {
        TunePresenter tune;
        tune.open(sourceOf(randomTrace({})));
        QVERIFY(finish(tune));
        const auto timeline = tune.study().timeline;
        const std::size_t point = tune.outlook().points() / 2;
        const double ttl = tune.outlook().ttl(point);
        const double fill = tune.outlook().figures({}, point).misses;
        tune.setRule(tune::TtlRule::sliding);
        QTRY_VERIFY(tune.study().rule == tune::TtlRule::sliding && !tune.busy());
        QCOMPARE(tune.study().timeline, timeline);
        QVERIFY(tune.outlook().figures({}, tune.outlook().pointAt(ttl)).misses <= fill);
        tune.setSeparator(QString());
        QTRY_VERIFY(tune.outlook().groups() == 1 && !tune.busy());
    }

    void aCapacityHasABandBetweenItsTwoExpiries() {
        TunePresenter tune;
        tune.open(sourceOf(randomTrace({})));
        QVERIFY(finish(tune));
        tune.setCapacity(50);
        QTRY_VERIFY(tune.band().has_value());
        QCOMPARE(tune.band()->capacity, 50u);
        QCOMPARE(tune.band()->lazy.size(), tune.band()->ttls.size());
        const TuneSurface& surface = tune.surface();
        // Small traces are replayed whole, so the band agrees with the exact surface.
        QCOMPARE(tune.band()->error, 0.0);
        for (std::size_t row = 0; row + 1 < surface.grid.rows(); ++row) {
            if (surface.grid.capacities[row] <= 50 && surface.grid.capacities[row + 1] >= 50) {
                const double low = surface.hitRatios[surface.grid.at(row, 0)];
                const double high = surface.hitRatios[surface.grid.at(row + 1, 0)];
                QVERIFY(tune.band()->lazy[0] >= low - 1e-9 && tune.band()->lazy[0] <= high + 1e-9);
            }
        }
        tune.setPolicy("sieve");
        QTRY_VERIFY(tune.surface().policy == "sieve" && tune.surface().done);
    }

    void modelsFollowWithoutBreakingTheirPromises() {
        TunePresenter tune;
        NamespaceModel rows(tune);
        AdviceModel table(tune);
        const QAbstractItemModelTester rowsTester(
            &rows, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QAbstractItemModelTester tableTester(
            &table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        tune.open(sourceOf(randomTrace({})));
        QVERIFY(finish(tune));
        QCOMPARE(rows.rowCount(), 4);
        QCOMPARE(table.rowCount(), 3);
        const QModelIndex second = rows.index(2);
        QCOMPARE(NamespaceModel::groupOf(second), TuneGroup(1));
        QVERIFY(rows.setData(second, 5.0, Qt::EditRole));
        QCOMPARE(second.data(NamespaceModel::ttlRole).toDouble(), 5.0);
        QVERIFY(!rows.setData(second, QStringLiteral("soon"), Qt::EditRole));
        QVERIFY(!rows.setData(second, -1.0, Qt::EditRole));
        tune.open(sourceOf(randomTrace({.namespaces = 1})));
        QTRY_COMPARE(rows.rowCount(), 1);
        QVERIFY(finish(tune));
    }

    void whatIsExportedNamesEveryNamespace() {
        TunePresenter tune;
        tune.open(sourceOf(randomTrace({})));
        QVERIFY(finish(tune));
        for (const ExportForm& form : exportForms()) {
            QVERIFY2(!form.text(tune).isEmpty(), qPrintable(form.title));
        }
        const QString csv = curvesCsv(tune);
        QVERIFY(csv.contains(QStringLiteral("\"n2\",")));
        QCOMPARE(csv.count(QLatin1Char('\n')),
                 1 + static_cast<qsizetype>(tune.outlook().points() * 4));
    }

    void aStudyIsKeptWhileAnotherPageIsRead() {
        // Far too long to read to the end here: the old figures must stay usable meanwhile.
        TunePresenter tune;
        tune.open(sourceOf(randomTrace({.requests = 1000})));
        QVERIFY(finish(tune));
        tune.open(sourceOf(randomTrace({.requests = 300'000})));
        QVERIFY(tune.busy());
        QCOMPARE(tune.outlook().requests({}), 1000.0);
        QTRY_COMPARE_WITH_TIMEOUT(tune.outlook().requests({}), 300'000.0, 60'000);
    }
};

QTEST_GUILESS_MAIN(TestTunePresenter)
#include "tst_tune_presenter.moc"
