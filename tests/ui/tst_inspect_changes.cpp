// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLineEdit>
#include <QMessageBox>
#include <QScrollBar>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "tests/ui/inspect_fixture.h"
#include "ui/pages/key_filter_bar.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace cachescope::ui::test;
using cachescope::test::PrivateRedis;

class TestInspectChanges : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        if (!PrivateRedisServer::available()) {
            QSKIP("redis-server is not installed here");
        }
    }

    void removedKeysAreMarkedInTheirPlaceAndNothingIsReadAgain() {
        const PrivateRedis redis;
        fill(redis, 600);
        InspectFixture fixture;
        InspectPage& page = fixture.open(&redis);
        KeyTableModel& model = fixture.inspect.keys();
        QVERIFY(fixture.walk());
        auto* keys = page.findChild<KeyPanel*>();
        QTableView* table = keys->table();
        const QString filtered = QStringLiteral("user:");
        keys->filters()->pattern()->setText(filtered + u'*');
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 400, kPatience);
        QTRY_VERIFY(!model.busy());
        table->verticalScrollBar()->setValue(table->verticalScrollBar()->maximum() / 2);
        const int first = table->rowAt(table->viewport()->height() / 2);
        table->selectionModel()->select(
            {model.index(first, 0), model.index(first + 2, 0)},
            QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        const int scroll = table->verticalScrollBar()->value();
        QVERIFY(scroll > 0);
        const std::vector<int> selected = keys->selectedRows();
        QCOMPARE(selected.size(), 3u);
        const QList<KeyRef> chosen = model.keysAt(selected);
        redis.command({"CONFIG", "RESETSTAT"});
        fixture.change(page, chosen, inspect::KeyChange::remove());
        QCOMPARE(redis.command({"DBSIZE"}).integer, 598);
        QTRY_COMPARE_WITH_TIMEOUT(model.marks().count(), 3u, kPatience);
        // All that is shown of all keys follows.
        QTRY_COMPARE_WITH_TIMEOUT(fixture.inspect.keyspace().keyspace()->figures.databaseKeys, 598u,
                                  kPatience);
        const QModelIndex user = fixture.inspect.namespaces().indexOf(filtered.toStdString());
        fixture.inspect.namespaces().setMeasure(NamespaceTreeModel::Measure::keys);
        QTRY_COMPARE_WITH_TIMEOUT(user.data(NamespaceTreeModel::valueRole).toDouble(), 397.0,
                                  kPatience);
        QCOMPARE(table->verticalScrollBar()->value(), scroll);
        QCOMPARE(keys->selectedRows(), selected);
        QCOMPARE(model.rowCount(), 400);
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(model.keyAt(selected[static_cast<std::size_t>(i)]).name, chosen[i].name);
            QCOMPARE(model.index(first + i, KeyTableModel::ttlColumn).data().toString(),
                     QStringLiteral("removed"));
        }
        const std::string stats = redis.command({"INFO", "commandstats"}).text;
        QVERIFY(stats.find("cmdstat_unlink:calls=3") != std::string::npos);
        QVERIFY2(stats.find("cmdstat_scan") == std::string::npos, stats.c_str());
        QVERIFY2(stats.find("cmdstat_randomkey") == std::string::npos, stats.c_str());
        // What is gone is no part of a further change.
        const auto rest =
            fixture.inspect.prefixScope(filtered.toStdString()).find([] { return true; });
        QCOMPARE(rest.value().count, 397u);
        QTest::mouseClick(buttonNamed(page, QStringLiteral("Read again")), Qt::LeftButton);
        QVERIFY(fixture.inspect.keyspace().isWalking());
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 397, kPatience);
        QVERIFY(model.marks().isEmpty());
        QCOMPARE(keys->filters()->pattern()->text(), filtered + u'*');
    }

    void aChangeOfTtlsIsUndoneFromThePage() {
        const PrivateRedis redis;
        fill(redis, 60);
        InspectFixture fixture;
        InspectPage& page = fixture.open(&redis);
        KeyTableModel& model = fixture.inspect.keys();
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 61, kPatience);
        auto* bar = page.findChild<UndoBar*>();
        QVERIFY(!bar->isVisible());
        const std::int64_t before = redis.command({"PEXPIRETIME", "page:0"}).integer;
        fixture.change(page, {KeyRef{.name = "page:0"}, KeyRef{.name = "user:1"}},
                       inspect::KeyChange::expireIn(std::chrono::hours{7}));
        QVERIFY(bar->isVisible());
        QVERIFY(bar->accessibleName().contains(QStringLiteral("2 keys")));
        QTRY_COMPARE_WITH_TIMEOUT(model.marks().count(), 2u, kPatience);
        // Locked, it asks as the head line does.
        fixture.inspect.setUnlocked(false);
        QTest::mouseClick(buttonNamed(*bar, QStringLiteral("Undo")), Qt::LeftButton);
        auto* question = shownDialog<QMessageBox>();
        QVERIFY(question != nullptr);
        QTest::mouseClick(buttonNamed(*question, QStringLiteral("Unlock")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(model.marks().isEmpty(), kPatience);
        QCOMPARE(redis.command({"PEXPIRETIME", "page:0"}).integer, before);
        QVERIFY(buttonNamed(*bar, QStringLiteral("Undo")) == nullptr);
        QCOMPARE(bar->accessibleName(), QStringLiteral("Put the former expiry of 2 keys back."));
        QTest::mouseClick(bar->findChild<QToolButton*>(), Qt::LeftButton);
        QVERIFY(!bar->isVisible());
    }

    void theOpenKeyThatExpiresIsMarkedInItsRow() {
        const PrivateRedis redis;
        fill(redis, 20);
        redis.command({"SET", "short", "v", "PX", "2500"});
        InspectFixture fixture;
        InspectPage& page = fixture.open(&redis);
        KeyTableModel& model = fixture.inspect.keys();
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 22, kPatience);
        int row = 0;
        while (row < 22 && model.keyAt(row).name != "short") {
            ++row;
        }
        Q_EMIT page.findChild<KeyPanel*>()->opened(model.keyAt(row));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.inspect.openKey().value().stage,
                                  OpenedValue::Stage::present, kPatience);
        QVERIFY(!model.index(row, 0).data(KeyTableModel::goneRole).toBool());
        QTRY_VERIFY_WITH_TIMEOUT(
            (fixture.pass(1), model.index(row, 0).data(KeyTableModel::goneRole).toBool()),
            kPatience);
        QCOMPARE(model.index(row, KeyTableModel::ttlColumn).data().toString(),
                 QStringLiteral("expired"));
        QVERIFY(buttonNamed(page, QStringLiteral("Read again")) == nullptr);
        // One that somebody else changes says so, too.
        Q_EMIT page.findChild<KeyPanel*>()->opened(KeyRef{.name = "cup:1"});
        QTRY_COMPARE_WITH_TIMEOUT(fixture.inspect.openKey().value().stage,
                                  OpenedValue::Stage::present, kPatience);
        QVERIFY(model.marks().count() == 0);
        redis.command({"EXPIRE", "cup:1", "5000"});
        QTRY_COMPARE_WITH_TIMEOUT(model.marks().count(), 1u, kPatience);
        QVERIFY(buttonNamed(page, QStringLiteral("Read again")) != nullptr);
    }
};

QTEST_MAIN(TestInspectChanges)
#include "tst_inspect_changes.moc"
