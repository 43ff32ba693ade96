// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>
#include <latch>

#include "ui/model/latest_task.h"

using namespace cachescope::ui;

class TestLatestTask : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatWasToldArrivesOnThisThreadInItsOrder() {
        LatestTask task("test");
        QList<int> said;
        bool here = true;
        task.ask([&](const LatestTask::Turn& turn) {
            for (int i = 0; i < 100; ++i) {
                turn.tell([&said, &here, i, thread = QThread::currentThread()] {
                    said.append(i);
                    here = here && QThread::currentThread() != thread;
                });
            }
        });
        QTRY_VERIFY(!task.busy());
        QCOMPARE(said.size(), 100);
        QVERIFY(here);
        QVERIFY(std::is_sorted(said.begin(), said.end()));
    }

    void aNewQuestionEndsTheOldOneAndSilencesIt() {
        LatestTask task("test");
        std::latch begun(1);
        std::atomic<bool> ended = false;
        bool oldSpoke = false;
        bool newSpoke = false;
        task.ask([&](const LatestTask::Turn& turn) {
            turn.tell([&] { oldSpoke = true; });
            begun.count_down();
            while (turn.goOn()) {
            }
            turn.tell([&] { oldSpoke = true; });
            ended = true;
        });
        begun.wait();
        task.ask([&](const LatestTask::Turn& turn) { turn.tell([&] { newSpoke = true; }); });
        QTRY_VERIFY(newSpoke);
        QVERIFY(ended);
        QVERIFY(!oldSpoke);
        QTRY_VERIFY(!task.busy());
    }

    void ofSeveralThatWaitOnlyTheLastIsWorkedOn() {
        LatestTask task("test");
        std::latch begun(1);
        std::latch mayEnd(1);
        QList<int> worked;
        task.ask([&](const LatestTask::Turn&) {
            begun.count_down();
            mayEnd.wait();
        });
        begun.wait();
        for (int i = 0; i < 5; ++i) {
            task.ask([&, i](const LatestTask::Turn&) { worked.append(i); });
        }
        mayEnd.count_down();
        QTRY_VERIFY(!task.busy());
        QCOMPARE(worked, QList<int>{4});
    }

    void aCancelledQuestionIsOverAtOnce() {
        LatestTask task("test");
        const QSignalSpy busy(&task, &LatestTask::busyChanged);
        bool spoke = false;
        task.ask([&](const LatestTask::Turn& turn) {
            while (turn.goOn()) {
            }
            turn.tell([&] { spoke = true; });
        });
        QVERIFY(task.busy());
        task.cancel();
        QVERIFY(!task.busy());
        QCOMPARE(busy.size(), 2);
        // Another one's answer comes after everything that the first could have said.
        bool after = false;
        task.ask([&](const LatestTask::Turn& turn) { turn.tell([&] { after = true; }); });
        QTRY_VERIFY(after);
        QVERIFY(!spoke);
    }

    void itsEndEndsTheWork() {
        std::latch begun(1);
        std::atomic<bool> ended = false;
        {
            LatestTask task("test");
            task.ask([&](const LatestTask::Turn& turn) {
                begun.count_down();
                while (turn.goOn()) {
                }
                ended = true;
            });
            begun.wait();
        }
        QVERIFY(ended);
    }
};

QTEST_GUILESS_MAIN(TestLatestTask)
#include "tst_latest_task.moc"
