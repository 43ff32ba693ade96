// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "engine/backend/backend_url.h"
#include "engine/sim/scenario_json.h"
#include "tests/ui/lane_editor_fixture.h"
#include "ui/model/lane_text.h"
#include "ui/pages/lane_options.h"
#include "ui/pages/origin_controls.h"
#include "ui/pages/redis_field.h"
#include "ui/pages/workload_controls.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/value_slider.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace cachescope::ui::test;
using namespace std::chrono_literals;

namespace {

struct EditorFixture : LaneEditorFixture {
    using LaneEditorFixture::LaneEditorFixture;

    template <class Widget>
    Widget* named(const char* name) const {
        for (auto* widget : editor->findChildren<Widget*>()) {
            if (widget->accessibleName() == QLatin1String(name)) {
                return widget;
            }
        }
        return nullptr;
    }
    ValueBox* box(const char* name) const { return named<ValueBox>(name); }
    QCheckBox* check(const char* text) const {
        for (auto* box : editor->findChildren<QCheckBox*>()) {
            if (box->text() == QLatin1String(text)) {
                return box;
            }
        }
        return nullptr;
    }
    // The row of an option, named as in scenario files, with its group unfolded.
    OptionRow* row(const char* name) const {
        for (auto* fold : editor->findChildren<Disclosure*>()) {
            fold->setOpen(true);
        }
        for (auto* row : editor->findChildren<OptionRow*>()) {
            if (row->name() == QLatin1String(name)) {
                return row;
            }
        }
        return nullptr;
    }
    // What stands below an option's explanation.
    QString note(const char* name) const {
        QStringList texts;
        for (const auto* label : row(name)->findChildren<QLabel*>()) {
            if (label->isVisible()) {
                texts.append(label->text());
            }
        }
        return texts.join(QLatin1Char('|'));
    }
    QComboBox* backend() const {
        for (auto* combo : editor->findChildren<QComboBox*>()) {
            if (combo->findText(QStringLiteral("Redis")) >= 0) {
                return combo;
            }
        }
        return nullptr;
    }
    QLabel* redisStatus() const { return editor->findChild<RedisField*>()->findChild<QLabel*>(); }
    QPushButton* startButton() const {
        return editor->findChild<RedisField*>()->findChild<QPushButton*>();
    }
    bool lane(const std::function<bool(const sim::LaneSpec&)>& condition, sim::LaneId id = 2) {
        return after(
            [&](const auto&) { return lab.lane(id) != nullptr && condition(lab.lane(id)->spec); });
    }
};

void type(QLineEdit* field, const char* text) {
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, QString::fromUtf8(text));
    QTest::keyClick(field, Qt::Key_Return);
}

}  // namespace

