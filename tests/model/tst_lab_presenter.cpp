// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "engine/sim/scenario_json.h"
#include "ui/model/lab_presenter.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace std::chrono_literals;
using sim::RunPhase;

namespace {

sim::Scenario small() {
    sim::Scenario scenario;
    scenario.name = "small";
    scenario.workload.arrivals.ratePerSecond = 500;
    scenario.workload.keys.namespaces = {{"product", 1}, {"user", 1}};
    scenario.origin.latency.median = 20ms;
    scenario.lanes = {{.name = "No cache", .backend = "none"},
                      {.name = "TTL 5 s", .options = {.ttl = 5s}, .capacity = 300}};
    return scenario;
}

// A presenter with a real run behind it, its frames drawn by hand.
struct Lab {
    QTemporaryDir folder;
    std::unique_ptr<LabPresenter> presenter;

    Lab() {
        sim::LiveRunConfig config;
        config.runId = "test";
        config.scratchDirectory = folder.path().toStdString();
        presenter = std::make_unique<LabPresenter>(std::move(config));
    }
    LabPresenter* operator->() const { return presenter.get(); }

    // One frame, then whether the condition holds; for QTRY_VERIFY.
    template <class Condition>
    bool after(Condition condition) const {
        presenter->tick();
        return condition(presenter->state());
    }
    bool ready(const char* name) const {
        return after([this, name](const sim::LiveState& state) {
            return state.phase == RunPhase::paused && state.generation > 1 &&
                   presenter->openedScenario().name == name && !state.lanes.empty();
        });
    }
};

double atSeconds(const sim::LiveState& state) {
    return static_cast<double>(state.time.time_since_epoch().count()) / 1e9;
}

}  // namespace

