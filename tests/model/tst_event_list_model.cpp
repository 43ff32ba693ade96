// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QSet>
#include <QSignalSpy>
#include <QTest>

#include "ui/model/event_list_model.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace std::chrono_literals;
using sim::EventKind;

namespace {

sim::LaneEvent anEvent(Duration time, EventKind kind, sim::LaneId lane = 1,
                       std::string key = "product:1") {
    return {TimePoint{time}, lane, kind, std::move(key), 20ms, 3s, 5s, true};
}

QVariant at(const EventListModel& model, int row, int role) {
    return model.data(model.index(row), role);
}

}  // namespace

class TestEventListModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void holdsToTheRulesOfModelsWhateverHappens() {
        EventListModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        for (int i = 0; i < 300; ++i) {
            model.add({anEvent(std::chrono::seconds{i}, EventKind::hit),
                       anEvent(std::chrono::seconds{i}, EventKind::miss)});
        }
        model.setHitsShown(false);
        model.add({anEvent(1s, EventKind::miss)});
        model.setLane(2);
        model.add({});
        model.add({anEvent(1s, EventKind::miss, 2)});
        model.clear();
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void theNewestIsOnTop() {
        EventListModel model;
        model.add({anEvent(1s, EventKind::miss), anEvent(2s, EventKind::expired)});
        model.add({anEvent(3s, EventKind::hit)});
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(at(model, 0, EventListModel::timeRole).toString(), QStringLiteral("3.00"));
        QCOMPARE(at(model, 1, EventListModel::kindRole).toInt(),
                 static_cast<int>(EventKind::expired));
        QCOMPARE(at(model, 2, EventListModel::timeRole).toString(), QStringLiteral("1.00"));
        QVERIFY(!model.data({}, Qt::DisplayRole).isValid());
        QVERIFY(!at(model, 0, Qt::DecorationRole).isValid());
    }

    void timesStayShort() {
        EventListModel model;
        model.add({anEvent(999s, EventKind::hit)});
        QCOMPARE(at(model, 0, EventListModel::timeRole).toString(), QStringLiteral("999.00"));
        model.add({anEvent(2h + 3min + 4s, EventKind::hit)});
        QCOMPARE(at(model, 0, EventListModel::timeRole).toString(), QStringLiteral("2:03:04"));
    }

    void everyKindIsNamedAndExplained() {
        QSet<QString> names;
        for (int kind = 0; kind <= static_cast<int>(EventKind::invalidated); ++kind) {
            const auto one = anEvent(1s, static_cast<EventKind>(kind));
            names.insert(EventListModel::kindName(one.kind));
            QVERIFY(!EventListModel::detail(one).isEmpty());
            QVERIFY(!EventListModel::detail(one).contains(QLatin1Char('%')));
        }
        QCOMPARE(names.size(), static_cast<int>(EventKind::invalidated) + 1);
        QVERIFY(!names.contains(QString()));
    }

    void explanationsSayWhatDistinguishesThem() {
        const auto say = [](sim::EventKind kind, const auto& change) {
            sim::LaneEvent event = anEvent(1s, kind);
            change(event);
            return EventListModel::detail(event);
        };
        const auto asItIs = [](sim::LaneEvent&) {};
        using Event = sim::LaneEvent;
        QVERIFY(say(EventKind::fallback, [](Event& e) { e.stale = StaleReason::slowLoad; }) !=
                say(EventKind::fallback, [](Event& e) { e.stale = StaleReason::loadFailed; }));
        QVERIFY(say(EventKind::failed, asItIs) !=
                say(EventKind::failed, [](Event& e) { e.background = true; }));
        QVERIFY(say(EventKind::expiredHit, asItIs) !=
                say(EventKind::expiredHit, [](Event& e) { e.outdated = true; }));
        QVERIFY(say(EventKind::hit, [](Event& e) {
                    e.leaked = true;
                }).startsWith(QStringLiteral("made for another user")));
        QVERIFY(say(EventKind::lowerHit, [](Event& e) {
                    e.level = 1;
                }).contains(QStringLiteral("level 2")));
        QVERIFY(say(EventKind::miss, asItIs) !=
                say(EventKind::miss, [](Event& e) { e.ttlVaries = true; }));
        QVERIFY(say(EventKind::miss, [](Event& e) {
                    e.absent = true;
                }).contains(QStringLiteral("nothing")));
        QVERIFY(say(EventKind::expired, asItIs) !=
                say(EventKind::expired, [](Event& e) { e.ttlVaries = true; }));
    }

