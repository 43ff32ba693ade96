// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QFile>
#include <QItemSelectionModel>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

#include "engine/core/random.h"
#include "tests/support/growing_keyspace.h"
#include "ui/model/key_table_model.h"
#include "ui/model/key_text.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace Qt::StringLiterals;
using cachescope::inspect::kExpiryUnknown;
using cachescope::inspect::KeyQuery;
using cachescope::inspect::kNoExpiry;
using cachescope::inspect::TtlFilter;
using cachescope::test::GrowingKeyspace;
using cachescope::test::kHostileNames;

namespace {

constexpr int kPatience = 30'000;

struct Fixture {
    GrowingKeyspace keys;
    KeyTableModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::QtTest};

    void show(bool knowsIdle = false) {
        model.setKeyspace(keys.snapshot(knowsIdle));
        settle();
    }
    bool settle() {
        return QTest::qWaitFor([this] { return !model.busy(); }, kPatience);
    }
    QString cell(int row, KeyTableModel::Column column) const {
        return model.index(row, model.sectionOf(column)).data().toString();
    }
    QStringList names() const {
        QStringList shown;
        for (int row = 0; row < model.rowCount(); ++row) {
            shown.append(cell(row, KeyTableModel::keyColumn));
        }
        return shown;
    }
};

}  // namespace

class TestKeyTableModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theLargestComeFirstAndAClickSortsByAnyColumn() {
        Fixture fixture;
        fixture.keys.add("b", 5'000, 100, "hash", 7);
        fixture.keys.add("c", kNoExpiry, 300, "string", 9);
        fixture.keys.add("a", kExpiryUnknown, 200, "", 8);
        fixture.show(true);
        QCOMPARE(fixture.names(), QStringList({u"c"_s, u"a"_s, u"b"_s}));
        const auto sorted = [&](int section, Qt::SortOrder order) {
            fixture.model.sort(section, order);
            fixture.settle();
            return fixture.names().join(QLatin1Char(' '));
        };
        QCOMPARE(sorted(KeyTableModel::keyColumn, Qt::AscendingOrder), u"a b c"_s);
        QCOMPARE(sorted(KeyTableModel::keyColumn, Qt::DescendingOrder), u"c b a"_s);
        QCOMPARE(sorted(KeyTableModel::ttlColumn, Qt::AscendingOrder), u"b c a"_s);
        QCOMPARE(sorted(KeyTableModel::typeColumn, Qt::AscendingOrder), u"b c a"_s);
        QCOMPARE(sorted(KeyTableModel::idleColumn, Qt::DescendingOrder), u"c a b"_s);
        QCOMPARE(sorted(-1, Qt::AscendingOrder), u"b c a"_s);
    }