class TestLabPresenter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void beforeAnythingIsOpenedThereIsNothing() {
        const Lab lab;
        QVERIFY(!lab->running());
        QVERIFY(lab->lane(1) == nullptr);
        lab->cloneLane(1);
        lab->removeLane(7);
        lab->toggle();
        lab->tick();
        QVERIFY(lab->history().samples().empty());
        QVERIFY(!lab->historyCsv().isEmpty());
    }

    void opensPausedAtTheBeginning() {
        const Lab lab;
        const QSignalSpy opened(lab.presenter.get(), &LabPresenter::opened);
        const QSignalSpy lanes(lab.presenter.get(), &LabPresenter::lanesChanged);
        const QSignalSpy sources(lab.presenter.get(), &LabPresenter::sourcesChanged);
        lab->open(small());
        QTRY_VERIFY(lab.ready("small"));
        QVERIFY(!opened.isEmpty());
        QVERIFY(!lanes.isEmpty());
        QVERIFY(!sources.isEmpty());
        QCOMPARE(lab->state().time, TimePoint{});
        QCOMPARE(lab->state().lanes.size(), 2U);
        QCOMPARE(lab->lane(2)->spec.name, std::string("TTL 5 s"));
        QVERIFY(lab->lane(3) == nullptr);
    }

    void runsPausesAndGoesOn() {
        const Lab lab;
        lab->open(small());
        lab->setSpeed(10);
        lab->run();
        QTRY_VERIFY(lab.after([](const auto& s) { return s.time > TimePoint{1s}; }));
        QVERIFY(lab->running());
        lab->toggle();
        QTRY_VERIFY(lab.after([](const auto& s) { return s.phase == RunPhase::paused; }));
        const TimePoint paused = lab->state().time;
        lab->tick();
        QCOMPARE(lab->state().time, paused);
        lab->toggle();
        QTRY_VERIFY(lab.after([paused](const auto& s) { return s.time > paused; }));
    }

    void stepsBySamplesWhilePaused() {
        const Lab lab;
        lab->open(small());
        QTRY_VERIFY(lab.ready("small"));
        lab->step();
        lab->step();
        QTRY_VERIFY(lab.after([](const auto& s) { return s.time == TimePoint{400ms}; }));
        QCOMPARE(lab->history().samples().size(), 2U);
        QVERIFY(!lab->running());
    }

    void speedIsHeldInItsRangeAndSetsTheWindow() {
        const Lab lab;
        QCOMPARE(lab->window(), Duration{60s});
        lab->setSpeed(1e9);
        QCOMPARE(lab->speed(), 1000.0);
        lab->setSpeed(0);
        QCOMPARE(lab->speed(), 0.1);
        QCOMPARE(lab->window(), Duration{6s});
        const QSignalSpy phase(lab.presenter.get(), &LabPresenter::phaseChanged);
        lab->setSpeed(100);
        QCOMPARE(phase.size(), 1);
        lab->open(small());
        lab->run();
        QTRY_VERIFY(lab.after([](const auto& s) { return s.time > TimePoint{20s}; }));
        QCOMPARE(lab->state().speed, 100.0);
    }

    void samplesEventsAndFiguresArrive() {
        const Lab lab;
        lab->open(small());
        lab->skipTo(TimePoint{10s});
        QTRY_VERIFY(lab.after([](const auto& s) { return s.time >= TimePoint{10s}; }));
        QCOMPARE(lab->history().samples().size(), 50U);
        const auto ratio =
            lab->history().points(2, Metric::hitRatio, lab->state().time, lab->window());
        QVERIFY(ratio.last().y() > 0.3 && ratio.last().y() < 1);
        QTRY_VERIFY(lab.after([&lab](const auto&) { return lab->events().rowCount() > 0; }));
        const QStringList csv = lab->historyCsv().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QVERIFY(csv.size() >= 1 + 50);
        for (const QString& line : csv) {
            QCOMPARE(line.count(QLatin1Char(',')), csv.first().count(QLatin1Char(',')));
        }
    }

    void lanesAreAddedClonedEditedAndRemoved() {
        const Lab lab;
        lab->open(small());
        QTRY_VERIFY(lab.ready("small"));
        QSignalSpy changed(lab.presenter.get(), &LabPresenter::lanesChanged);
        lab->addLane();
        QTRY_VERIFY(lab.after([](const auto& s) { return s.lanes.size() == 3; }));
        lab->cloneLane(2);
        QTRY_VERIFY(lab.after([](const auto& s) { return s.lanes.size() == 4; }));
        QVERIFY(lab->lane(4)->spec.name != lab->lane(2)->spec.name);
        QCOMPARE(lab->lane(4)->spec.capacity, lab->lane(2)->spec.capacity);
        QCOMPARE(changed.size(), 2);

        sim::LaneSpec spec = lab->lane(2)->spec;
        spec.options.ttl = 90s;
        lab->editLane(2, spec);
        QTRY_VERIFY(
            lab.after([&lab](const auto&) { return lab->lane(2)->spec.options.ttl == 90s; }));
        QCOMPARE(changed.size(), 3);

        lab->removeLane(1);
        QTRY_VERIFY(lab.after([](const auto& s) { return s.lanes.size() == 3; }));
        QVERIFY(lab->lane(1) == nullptr);
        QVERIFY2(lab->lane(2) != nullptr, "the others keep their numbers");
        lab->tick();
        QCOMPARE(changed.size(), 4);
    }

    void moreLanesThanThereIsRoomForAreRefusedAloud() {
        const Lab lab;
        lab->open(small());
        QTRY_VERIFY(lab.ready("small"));
        const QSignalSpy acted(lab.presenter.get(), &LabPresenter::acted);
        for (std::size_t i = 0; i < sim::kMaxLanes; ++i) {
            lab->addLane();
        }
        QTRY_VERIFY(lab.after(
            [&](const auto&) { return static_cast<std::size_t>(acted.size()) == sim::kMaxLanes; }));
        QCOMPARE(lab->state().lanes.size(), sim::kMaxLanes);
        QVERIFY(acted.last()[1].toBool());
        QVERIFY(!acted.first()[1].toBool());
    }

    void invalidatesAKeyAPatternOrAll() {
        const Lab lab;
        lab->open(small());
        lab->skipTo(TimePoint{4s});
        QTRY_VERIFY(lab.after(
            [](const auto& s) { return s.time >= TimePoint{4s} && s.phase == RunPhase::paused; }));
        const auto entries = [&lab] { return lab->lane(2)->entries; };
        const auto before = entries();
        QVERIFY(before > 20);
        const QSignalSpy acted(lab.presenter.get(), &LabPresenter::acted);
        const auto marks = [&](std::size_t count) {
            return lab.after([&](const auto&) { return lab->history().marks().size() == count; });
        };

        lab->invalidate(QStringLiteral("product:no such key"), std::nullopt);
        QTRY_VERIFY(marks(1));
        QCOMPARE(entries(), before);
        lab->invalidate(QStringLiteral("["), std::nullopt);
        QTRY_VERIFY(marks(2));
        QCOMPARE(entries(), before);
        lab->invalidate(QStringLiteral("product:*"), 1);
        QTRY_VERIFY(marks(3));
        QCOMPARE(entries(), before);
        lab->invalidate(QStringLiteral("product:*"), 2);
        QTRY_VERIFY(marks(4));
        const auto users = entries();
        QVERIFY(users > 0 && users < before);
        QCOMPARE(lab->history().marks().back().removed, before - users);
        lab->invalidateAll(std::nullopt);
        QTRY_VERIFY(marks(5));
        QCOMPARE(entries(), 0U);
        QCOMPARE(acted.size(), 5);
        QVERIFY(acted[3][0].toString().contains(QStringLiteral("product:*")));
    }

    void thePatternThatIsSuggestedMatches() {
        const Lab lab;
        QCOMPARE(lab->suggestedPattern(), QStringLiteral("product:*"));
        lab->open(small());
        QCOMPARE(lab->suggestedPattern(), QStringLiteral("product:*"));
    }

    void outagesComeAndGo() {
        const Lab lab;
        lab->open(small());
        lab->skipTo(TimePoint{3s});
        QTRY_VERIFY(lab.after([](const auto& s) { return s.time >= TimePoint{3s}; }));
        lab->setOriginDown(true);
        QTRY_VERIFY(lab.after([](const auto& s) { return s.originDown; }));
        const auto failures = [&lab] { return lab->lane(1)->totals.stats.loadFailures; };
        const auto before = failures();
        lab->skipTo(TimePoint{4s});
        QTRY_VERIFY(lab.after([](const auto& s) { return s.time >= TimePoint{4s}; }));
        QVERIFY(failures() > before);
        lab->setOriginDown(false);
        QTRY_VERIFY(lab.after([](const auto& s) { return !s.originDown; }));

        lab->setBackendDown(2, true);
        QTRY_VERIFY(lab.after([&lab](const auto&) { return lab->lane(2)->backendDown; }));
        lab->setBackendDown(2, false);
        QTRY_VERIFY(lab.after([&lab](const auto&) { return !lab->lane(2)->backendDown; }));
        QVERIFY(lab->lane(2)->entries > 0);
        lab->restartLane(2);
        QTRY_VERIFY(lab.after([&lab](const auto&) { return lab->lane(2)->entries == 0; }));
    }

    void sourcesChangeWhileItRuns() {
        const Lab lab;
        lab->open(small());
        lab->run();
        const QSignalSpy sources(lab.presenter.get(), &LabPresenter::sourcesChanged);
        lab->setRate(50);
        QTRY_VERIFY(
            lab.after([](const auto& s) { return s.workload.arrivals.ratePerSecond == 50; }));
        sim::OriginSpec origin = small().origin;
        origin.concurrency = 3;
        lab->setOrigin(origin);
        sim::WorkloadSpec workload = small().workload;
        workload.keys.count = 10'000'000;
        lab->setWorkload(workload);
        QTRY_VERIFY(lab.after([](const auto& s) {
            return s.origin.concurrency == 3 && s.workload.keys.count == 10'000'000;
        }));
        QVERIFY(sources.size() >= 2);
    }

    void aTraceThatCannotBeReadLeavesTheRequestsAsTheyWere() {
        const Lab lab;
        const QString path = lab.folder.filePath(QStringLiteral("binary.csv"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.write(QByteArray(100'000, '\xfe')) > 0);
        file.close();
        lab->open(small());
        lab->run();
        const QSignalSpy acted(lab.presenter.get(), &LabPresenter::acted);
        sim::WorkloadSpec workload = small().workload;
        workload.trace = sim::TraceSpec{path.toStdString()};
        lab->setWorkload(workload);
        QTRY_VERIFY(lab.after([&acted](const auto&) { return !acted.isEmpty(); }));
        QVERIFY(acted.first()[1].toBool());
        QVERIFY(!lab->state().workload.trace.has_value());
        const TimePoint now = lab->state().time;
        QTRY_VERIFY(lab.after([now](const auto& s) { return s.time > now; }));
    }

    void whatIsSavedOpensAsTheSameScenario() {
        const Lab lab;
        sim::Scenario scenario = small();
        scenario.actions = {{1h, sim::InvalidateAll{2}}};
        lab->open(scenario);
        QTRY_VERIFY(lab.ready("small"));
        sim::LaneSpec spec = lab->lane(2)->spec;
        spec.options.ttl = std::nullopt;
        lab->editLane(2, spec);
        lab->setRate(77);
        QTRY_VERIFY(lab.after([&lab](const auto& s) {
            return s.workload.arrivals.ratePerSecond == 77 && !lab->lane(2)->spec.options.ttl;
        }));
        const QString path = lab.folder.filePath(QStringLiteral("säved.json"));
        QVERIFY(lab->save(path).ok());
        const std::string saved = sim::scenarioToJson(lab->present());

        Lab other;
        QVERIFY(other->openFile(path).ok());
        QTRY_VERIFY(other.ready("small"));
        QCOMPARE(sim::scenarioToJson(other->present()), saved);
        QCOMPARE(other->present().actions.size(), 1U);
        QVERIFY(!other->lane(2)->spec.options.ttl);
        QCOMPARE(other->state().workload.arrivals.ratePerSecond, 77.0);
    }

    void timedActionsOfLanesThatAreGoneAreNotSaved() {
        const Lab lab;
        sim::Scenario scenario = small();
        scenario.actions = {{1h, sim::InvalidateAll{1}}, {2h, sim::OriginOutage{true}}};
        lab->open(scenario);
        QTRY_VERIFY(lab.ready("small"));
        lab->removeLane(1);
        QTRY_VERIFY(lab.after([](const auto& s) { return s.lanes.size() == 1; }));
        QCOMPARE(lab->present().actions.size(), 1U);
        QVERIFY(std::holds_alternative<sim::OriginOutage>(lab->present().actions[0].action));
    }

    void savingWhereThatIsNotPossibleIsAnError() {
        const Lab lab;
        lab->open(small());
        QVERIFY(!lab->save(QStringLiteral("/no such folder/x.json")).ok());
    }

    void aScenarioThatCannotBeReadLeavesTheRunUntouched() {
        const Lab lab;
        lab->open(small());
        lab->setSpeed(10);
        lab->run();
        QTRY_VERIFY(lab.after([](const auto& s) { return s.time > TimePoint{1s}; }));
        const auto generation = lab->state().generation;
        const QString path = lab.folder.filePath(QStringLiteral("bad.json"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.write("{\"format\": 1, \"lanes\": [{\"ttl\": \"soon\"}]}") > 0);
        file.close();
        const auto opened = lab->openFile(path);
        QVERIFY(!opened.ok());
        const TimePoint now = lab->state().time;
        QTRY_VERIFY(lab.after([now](const auto& s) { return s.time > now; }));
        QCOMPARE(lab->state().generation, generation);
        QCOMPARE(lab->openedScenario().name, std::string("small"));
        QVERIFY(lab->running());
    }

    void resetStartsAgainWithWhatIsSetNow() {
        const Lab lab;
        lab->open(small());
        lab->setSpeed(100);
        lab->run();
        QTRY_VERIFY(lab.after([](const auto& s) { return s.time > TimePoint{10s}; }));
        lab->addLane();
        QTRY_VERIFY(lab.after([](const auto& s) { return s.lanes.size() == 3; }));
        const auto generation = lab->state().generation;
        lab->reset();
        QTRY_VERIFY(lab.after([=](const auto& s) { return s.generation > generation; }));
        QTRY_VERIFY(lab.after([](const auto& s) { return s.lanes.size() == 3; }));
        QTRY_VERIFY2(lab.after([](const auto& s) { return s.phase == RunPhase::running; }),
                     "what ran goes on running");
        QVERIFY(lab->history().samples().empty() ||
                lab->history().samples().front().time <= lab->state().time);
    }

    void openingAnotherForgetsWhatWasShown() {
        const Lab lab;
        lab->open(small());
        lab->skipTo(TimePoint{30s});
        QTRY_VERIFY(lab.after([](const auto& s) { return s.time >= TimePoint{30s}; }));
        lab->invalidateAll(std::nullopt);
        QTRY_VERIFY(lab.after([&lab](const auto&) { return !lab->history().marks().empty(); }));
        sim::Scenario other = small();
        other.name = "other";
        const auto generation = lab->state().generation;
        lab->open(other);
        QTRY_VERIFY(lab.after([=](const auto& s) { return s.generation > generation; }));
        QVERIFY(lab->history().samples().empty());
        QVERIFY(lab->history().marks().empty());
        QCOMPARE(lab->events().rowCount(), 0);
        QCOMPARE(lab->openedScenario().name, std::string("other"));
    }

    void aRunThatCannotBeginSaysWhyAndTheNextOneBegins() {
        const Lab lab;
        sim::Scenario scenario = small();
        scenario.workload.trace = sim::TraceSpec{"/nowhere.csv"};
        lab->open(scenario);
        QTRY_VERIFY(lab.after([](const auto& s) { return s.phase == RunPhase::failed; }));
        QCOMPARE(lab->state().failure->code(), ErrorCode::notFound);
        lab->run();
        lab->step();
        lab->addLane();
        lab->cloneLane(1);
        lab->reset();
        lab->tick();
        lab->open(small());
        QTRY_VERIFY(lab.after([](const auto& s) { return s.phase == RunPhase::paused; }));
        QVERIFY(!lab->state().failure.has_value());
    }

    void canBeDestroyedAtAnyMoment() {
        for (int moment = 0; moment < 24; ++moment) {
            const Lab lab;
            sim::Scenario scenario = small();
            scenario.lanes.push_back({.name = "file", .backend = "file:"});
            scenario.lanes.push_back({.name = "dead", .backend = "redis+unix:/nowhere/redis.sock"});
            lab->open(scenario);
            lab->setSpeed(1000);
            lab->run();
            for (int i = 0; i < moment; ++i) {
                lab->tick();
            }
            if (moment % 4 == 0) {
                QTRY_VERIFY(lab.after([](const auto& s) { return atSeconds(s) > 1; }));
            }
            if (moment % 3 == 0) {
                lab->reset();
                lab->addLane();
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestLabPresenter)
#include "tst_lab_presenter.moc"