    void aMissSaysWhetherItsValueWasKept() {
        sim::LaneEvent miss = anEvent(1s, EventKind::miss);
        const QString kept = EventListModel::detail(miss);
        QVERIFY(kept.contains(QStringLiteral("5\u00a0s")));
        miss.ttl.reset();
        const QString forEver = EventListModel::detail(miss);
        miss.stored = false;
        const QString notKept = EventListModel::detail(miss);
        QVERIFY(kept != forEver && forEver != notKept && kept != notKept);
    }

    void ofManyAtOnceTheRareOnesAreShown() {
        EventListModel model;
        std::vector<sim::LaneEvent> events;
        for (int i = 0; i < 1000; ++i) {
            events.push_back(anEvent(std::chrono::milliseconds{i}, EventKind::hit));
        }
        events[10].kind = EventKind::failed;
        events[500].kind = EventKind::evicted;
        model.add(events);
        QVERIFY(model.rowCount() <= 6);
        QSet<int> kinds;
        for (int row = 0; row < model.rowCount(); ++row) {
            kinds.insert(at(model, row, EventListModel::kindRole).toInt());
        }
        QVERIFY(kinds.contains(static_cast<int>(EventKind::failed)));
        QVERIFY(kinds.contains(static_cast<int>(EventKind::evicted)));
        QVERIFY(kinds.contains(static_cast<int>(EventKind::hit)));
        for (int row = 1; row < model.rowCount(); ++row) {
            QVERIFY(at(model, row - 1, EventListModel::timeRole).toDouble() >=
                    at(model, row, EventListModel::timeRole).toDouble());
        }
    }

    void theOldestRowsLeaveWhenThereAreTooMany() {
        EventListModel model;
        const QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        for (int i = 0; i < 1000; ++i) {
            model.add({anEvent(std::chrono::seconds{i}, EventKind::miss)});
        }
        QVERIFY(model.rowCount() >= 100 && model.rowCount() <= 500);
        QVERIFY(!removed.isEmpty());
        QCOMPARE(at(model, 0, EventListModel::timeRole).toString(), QStringLiteral("999.00"));
    }

    void filtersLetThroughWhatTheySay() {
        EventListModel model;
        model.setHitsShown(false);
        QVERIFY(!model.hitsShown());
        model.add({anEvent(1s, EventKind::hit), anEvent(1s, EventKind::lowerHit),
                   anEvent(2s, EventKind::staleHit), anEvent(3s, EventKind::miss)});
        QCOMPARE(model.rowCount(), 2);
        model.setLane(2);
        model.add({anEvent(1s, EventKind::miss, 1), anEvent(2s, EventKind::miss, 2)});
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(at(model, 0, EventListModel::laneRole).toInt(), 2);
        model.setLane(0);
        model.setHitsShown(true);
        model.add({anEvent(1s, EventKind::hit, 1), anEvent(2s, EventKind::hit, 2)});
        QCOMPARE(model.rowCount(), 2);
    }

    void settingAFilterToWhatItIsKeepsTheRows() {
        EventListModel model;
        model.add({anEvent(1s, EventKind::hit)});
        model.setLane(0);
        model.setHitsShown(true);
        QCOMPARE(model.rowCount(), 1);
    }

    void hostileKeysAreOneEscapedLine() {
        EventListModel model;
        model.add({anEvent(1s, EventKind::miss, 1, "<b>a</b>\n\"b\",%1\x1b[31m\xff")});
        const QString key = at(model, 0, EventListModel::keyRole).toString();
        QCOMPARE(key, QStringLiteral("<b>a</b>\\x0a\"b\",%1\\x1b[31m\\xff"));
        const QString sentence = at(model, 0, Qt::AccessibleTextRole).toString();
        QVERIFY(sentence.contains(key));
        QVERIFY(!sentence.contains(QLatin1Char('\n')));
    }

    void csvHasALineAnEventWhateverTheKeys() {
        EventListModel model;
        QCOMPARE(model.toCsv(), QStringLiteral("time_s,lane,kind,key,detail\n"));
        model.add({anEvent(1500ms, EventKind::hit, 3, "a,\"b\"\r\nc")});
        const QStringList lines = model.toCsv().split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 3);
        QVERIFY(lines[2].isEmpty());
        QVERIFY2(
            lines[1].startsWith(QStringLiteral("1.500,3,\"hit\",\"a,\"\"b\"\"\\x0d\\x0ac\",\"")),
            qPrintable(lines[1]));
    }
};

QTEST_GUILESS_MAIN(TestEventListModel)
#include "tst_event_list_model.moc"