    void cellsSayWhatIsKnownAndADashWhatIsNot() {
        Fixture fixture;
        fixture.keys.add("a", 29 * 60'000 + 58'000, 4'300, "hash", 3);
        fixture.keys.add("b", kNoExpiry, inspect::kSizeUnknown, "", inspect::kIdleUnknown);
        fixture.keys.add("c", -5, 96, "string", 0);
        fixture.keys.add("d", kExpiryUnknown);
        fixture.show(true);
        fixture.model.sort(KeyTableModel::keyColumn, Qt::AscendingOrder);
        fixture.settle();
        const auto& model = fixture.model;
        const auto ttlState = [&](int row) {
            return model.index(row, KeyTableModel::ttlColumn)
                .data(KeyTableModel::ttlStateRole)
                .toInt();
        };
        QCOMPARE(fixture.cell(0, KeyTableModel::ttlColumn), u"29\u00a0min\u00a058\u00a0s"_s);
        QCOMPARE(fixture.cell(0, KeyTableModel::sizeColumn), u"4.2\u00a0KiB"_s);
        QCOMPARE(fixture.cell(0, KeyTableModel::idleColumn), u"3\u00a0s"_s);
        QCOMPARE(fixture.cell(1, KeyTableModel::ttlColumn), u"no expiry"_s);
        QCOMPARE(fixture.cell(1, KeyTableModel::typeColumn), u"—"_s);
        QCOMPARE(fixture.cell(1, KeyTableModel::sizeColumn), u"—"_s);
        QCOMPARE(fixture.cell(1, KeyTableModel::idleColumn), u"—"_s);
        QCOMPARE(fixture.cell(2, KeyTableModel::ttlColumn), u"expired"_s);
        QCOMPARE(fixture.cell(3, KeyTableModel::ttlColumn), u"—"_s);
        QCOMPARE(ttlState(0), int(KeyTableModel::runs));
        QCOMPARE(ttlState(1), int(KeyTableModel::noExpiry));
        QCOMPARE(ttlState(2), int(KeyTableModel::expired));
        QCOMPARE(ttlState(3), int(KeyTableModel::unknownTtl));
        const QString aloud = model.index(0, 0).data(Qt::AccessibleTextRole).toString();
        QCOMPARE(aloud,
                 u"a, hash, TTL 29\u00a0min\u00a058\u00a0s, size 4.2\u00a0KiB, idle "
                 "3\u00a0s");
        QCOMPARE(model.index(0, 2).data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight,
                 int(Qt::AlignRight));
    }

    void ttlsCountDownUntilTheyAreExpired() {
        Fixture fixture;
        fixture.keys.add("a", 2'000);
        fixture.show();
        QCOMPARE(fixture.cell(0, KeyTableModel::ttlColumn), u"2\u00a0s"_s);
        const QSignalSpy changed(&fixture.model, &QAbstractItemModel::dataChanged);
        fixture.model.setNow(GrowingKeyspace::kNow + 1'100);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(fixture.cell(0, KeyTableModel::ttlColumn), u"1\u00a0s"_s);
        fixture.model.setNow(GrowingKeyspace::kNow + 2'000);
        QCOMPARE(fixture.cell(0, KeyTableModel::ttlColumn), u"expired"_s);
    }

    void aFilterByWhatIsLeftFollowsTheTime() {
        Fixture fixture;
        fixture.keys.add("soon", 5'000);
        fixture.keys.add("later", 100'000);
        KeyQuery query;
        query.ttl = TtlFilter::expired;
        fixture.model.setQuery(query);
        fixture.show();
        QCOMPARE(fixture.model.shown(), 0);
        fixture.model.setNow(GrowingKeyspace::kNow + 20'000);
        fixture.settle();
        QCOMPARE(fixture.names(), QStringList({u"soon"_s}));
    }

    void theIdleColumnIsThereOnlyWhereItIsKnown() {
        Fixture fixture;
        fixture.keys.add("a");
        fixture.show(false);
        QCOMPARE(fixture.model.columnCount(), 4);
        QCOMPARE(fixture.model.sectionOf(KeyTableModel::idleColumn), -1);
        fixture.show(true);
        QCOMPARE(fixture.model.columnCount(), 5);
        auto frequencies = fixture.keys.snapshot(true);
        frequencies->usesFrequency = true;
        fixture.model.setKeyspace(frequencies);
        QCOMPARE(fixture.model.headerData(4, Qt::Horizontal, Qt::DisplayRole), u"frequency"_s);
        fixture.settle();
    }

    void aFilterShowsWhatPassesAndKeepsWhatIsSelected() {
        Fixture fixture;
        for (int i = 0; i < 100; ++i) {
            fixture.keys.add((i % 2 == 0 ? "even:" : "odd:") + std::to_string(i), kNoExpiry,
                             static_cast<std::uint64_t>(1 + i));
        }
        fixture.show();
        QItemSelectionModel selection(&fixture.model);
        const QPersistentModelIndex even = fixture.model.index(11, 0);  // of 88 bytes
        const QPersistentModelIndex odd = fixture.model.index(10, 0);
        QCOMPARE(even.data(), u"even:88"_s);
        QCOMPARE(odd.data(), u"odd:89"_s);
        selection.select(even, QItemSelectionModel::Select | QItemSelectionModel::Rows);
        KeyQuery query;
        query.pattern = "even:*";
        fixture.model.setQuery(query);
        QVERIFY(fixture.model.busy());
        fixture.settle();
        QCOMPARE(fixture.model.shown(), 50);
        QCOMPARE(fixture.model.total(), 100);
        QCOMPARE(even.data(), u"even:88"_s);
        QVERIFY(selection.isSelected(even));
        QVERIFY(!odd.isValid());
        fixture.model.setQuery({});
        fixture.settle();
        QCOMPARE(fixture.model.shown(), 100);
        QCOMPARE(even.row(), 11);
        QVERIFY(selection.isRowSelected(11));
        QCOMPARE(selection.selectedRows().size(), 1);
    }

    void aWalkThatGrowsKeepsRowsOrderAndSelection() {
        Fixture fixture;
        Random random(1);
        const auto addSome = [&](int keys) {
            for (int i = 0; i < keys; ++i) {
                fixture.keys.add("key:" + std::to_string(random.below(1'000'000)), kNoExpiry,
                                 random.below(10'000));
            }
        };
        addSome(500);
        fixture.show();
        QItemSelectionModel selection(&fixture.model);
        const QPersistentModelIndex chosen = fixture.model.index(250, 0);
        const QString name = chosen.data().toString();
        selection.setCurrentIndex(chosen, QItemSelectionModel::ClearAndSelect);
        const QSignalSpy reset(&fixture.model, &QAbstractItemModel::modelReset);
        for (int step = 0; step < 10; ++step) {
            addSome(300);
            fixture.show();
            QCOMPARE(fixture.model.shown(), qint64(fixture.keys.size()));
            QCOMPARE(chosen.data().toString(), name);
            QCOMPARE(selection.currentIndex(), QModelIndex(chosen));
            const auto rows = fixture.model.rows();
            const auto& view = rows->keyspace->view;
            QVERIFY(std::is_sorted(rows->keys.begin(), rows->keys.end(), [&](auto a, auto b) {
                return view.facts(a).bytes > view.facts(b).bytes;
            }));
        }
        QCOMPARE(reset.size(), 0);
    }

    void keyspacesThatComeFasterThanTheyAreSortedEndInTheLatest() {
        Fixture fixture;
        const QSignalSpy arranged(&fixture.model, &KeyTableModel::rowsArranged);
        for (int i = 0; i < 50; ++i) {
            fixture.keys.add("key:" + std::to_string(i));
            fixture.model.setKeyspace(fixture.keys.snapshot());
        }
        QTRY_COMPARE(fixture.model.shown(), 50);
        // The clearing at the start, the first and the latest.
        QVERIFY(arranged.size() <= 3);
    }

    void anyChangeOfWhatIsShownIsTrueToTheModel() {
        Fixture fixture;
        Random random(7);
        const QStringList patterns{u""_s, u"*1*"_s, u"7"_s, u"user:*"_s, u"none"_s, u"*[3-5]"_s};
        QList<QPersistentModelIndex> held;
        for (int step = 0; step < 60; ++step) {
            for (std::uint64_t i = random.below(40); i > 0; --i) {
                fixture.keys.add("user:" + std::to_string(random.below(3'000)),
                                 static_cast<std::int64_t>(random.below(90'000)),
                                 random.below(300));
            }
            KeyQuery query;
            query.pattern = patterns[qsizetype(random.below(6))].toStdString();
            fixture.model.setQuery(query);
            fixture.model.sort(static_cast<int>(random.below(5)) - 1,
                               random.below(2) == 0 ? Qt::AscendingOrder : Qt::DescendingOrder);
            fixture.show();
            const auto expected =
                inspect::selectKeys(fixture.model.keyspace()->view, query, fixture.model.order(),
                                    GrowingKeyspace::kNow, [] { return true; });
            QVERIFY(expected.ok());
            QCOMPARE(fixture.model.rows()->keys, *expected);
            QCOMPARE(fixture.model.rowCount(), int(expected->size()));
            held.removeIf([](const QPersistentModelIndex& index) { return !index.isValid(); });
            for (const QPersistentModelIndex& index : held) {
                const KeyRef key = fixture.model.keyAt(index.row());
                QCOMPARE(fixture.model.rowOf(key), index.row());
            }
            if (fixture.model.rowCount() > 0) {
                const int row = static_cast<int>(
                    random.below(static_cast<std::uint64_t>(fixture.model.rowCount())));
                held.append(fixture.model.index(row, 0));
            }
        }
    }

    void anotherKeyspaceEmptiesTheTableAtOnce() {
        Fixture fixture;
        fixture.keys.add("a");
        fixture.show();
        QCOMPARE(fixture.model.shown(), 1);
        GrowingKeyspace other(2);
        other.add("other");
        fixture.model.setKeyspace(other.snapshot());
        QCOMPARE(fixture.model.rowCount(), 0);
        fixture.settle();
        QCOMPARE(fixture.names(), QStringList({u"other"_s}));
        fixture.model.setKeyspace(nullptr);
        QCOMPARE(fixture.model.rowCount(), 0);
        QCOMPARE(fixture.model.total(), 0);
        QVERIFY(!fixture.model.busy());
    }

    void whatHasFewerKeysThanBeforeIsNoGrownWalk() {
        Fixture fixture;
        fixture.keys.add("a");
        fixture.keys.add("b");
        fixture.show();
        GrowingKeyspace other(1);
        other.add("c");
        fixture.model.setKeyspace(other.snapshot());
        fixture.settle();
        QCOMPARE(fixture.names(), QStringList({u"c"_s}));
    }

    void hostileNamesAreEscapedAndKeptExactly() {
        Fixture fixture;
        for (const std::string& name : kHostileNames) {
            fixture.keys.add(name);
        }
        fixture.show();
        fixture.model.sort(-1, Qt::AscendingOrder);
        fixture.settle();
        QCOMPARE(fixture.model.rowCount(), int(std::size(kHostileNames)));
        for (int row = 0; row < fixture.model.rowCount(); ++row) {
            const std::string& name = kHostileNames[row];
            const QModelIndex index = fixture.model.index(row, 0);
            QCOMPARE(index.data(KeyTableModel::bytesRole).toByteArray().toStdString(), name);
            QCOMPARE(fixture.model.keyAt(row).name, name);
            QCOMPARE(fixture.model.rowOf(fixture.model.keyAt(row)), row);
            const QString shown = index.data().toString();
            QVERIFY(shown.size() < 2'000);
            for (const QChar letter : shown) {
                QVERIFY(letter.isPrint() || letter.isSurrogate());
            }
            if (!name.empty() && name.size() <= 512) {
                QCOMPARE(shown, keyText(name));
            }
            const QString toolTip = index.data(Qt::ToolTipRole).toString();
            QVERIFY(!toolTip.contains(QLatin1String("<b>")));
            QVERIFY(toolTip.size() < 10'000);
        }
        QVERIFY(fixture.names().at(7).endsWith(QLatin1String("x\\x0aend")));
        QVERIFY(fixture.model.index(7, 0)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains(QLatin1String("500,004 bytes")));
    }

    void longNamesAreCutBetweenLetters() {
        Fixture fixture;
        std::string name = "x";
        for (int i = 0; i < 400; ++i) {
            name += "\U0001f600";
        }
        fixture.keys.add(name);
        fixture.show();
        const QString shown = fixture.cell(0, KeyTableModel::keyColumn);
        QVERIFY(!shown.contains(QLatin1Char('\\')));
        QVERIFY(shown.contains(QChar(0x2026)));
    }

    void selectedKeysAreCopiedByteForByte() {
        Fixture fixture;
        for (const std::string& name : kHostileNames) {
            fixture.keys.add(name);
        }
        fixture.show();
        fixture.model.sort(-1, Qt::AscendingOrder);
        fixture.settle();
        QByteArray copied;
        for (int row = 0; row < fixture.model.rowCount(); ++row) {
            bool done = false;
            fixture.model.write({row}, KeyTableModel::Form::names, [&](const QByteArray& bytes) {
                copied = bytes;
                done = true;
            });
            QTRY_VERIFY(done);
            QCOMPARE(copied.toStdString(), kHostileNames[row]);
        }
        fixture.model.write({4, 2}, KeyTableModel::Form::names,
                            [&](const QByteArray& bytes) { copied = bytes; });
        QTRY_COMPARE(copied.toStdString(), kHostileNames[4] + "\n" + kHostileNames[2]);
    }

    void csvHasARowAKeyWhateverItsName() {
        Fixture fixture;
        fixture.keys.add("a \"quoted\", name", 1'500, 42, "hash", 7);
        fixture.keys.add("broken \xff", kNoExpiry, inspect::kSizeUnknown, "string");
        fixture.keys.add("unknown", kExpiryUnknown, 1, "");
        fixture.show(true);
        fixture.model.sort(-1, Qt::AscendingOrder);
        fixture.settle();
        const QByteArray expected =
            "key,type,ttl_s,bytes,idle_s\n"
            "\"a \"\"quoted\"\", name\",\"hash\",1.500,42,7\n"
            "\"broken \\xff\",\"string\",none,,\n"
            "\"unknown\",\"\",,1,\n";
        QByteArray csv;
        fixture.model.write({0, 1, 2}, KeyTableModel::Form::csv,
                            [&](const QByteArray& bytes) { csv = bytes; });
        QTRY_COMPARE(csv, expected);
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("keys.csv"));
        QSignalSpy exported(&fixture.model, &KeyTableModel::exported);
        fixture.model.exportCsv(path);
        QTRY_COMPARE(exported.size(), 1);
        QCOMPARE(exported.takeFirst().at(1).toString(), QString());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), expected);
        fixture.model.exportCsv(folder.filePath(QStringLiteral("no/such/folder.csv")));
        QTRY_COMPARE(exported.size(), 1);
        QVERIFY(!exported.takeFirst().at(1).toString().isEmpty());
    }

    void aKeyFromElsewhereIsLocated() {
        Fixture fixture;
        for (int i = 0; i < 1'000; ++i) {
            fixture.keys.add("key:" + std::to_string(i), kNoExpiry,
                             static_cast<std::uint64_t>(1 + i));
        }
        fixture.show();
        KeyRef wanted;
        wanted.name = "key:0";
        QCOMPARE(fixture.model.rowOf(wanted), -1);
        int row = -2;
        fixture.model.locate(wanted, [&](int found) { row = found; });
        QTRY_COMPARE(row, 999);
        QCOMPARE(fixture.model.rowOf(wanted), 999);
        wanted.name = "no such key";
        fixture.model.locate(wanted, [&](int found) { row = found; });
        QTRY_COMPARE(row, -1);
    }
};

QTEST_GUILESS_MAIN(TestKeyTableModel)
#include "tst_key_table_model.moc"
