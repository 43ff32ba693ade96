// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QSignalSpy>
#include <QTest>

#include "engine/core/random.h"
#include "tests/support/growing_keyspace.h"
#include "ui/model/namespace_tree_model.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace Qt::StringLiterals;
using cachescope::inspect::kNoExpiry;
using cachescope::test::GrowingKeyspace;
using cachescope::test::kHostileNames;

namespace {

constexpr int kPatience = 30'000;

struct Untested {
    GrowingKeyspace keys;
    NamespaceTreeModel model;

    void show(std::uint64_t databaseKeys = 0) {
        model.setKeyspace(keys.snapshot(false, databaseKeys));
        settle();
    }
    bool settle() {
        return QTest::qWaitFor([this] { return !model.busy(); }, kPatience);
    }
    QModelIndex open(const QModelIndex& index) {
        if (model.canFetchMore(index)) {
            model.fetchMore(index);
            settle();
        }
        return index;
    }
    QStringList rows(const QModelIndex& parent = {}) const {
        QStringList texts;
        for (int row = 0; row < model.rowCount(parent); ++row) {
            const QModelIndex index = model.index(row, 0, parent);
            texts.append(index.data().toString() + u' ' +
                         index.data(NamespaceTreeModel::figureRole).toString());
        }
        return texts;
    }
};

struct Fixture : Untested {
    // It opens levels by itself, as a view may.
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::QtTest};
};

}  // namespace

class TestNamespaceTreeModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void levelsAreReadWhenTheyAreOpened() {
        Untested fixture;
        fixture.keys.add("product:detail:1", kNoExpiry, 400);
        fixture.keys.add("product:detail:2", kNoExpiry, 300);
        fixture.keys.add("product:7", kNoExpiry, 50);
        fixture.keys.add("page:1", kNoExpiry, 200);
        fixture.keys.add("lonely", kNoExpiry, 900);
        fixture.show();
        QCOMPARE(fixture.rows(), QStringList({u"product: 750\u00a0B"_s, u"page: 200\u00a0B"_s,
                                              u"(no namespace) 900\u00a0B"_s}));
        const QModelIndex product = fixture.model.index(0, 0);
        const QModelIndex page = fixture.model.index(1, 0);
        QVERIFY(fixture.model.hasChildren(product));
        QVERIFY(!fixture.model.hasChildren(page));
        QCOMPARE(fixture.model.rowCount(product), 0);
        const QSignalSpy inserted(&fixture.model, &QAbstractItemModel::rowsInserted);
        QVERIFY(fixture.model.canFetchMore(product));
        fixture.model.fetchMore(product);
        QCOMPARE(inserted.size(), 0);
        QVERIFY(!fixture.model.canFetchMore(product));
        QTRY_COMPARE(inserted.size(), 1);
        QCOMPARE(fixture.rows(product),
                 QStringList({u"detail: 700\u00a0B"_s, u"(keys right here) 50\u00a0B"_s}));
        QCOMPARE(fixture.model.prefixOf(product), std::string("product:"));
        QCOMPARE(fixture.model.prefixOf(fixture.model.index(0, 0, product)),
                 std::string("product:detail:"));
        QCOMPARE(fixture.model.indexOf("product:detail:"), fixture.model.index(0, 0, product));
        QVERIFY(!fixture.model.indexOf("product:none:").isValid());
        const QModelIndex direct = fixture.model.index(1, 0, product);
        QCOMPARE(fixture.model.kindOf(direct), NamespaceTreeModel::Kind::direct);
        QCOMPARE(fixture.model.prefixOf(direct), std::string("product:"));
    }

    void severalLevelsCanBeOpenedAtOnce() {
        Fixture fixture;
        for (int i = 0; i < 20; ++i) {
            fixture.keys.add("n" + std::to_string(i) + ":a:b");
        }
        fixture.show();
        for (int row = 0; row < fixture.model.rowCount(); ++row) {
            fixture.model.fetchMore(fixture.model.index(row, 0));
        }
        fixture.settle();
        for (int row = 0; row < fixture.model.rowCount(); ++row) {
            QCOMPARE(fixture.model.rowCount(fixture.model.index(row, 0)), 1);
        }
    }

    void theMeasureSortsAndKeepsThePlaces() {
        Fixture fixture;
        fixture.keys.add("large:1", kNoExpiry, 1'000);
        fixture.keys.add("many:1", kNoExpiry, 10);
        fixture.keys.add("many:2", kNoExpiry, 10);
        fixture.keys.add("due:1", 60'000, 10);
        fixture.keys.add("due:2", 7'200'000, 10);
        fixture.keys.add("many:3", kNoExpiry, 10);
        fixture.show();
        const QPersistentModelIndex large = fixture.model.index(0, 0);
        QCOMPARE(large.data(), u"large:"_s);
        QCOMPARE(large.data(NamespaceTreeModel::shareRole).toDouble(), 1.0);
        fixture.model.setMeasure(NamespaceTreeModel::Measure::keys);
        QCOMPARE(fixture.rows(), QStringList({u"many: 3"_s, u"due: 2"_s, u"large: 1"_s}));
        QCOMPARE(large.row(), 2);
        QCOMPARE(large.data(NamespaceTreeModel::partRole).toDouble(), 1.0 / 6);
        fixture.model.setMeasure(NamespaceTreeModel::Measure::dueSoon);
        QCOMPARE(fixture.rows().first(), u"due: 1"_s);
    }

    void aWalkThatGrowsChangesTheTreeInPlace() {
        Fixture fixture;
        Random random(3);
        const auto addSome = [&] {
            for (int i = 0; i < 200; ++i) {
                std::string name = "level" + std::to_string(random.below(12));
                for (std::uint64_t depth = random.below(4); depth > 0; --depth) {
                    name += ":part" + std::to_string(random.below(5));
                }
                fixture.keys.add(name + ":" + std::to_string(random.below(1'000)), kNoExpiry,
                                 random.below(500));
            }
        };
        addSome();
        fixture.show();
        const QPersistentModelIndex chosen = fixture.model.index(4, 0);
        const std::string prefix = fixture.model.prefixOf(chosen);
        fixture.open(chosen);
        const QPersistentModelIndex deep = fixture.model.index(0, 0, chosen);
        const std::string deepPrefix = fixture.model.prefixOf(deep);
        fixture.open(deep);
        QVERIFY(deep.isValid());
        QItemSelectionModel selection(&fixture.model);
        selection.select(deep, QItemSelectionModel::Select);
        const QSignalSpy reset(&fixture.model, &QAbstractItemModel::modelReset);
        for (int step = 0; step < 10; ++step) {
            addSome();
            fixture.show();
            QCOMPARE(fixture.model.prefixOf(chosen), prefix);
            QCOMPARE(fixture.model.prefixOf(deep), deepPrefix);
            QVERIFY(selection.isSelected(deep));
            const auto level = levelBelow(fixture.model.keyspace()->view, prefix,
                                          GrowingKeyspace::kNow + 3'600'000);
            QCOMPARE(fixture.model.rowCount(chosen),
                     int(level.groups.size()) + (level.here.keys > 0 ? 1 : 0));
            for (int row = 0; row < int(level.groups.size()); ++row) {
                const QModelIndex index = fixture.model.index(row, 0, chosen);
                const auto& group = level.groups[static_cast<std::size_t>(row)];
                QCOMPARE(index.data(NamespaceTreeModel::valueRole).toDouble(), double(group.bytes));
                QCOMPARE(fixture.model.prefixOf(index), prefix + group.name + ":");
            }
        }
        QCOMPARE(reset.size(), 0);
    }

    void keyspacesThatComeFasterThanLevelsAreReadEndInTheLatest() {
        Fixture fixture;
        for (int i = 0; i < 50; ++i) {
            fixture.keys.add("n:" + std::to_string(i), kNoExpiry, 1);
            fixture.model.setKeyspace(fixture.keys.snapshot());
        }
        fixture.settle();
        QCOMPARE(fixture.rows(), QStringList({u"n: 50\u00a0B"_s}));
    }

    void aSampleIsScaledAndSaysSo() {
        Fixture fixture;
        for (int i = 0; i < 100; ++i) {
            fixture.keys.add("n:" + std::to_string(i), kNoExpiry, 100);
        }
        fixture.show(100'000);
        QCOMPARE(fixture.rows(), QStringList({u"n: ≈\u00a09.5\u00a0MiB"_s}));
        fixture.model.setMeasure(NamespaceTreeModel::Measure::keys);
        QCOMPARE(fixture.rows(), QStringList({u"n: ≈\u00a0100,000"_s}));
    }

    void levelsWithTooManyNamespacesSayWhatTheOthersHave() {
        Fixture fixture;
        for (std::size_t i = 0; i < NamespaceTreeModel::kMostRows + 20; ++i) {
            fixture.keys.add("n" + std::to_string(i) + ":1", kNoExpiry, 1);
        }
        fixture.show();
        const int rows = fixture.model.rowCount();
        QCOMPARE(rows, int(NamespaceTreeModel::kMostRows) + 1);
        const QModelIndex others = fixture.model.index(rows - 1, 0);
        QCOMPARE(fixture.model.kindOf(others), NamespaceTreeModel::Kind::others);
        QCOMPARE(others.data(NamespaceTreeModel::figureRole), u"20\u00a0B"_s);
    }

    void anotherKeyspaceEmptiesTheTreeAtOnce() {
        Fixture fixture;
        fixture.keys.add("a:1");
        fixture.show();
        QCOMPARE(fixture.model.rowCount(), 1);
        GrowingKeyspace other(2);
        other.add("b:1");
        fixture.model.setKeyspace(other.snapshot());
        QCOMPARE(fixture.model.rowCount(), 0);
        fixture.settle();
        QCOMPARE(fixture.model.index(0, 0).data(), u"b:"_s);
        fixture.model.setKeyspace(nullptr);
        QCOMPARE(fixture.model.rowCount(), 0);
        QVERIFY(!fixture.model.busy());
    }

    void hostileNamespacesAreEscaped() {
        Fixture fixture;
        for (const std::string& name : kHostileNames) {
            fixture.keys.add(name + ":deep:1");
        }
        fixture.show();
        QCOMPARE(fixture.model.rowCount(), int(std::size(kHostileNames)));
        for (int row = 0; row < fixture.model.rowCount(); ++row) {
            const QModelIndex index = fixture.open(fixture.model.index(row, 0));
            QCOMPARE(fixture.model.rowCount(index), 1);
            for (const QChar letter : index.data().toString()) {
                QVERIFY(letter.isPrint() || letter.isSurrogate());
            }
            QVERIFY(index.data().toString().size() < 2'000);
            QVERIFY(!index.data(Qt::ToolTipRole).toString().contains(u"<b>"_s));
        }
    }
};

QTEST_GUILESS_MAIN(TestNamespaceTreeModel)
#include "tst_namespace_tree_model.moc"