class TestLabLaneEditor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void typingATtlEditsTheLane() {
        EditorFixture fixture;
        QTRY_VERIFY(fixture.ready());
        type(fixture.box("TTL"), "90s");
        QTRY_VERIFY(fixture.lane([](const auto& spec) { return spec.options.ttl == 90s; }));
        QVERIFY2(fixture.lab.lane(2)->spec.name != "TTL 5 s" &&
                     LaneText::nameIsSuggested(fixture.lab.lane(2)->spec),
                 "a name that repeats the TTL follows it");
        type(fixture.box("TTL"), "0");
        QTRY_VERIFY(fixture.lane([](const auto& spec) { return spec.options.ttl == 0s; }));
        type(fixture.box("TTL"), "soon");
        QVERIFY(!fixture.box("TTL")->problem().isEmpty());
        fixture.lab.tick();
        QCOMPARE(fixture.lab.lane(2)->spec.options.ttl, std::optional<Duration>(0s));
    }

    void neverExpiresTakesTheTtlAway() {
        EditorFixture fixture;
        QTRY_VERIFY(fixture.ready());
        auto* never = fixture.check("Never expires");
        never->setFocus();
        QTest::keyClick(never, Qt::Key_Space);
        QTRY_VERIFY(fixture.lane([](const auto& spec) { return !spec.options.ttl; }));
        QVERIFY(!fixture.box("TTL")->isEnabled());
        QTest::keyClick(never, Qt::Key_Space);
        QTRY_VERIFY(fixture.lane([](const auto& spec) { return spec.options.ttl.has_value(); }));
        QVERIFY(fixture.box("TTL")->isEnabled());
    }

    void eachBackendHasItsOwnControls() {
        EditorFixture fixture;
        QTRY_VERIFY(fixture.ready());
        QComboBox* backend = fixture.backend();
        backend->setFocus();
        const auto policy = [&] {
            for (auto* combo : fixture.editor->findChildren<QComboBox*>()) {
                if (combo != backend) {
                    return combo->isVisible();
                }
            }
            return false;
        };
        const auto folder = [&] {
            return fixture.named<QLineEdit>("Folder of the file cache")->isVisible();
        };
        const auto redis = [&] { return fixture.editor->findChild<RedisField*>()->isVisible(); };
        const auto ttl = [&] { return fixture.box("TTL")->isVisible(); };
        const auto capacity = [&] { return fixture.box("Capacity, keys")->isVisible(); };
        const auto is = [&](const char* scheme) {
            return fixture.lane(
                [scheme](const auto& spec) { return spec.backend.rfind(scheme, 0) == 0; });
        };

        QVERIFY(policy() && ttl() && capacity() && !folder() && !redis());
        QTest::keyClick(backend, Qt::Key_Down);
        QTRY_VERIFY(is("file:"));
        QVERIFY(!policy() && ttl() && capacity() && folder() && !redis());
        QTest::keyClick(backend, Qt::Key_End);
        QTRY_VERIFY(is("tiered:redis:"));
        QVERIFY(!policy() && ttl() && !capacity() && !folder() && redis());
        QTest::keyClick(backend, Qt::Key_Up);
        QTRY_VERIFY(is("tiered:file:"));
        QVERIFY(!policy() && ttl() && !capacity() && folder() && !redis());
        QTest::keyClick(backend, Qt::Key_Up);
        QTRY_VERIFY(is("redis:"));
        QVERIFY(!policy() && ttl() && !capacity() && !folder() && redis());
        QTest::keyClick(backend, Qt::Key_Home);
        QTRY_VERIFY(is("none"));
        QVERIFY(!policy() && !ttl() && !capacity() && !folder() && !redis());
        QTest::keyClick(backend, Qt::Key_Down);
        QTRY_VERIFY(is("memory:"));
        QVERIFY(policy() && ttl() && capacity() && !folder() && !redis());
        QCOMPARE(fixture.lab.lane(2)->spec.capacity, 300U);
    }

    void theRedisFieldSaysAtOnceWhetherTheServerAnswers() {
        sim::Scenario scenario = smallScenario();
        scenario.lanes[1].backend = "redis+unix:/nowhere/redis.sock";
        EditorFixture fixture(scenario);
        QTRY_VERIFY(fixture.ready());
        QTRY_VERIFY(fixture.redisStatus()->text().contains(QStringLiteral("no server answers")));
        if (!PrivateRedisServer::available()) {
            QVERIFY(!fixture.startButton()->isVisible());
            QSKIP("redis-server is not installed here");
        }
        QVERIFY(fixture.startButton()->isVisible());
        const auto server = PrivateRedisServer::start();
        QVERIFY(server.ok());
        type(fixture.named<QLineEdit>("Address of the Redis server"), (*server)->url().c_str());
        QTRY_VERIFY(
            fixture.lane([&](const auto& spec) { return spec.backend == (*server)->url(); }));
        QTRY_VERIFY(fixture.redisStatus()->text().contains(QStringLiteral("answers in")));
        QVERIFY(!fixture.startButton()->isVisible());
    }

    void aServerThatGoesWhileItServesIsNoticed() {
        if (!PrivateRedisServer::available()) {
            QSKIP("redis-server is not installed here");
        }
        auto server = PrivateRedisServer::start();
        QVERIFY(server.ok());
        sim::Scenario scenario = smallScenario();
        scenario.lanes[1].backend = (*server)->url();
        EditorFixture fixture(scenario);
        QTRY_VERIFY(fixture.ready());
        fixture.lab.run();
        QTRY_VERIFY(fixture.after([&](const auto&) { return fixture.lab.lane(2)->entries > 0; }));
        QTRY_VERIFY(fixture.redisStatus()->text().contains(QStringLiteral("answers in")));
        server->reset();
        QTRY_VERIFY(fixture.after([&](const auto&) {
            return fixture.redisStatus()->text().contains(QStringLiteral("no server answers"));
        }));
        QVERIFY(fixture.startButton()->isVisible());
    }

    void thePrivateServerIsTakenAndServesTheLane() {
        if (!PrivateRedisServer::available()) {
            QSKIP("redis-server is not installed here");
        }
        sim::Scenario scenario = smallScenario();
        scenario.lanes[1].backend = "redis+unix:/nowhere/redis.sock";
        scenario.lanes.push_back(scenario.lanes[1]);
        scenario.lanes.back().name = "another";
        EditorFixture fixture(scenario);
        QTRY_VERIFY(fixture.ready());
        QTRY_VERIFY(fixture.startButton()->isVisible());
        QTest::mouseClick(fixture.startButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.lane([&](const auto& spec) {
            return QString::fromStdString(spec.backend) == fixture.assistant.privateServerUrl();
        }),
                                 10'000);
        fixture.lab.run();
        QTRY_VERIFY(fixture.after([&](const auto&) { return fixture.lab.lane(2)->entries > 0; }));
        QVERIFY(!fixture.lab.lane(2)->trouble.has_value());

        // A second lane that asks for one gets the same.
        fixture.editor->setLane(3);
        QTRY_VERIFY(fixture.startButton()->isVisible());
        QVERIFY(fixture.startButton()->isEnabled());
        QTest::mouseClick(fixture.startButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.lane(
                                     [&](const auto& spec) {
                                         return QString::fromStdString(spec.backend) ==
                                                fixture.assistant.privateServerUrl();
                                     },
                                     3),
                                 10'000);
    }

    void aFolderMayHaveAnyName() {
        EditorFixture fixture;
        QTRY_VERIFY(fixture.ready());
        fixture.backend()->setFocus();
        QTest::keyClick(fixture.backend(), Qt::Key_Down);
        QTRY_VERIFY(fixture.lane([](const auto& spec) { return spec.backend == "file:"; }));
        const QString folder = fixture.folder.filePath(QStringLiteral("a 50%41 #?"));
        QLineEdit* path = fixture.named<QLineEdit>("Folder of the file cache");
        type(path, folder.toUtf8().constData());
        QTRY_VERIFY(fixture.lane([&](const auto& spec) {
            const auto url = BackendUrl::parse(spec.backend);
            return url.ok() && url->path == folder.toStdString();
        }));
        QCOMPARE(path->text(), folder);
    }

    void anotherLanesNameIsNotTakenOver() {
        EditorFixture fixture;
        QTRY_VERIFY(fixture.ready());
        QLineEdit* name = fixture.named<QLineEdit>("Name of the lane");
        name->setFocus();
        QTest::keyClicks(name, QStringLiteral("typed"));
        fixture.editor->setLane(1);
        QCOMPARE(name->text(), QStringLiteral("No cache"));
        type(name, "mine");
        QTRY_VERIFY(fixture.lane([](const auto& spec) { return spec.name == "mine"; }, 1));
        QCOMPARE(fixture.lab.lane(2)->spec.name, std::string("TTL 5 s"));
    }

    void anEditKeepsWhatItDoesNotTouch() {
        sim::Scenario scenario = smallScenario();
        scenario.lanes[1].capacity = 3;
        scenario.lanes[1].name = "a\x01z";
        scenario.lanes[1].options.singleFlight = false;
        EditorFixture fixture(scenario);
        QTRY_VERIFY(fixture.ready());
        QCOMPARE(fixture.box("Capacity, keys")->text(), QStringLiteral("3"));
        type(fixture.box("TTL"), "7s");
        QTRY_VERIFY(fixture.lane([](const auto& spec) { return spec.options.ttl == 7s; }));
        QCOMPARE(fixture.lab.lane(2)->spec.capacity, 3U);
        QCOMPARE(fixture.lab.lane(2)->spec.name, std::string("a\x01z"));
        QVERIFY(!fixture.lab.lane(2)->spec.options.singleFlight);
        QVERIFY(fixture.lab.lane(2)->spec.policy.empty());

        sim::LaneSpec spec = fixture.lab.lane(2)->spec;
        spec.capacity = 50'000'000;
        spec.options.ttl = 30ms;
        fixture.lab.editLane(2, spec);
        QTRY_VERIFY(fixture.lane([](const auto& s) { return s.capacity == 50'000'000; }));
        QVERIFY(fixture.row("single_flight") != nullptr);
        auto* singleFlight = fixture.check("Single-flight");
        singleFlight->setFocus();
        QTest::keyClick(singleFlight, Qt::Key_Space);
        QTRY_VERIFY(fixture.lane([](const auto& s) { return s.options.singleFlight; }));
        QCOMPARE(fixture.lab.lane(2)->spec.capacity, 50'000'000U);
        QCOMPARE(fixture.lab.lane(2)->spec.options.ttl, std::optional<Duration>(30ms));
    }

    void sourcesKeepWhatAnEditDoesNotTouch() {
        sim::Scenario scenario = smallScenario();
        scenario.origin.latency.median = 10min;
        scenario.origin.latency.slow = 0s;
        scenario.workload.valueBytes = 50 << 20;
        scenario.workload.updateInterval = 24h * 300;
        scenario.workload.keys.exponent = 4.5;
        scenario.workload.arrivals.ratePerSecond = 0.01;
        scenario.origin.ownTtlRatio = 0.123456;
        scenario.origin.ownTtl = 24h * 200;
        scenario.origin.unstoredRatio = 1e-5;
        EditorFixture fixture(scenario);
        OriginControls origin(fixture.lab);
        WorkloadControls workload(fixture.lab);
        QTRY_VERIFY(fixture.ready());
        for (ValueBox* box : workload.findChildren<ValueBox*>()) {
            if (box->accessibleName() == QLatin1String("Keys")) {
                type(box, "1234");
            }
        }
        for (ValueBox* box : origin.findChildren<ValueBox*>()) {
            if (box->accessibleName() == QLatin1String("Calls at once")) {
                type(box, "9");
            }
        }
        QTRY_VERIFY(fixture.after([](const auto& state) {
            return state.workload.keys.count == 1234 && state.origin.concurrency == 9;
        }));
        scenario.workload.keys.count = 1234;
        scenario.origin.concurrency = 9;
        QCOMPARE(QString::fromStdString(sim::scenarioToJson(fixture.lab.present())),
                 QString::fromStdString(sim::scenarioToJson(scenario)));
    }

    void whatAnswersSayIsSetInTheWindow() {
        EditorFixture fixture(smallScenario());
        OriginControls origin(fixture.lab);
        WorkloadControls workload(fixture.lab);
        QTRY_VERIFY(fixture.ready());
        const auto boxOf = [](QWidget& page, const char* name) {
            ValueBox* found = nullptr;
            for (ValueBox* box : page.findChildren<ValueBox*>()) {
                found = box->accessibleName() == QLatin1String(name) ? box : found;
            }
            return found;
        };
        ValueBox* personal = boxOf(origin, "Personal answers");
        QVERIFY(personal != nullptr);
        QVERIFY2(personal->parentWidget()->isHidden(), "there is one user");
        type(boxOf(workload, "Users"), "40");
        QTRY_VERIFY(fixture.after([](const auto& state) { return state.workload.users == 40; }));
        QTRY_VERIFY(!personal->parentWidget()->isHidden());
        type(personal, "50");
        type(boxOf(origin, "Keys with an own TTL"), "25");
        QTRY_VERIFY(fixture.after([](const auto& state) {
            return state.origin.ownTtlRatio == 0.25 && state.origin.personalRatio == 0.5;
        }));
        QTRY_VERIFY(!boxOf(origin, "Own TTL")->parentWidget()->isHidden());
        type(boxOf(origin, "Own TTL"), "3s");
        type(boxOf(origin, "Not to be stored"), "10");
        QTRY_VERIFY(fixture.after([](const auto& state) {
            return state.origin.personalRatio == 0.5 && state.origin.ownTtlRatio == 0.25 &&
                   state.origin.ownTtl == std::chrono::seconds{3} &&
                   state.origin.unstoredRatio == 0.1;
        }));
    }

    void lanesThatShareAStoreMoveTogether() {
        sim::Scenario scenario = smallScenario();
        const std::size_t first = scenario.lanes.size();
        for (const char* store : {"a", "a", "b"}) {
            sim::LaneSpec lane = scenario.lanes.back();
            lane.name = std::to_string(scenario.lanes.size());
            lane.backend = "redis://127.0.0.1:1";
            lane.store = store;
            scenario.lanes.push_back(lane);
        }
        EditorFixture fixture(scenario);
        QTRY_VERIFY(fixture.ready());
        const auto id = static_cast<sim::LaneId>(first + 1);
        sim::LaneSpec spec = fixture.lab.lane(id)->spec;
        spec.backend = "memory:";
        fixture.lab.editLane(id, spec);
        QTRY_VERIFY(fixture.after([&](const auto& state) {
            return state.lanes[first].spec.backend == "memory:" &&
                   state.lanes[first + 1].spec.backend == "memory:";
        }));
        QCOMPARE(fixture.lab.lane(id + 2)->spec.backend, std::string("redis://127.0.0.1:1"));
        // Another option of one is no business of the others.
        spec = fixture.lab.lane(id)->spec;
        spec.capacity = 77;
        fixture.lab.editLane(id, spec);
        QTRY_VERIFY(fixture.after(
            [&](const auto& state) { return state.lanes[first].spec.capacity == 77; }));
        QVERIFY(fixture.lab.lane(id + 1)->spec.capacity != 77);
    }

    void withoutALaneThereIsNothingToEdit() {
        EditorFixture fixture;
        QTRY_VERIFY(fixture.ready());
        fixture.editor->setLane(9);
        QVERIFY(!fixture.editor->isEnabled());
        fixture.editor->setLane(2);
        QVERIFY(fixture.editor->isEnabled());
    }
};

QTEST_MAIN(TestLabLaneEditor)
#include "tst_lab_lane_editor.moc"
