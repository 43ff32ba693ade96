// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QTest>

#include "tests/support/private_redis.h"
#include "ui/model/miss_presenter.h"
#include "ui/model/miss_table_model.h"
#include "ui/pages/miss_panel.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::test::PrivateRedis;

namespace {

QString q(const char* text) {
    return QString::fromUtf8(text);
}

QPushButton* button(const QWidget& panel, const char* beginning) {
    for (QPushButton* each : panel.findChildren<QPushButton*>()) {
        if (each->text().startsWith(q(beginning))) {
            return each;
        }
    }
    return nullptr;
}

bool says(const QWidget& panel, const char* text) {
    for (const QLabel* label : panel.findChildren<QLabel*>()) {
        if (label->isVisible() && label->text().contains(q(text))) {
            return true;
        }
    }
    return false;
}

}  // namespace

class TestMissPanel : public QObject {
    Q_OBJECT

private:
    PrivateRedis m_redis;

private Q_SLOTS:
    void initTestCase() {
        if (!m_redis.isRunning()) {
            QSKIP("redis-server is not installed here");
        }
    }

    void withoutAConnectionNothingCanBeStarted() {
        MissPresenter misses;
        MissPanel panel(misses);
        panel.show();
        QVERIFY(!button(panel, "Listen")->isEnabled());
        QVERIFY(!button(panel, "Watch")->isEnabled());
        QVERIFY(!button(panel, "Stop")->isVisible());
    }

    void theCostIsSaidBeforeAClickAndTheFlagsAfterIt() {
        MissPresenter misses;
        MissPanel panel(misses);
        misses.setLink(m_redis.link());
        panel.resize(700, 400);
        panel.show();
        QVERIFY(says(panel, "a seventh of the server's throughput"));
        QVERIFY(says(panel, "notify-keyspace-events, which holds for everybody"));
        QTest::mouseClick(button(panel, "Listen"), Qt::LeftButton);
        QVERIFY(misses.running());
        QVERIFY(!button(panel, "Watch")->isEnabled());
        QTRY_VERIFY(says(panel, "is \"Em\" while this lasts"));
        m_redis.command({"GET", "<i>a</i>:1"});
        auto* const table = panel.findChild<QTableView*>();
        QTRY_VERIFY(table->isVisible());
        QCOMPARE(table->model()->index(0, 0).data().toString(), q("<i>a</i>:"));
        QVERIFY(says(panel, "Walk over the keys first"));
        QTest::mouseClick(button(panel, "Stop"), Qt::LeftButton);
        QTRY_VERIFY(says(panel, "is back to"));
        QTRY_VERIFY(button(panel, "Listen")->isEnabled());
        QVERIFY(!button(panel, "Stop")->isVisible());
        QVERIFY2(table->isVisible(), "what was heard stays");
        for (const QLabel* label : panel.findChildren<QLabel*>()) {
            QCOMPARE(label->textFormat(), Qt::PlainText);
        }
    }

    void aClickOnATitleSortsAndMarksIt() {
        MissPresenter misses;
        MissPanel panel(misses);
        panel.resize(700, 400);
        panel.show();
        auto* const table = panel.findChild<QTableView*>();
        const auto title = [&](int column) {
            return table->model()->headerData(column, Qt::Horizontal).toString();
        };
        QCOMPARE(title(MissTableModel::missColumn), q("misses ↓"));
        // Shown as it is once there are rows.
        misses.setLink(m_redis.link());
        QTest::mouseClick(button(panel, "Listen"), Qt::LeftButton);
        QTRY_VERIFY(says(panel, "while this lasts"));
        m_redis.commands({{"GET", "a:1"}, {"GET", "b:1"}, {"GET", "b:1"}});
        QTRY_COMPARE(table->model()->rowCount(), 2);
        QHeaderView* const header = table->horizontalHeader();
        const QPoint place(header->sectionViewportPosition(MissTableModel::nameColumn) + 20, 10);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, place);
        QVERIFY(title(MissTableModel::nameColumn).startsWith(q("namespace ")));
        QCOMPARE(title(MissTableModel::missColumn), q("misses"));
        const QString first = table->model()->index(0, 0).data().toString();
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, place);
        QVERIFY(table->model()->index(0, 0).data().toString() != first);
    }

    void itCanBeUsedByKeysAlone() {
        MissPresenter misses;
        MissPanel panel(misses);
        misses.setLink(m_redis.link());
        panel.show();
        button(panel, "Listen")->setFocus();
        QTest::keyClick(button(panel, "Listen"), Qt::Key_Space);
        QVERIFY(misses.running());
    }
};

QTEST_MAIN(TestMissPanel)
#include "tst_miss_panel.moc"
