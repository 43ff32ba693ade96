// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/growing_keyspace.h"
#include "tests/support/private_redis.h"
#include "ui/model/key_mark_book.h"
#include "ui/model/key_table_model.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::inspect::ChangeRun;
using cachescope::inspect::ChangeTargets;
using cachescope::inspect::KeyChange;
using cachescope::inspect::KeyRevision;
using cachescope::inspect::kKeyGone;
using cachescope::inspect::kKeyRemoved;
using cachescope::inspect::kNoExpiry;
using cachescope::test::GrowingKeyspace;
using cachescope::test::PrivateRedis;
using Kind = KeyMark::Kind;

namespace {

constexpr int kPatience = 20'000;
constexpr std::int64_t kNow = GrowingKeyspace::kNow;

// "k:0" … due a second after the other from 100 s on.
struct Some : GrowingKeyspace {
    explicit Some(int keys, std::uint64_t number = 1) : GrowingKeyspace(number) {
        for (int i = 0; i < keys; ++i) {
            add("k:" + std::to_string(i), 100'000 + 1000 * i);
        }
    }
};

KeyMarkBook::Seen there(std::int64_t ttlMs, std::uint64_t bytes = 100,
                        const char* type = "string") {
    return {true, kNow + ttlMs, type, bytes, false, kNow};
}

KeyMarkBook::Seen gone(std::int64_t now = kNow) {
    KeyMarkBook::Seen seen;
    seen.now = now;
    return seen;
}

}  // namespace

class TestKeyMarks : public QObject {
    Q_OBJECT

private:
    PrivateRedis m_redis;

    std::shared_ptr<ChangeRun> ran(const ChangeTargets& targets, const KeyChange& change) const {
        const auto link = m_redis.link();
        link->setUnlocked(true);
        auto run = std::make_shared<ChangeRun>(link->guarded(), targets, change);
        const bool ended =
            run->waitForEnd(SystemClock::instance().now() + std::chrono::seconds{20});
        return ended ? run : nullptr;
    }

private Q_SLOTS:
    void aMarkIsKeptForEachKeyAndTheLatestCounts() {
        const Some keys(10);
        const auto view = keys.snapshot()->view;
        KeyMarks marks;
        QVERIFY(marks.isEmpty());
        QCOMPARE(marks.of(3).kind, Kind::none);
        marks = marks.with({{7, kKeyRemoved}, {2, kNow + 5000}, {4, kNoExpiry}}, view, kNow);
        QCOMPARE(marks.count(), 3u);
        QCOMPARE(marks.of(7).kind, Kind::removed);
        QCOMPARE(marks.of(2).kind, Kind::deadline);
        QCOMPARE(marks.of(2).expiry, kNow + 5000);
        QCOMPARE(marks.of(4).expiry, kNoExpiry);
        QCOMPARE(marks.of(3).kind, Kind::none);
        const KeyMarks later =
            marks.with({{2, kKeyGone}, {9, kNow + 1}, {0, kKeyRemoved}}, view, kNow);
        QCOMPARE(later.count(), 5u);
        QCOMPARE(later.of(2).kind, Kind::gone);
        QCOMPARE(later.of(4).expiry, kNoExpiry);
        QCOMPARE(marks.of(2).kind, Kind::deadline);  // a value
        const std::vector<KeyRevision> expected{
            {0, kKeyGone}, {2, kKeyGone}, {4, kNoExpiry}, {7, kKeyGone}, {9, kNow + 1}};
        QCOMPARE(later.revisions(), expected);
    }

    void whatIsAgainAsItWasReadHasNoMark() {
        const Some keys(10);
        const auto view = keys.snapshot()->view;
        const std::int64_t read = view.facts(5).expiry;
        KeyMarks marks = KeyMarks().with({{5, kNoExpiry}, {6, kNoExpiry}}, view, kNow);
        marks = marks.with({{5, read + 3}}, view, kNow);
        QCOMPARE(marks.of(5).kind, Kind::none);
        QCOMPARE(marks.count(), 1u);
        marks = marks.with({{6, view.facts(6).expiry}}, view, kNow);
        QVERIFY(marks.isEmpty());
        QCOMPARE(marks.count(), 0u);
    }

    void singleMarksGoBeforeThoseOfARunUntilTheNextRun() {
        const Some keys(10);
        const auto view = keys.snapshot()->view;
        const KeyMarks many = KeyMarks().with({{3, kKeyRemoved}, {4, kKeyRemoved}}, view, kNow);
        KeyMarks marks = many.with(3, {}).with(8, {.kind = Kind::deadline, .expiry = kNoExpiry});
        QCOMPARE(marks.of(3).kind, Kind::none);
        QCOMPARE(marks.of(4).kind, Kind::removed);
        QCOMPARE(marks.count(), 2u);
        const std::vector<KeyRevision> expected{{4, kKeyGone}, {8, kNoExpiry}};
        QCOMPARE(marks.revisions(), expected);
        marks = marks.with({{3, kKeyRemoved}, {8, kKeyRemoved}}, view, kNow);
        QCOMPARE(marks.count(), 3u);
        QCOMPARE(marks.of(3).kind, Kind::removed);
        QCOMPARE(marks.of(8).kind, Kind::removed);
        QVERIFY(many.with(3, {}).with(4, {}).with(9, {}).revisions().empty());
    }

    void expiringIsNoNewsAndIsNotCounted() {
        const Some keys(10);
        const auto view = keys.snapshot()->view;
        const std::int64_t later = kNow + 102'000;  // k:0, k:1 and k:2 are over
        const KeyMarks marks =
            KeyMarks().with({{1, kKeyGone}, {8, kKeyGone}}, view, later).with(2, {Kind::expired});
        QCOMPARE(marks.of(1).kind, Kind::expired);
        QCOMPARE(marks.of(8).kind, Kind::gone);
        QCOMPARE(marks.count(), 1u);
        QCOMPARE(marks.revisions().size(), 3u);
    }

    void aMillionMarksAreFoundAndCounted() {
        GrowingKeyspace keys;
        for (int i = 0; i < 1000; ++i) {
            keys.add("k:" + std::to_string(i));
        }
        const auto view = keys.snapshot()->view;
        std::vector<KeyRevision> revisions;
        for (std::uint32_t round = 0; round < 1000; ++round) {
            for (std::uint32_t i = 0; i < 1000; ++i) {
                revisions.push_back({999 - i, round == 999 && i % 2 == 0 ? kKeyRemoved : kNow});
            }
        }
        const KeyMarks marks = KeyMarks().with(revisions, view, kNow);
        QCOMPARE(marks.count(), 1000u);
        QCOMPARE(marks.of(999).kind, Kind::removed);
        QCOMPARE(marks.of(998).kind, Kind::deadline);
    }

    void theOpenKeyIsComparedWithWhatWasRead() {
        Some keys(10);
        KeyMarkBook book;
        QSignalSpy changed(&book, &KeyMarkBook::marksChanged);
        book.setKeyspace(keys.snapshot());
        const KeyRef key{"k:4", 0, {}, 4};
        book.see(key, there(104'300));
        QVERIFY(book.marks().isEmpty());
        QCOMPARE(changed.size(), 0);
        book.see(key, there(500'000));
        QCOMPARE(book.marks().of(4).kind, Kind::deadline);
        QCOMPARE(book.marks().of(4).expiry, kNow + 500'000);
        QCOMPARE(changed.size(), 1);
        book.see(key, there(500'040));  // the same, known a little differently
        QCOMPARE(changed.size(), 1);
        book.see(key, there(500'000, 4000));
        QCOMPARE(book.marks().of(4).kind, Kind::changed);
        QCOMPARE(markedFacts(book.keyspace()->view, 4, book.marks().of(4)).bytes, 4000u);
        book.see(key, there(104'000, 100, "hash"));
        QCOMPARE(book.marks().of(4).type, "hash");
        book.see(key, gone());
        QCOMPARE(book.marks().of(4).kind, Kind::gone);
        QCOMPARE(markedFacts(book.keyspace()->view, 4, book.marks().of(4)).type, "hash");
        book.see(key, there(104'000));  // somebody wrote it again, as it was
        QVERIFY(book.marks().isEmpty());
        book.see(key, gone(kNow + 104'000));
        QCOMPARE(book.marks().of(4).kind, Kind::expired);
        QCOMPARE(book.marks().count(), 0u);
    }

    void estimatesOfASizeMayDiffer() {
        GrowingKeyspace keys;
        keys.add("h", kNoExpiry, 1000, "hash");
        KeyMarkBook book;
        book.setKeyspace(keys.snapshot());
        KeyMarkBook::Seen seen{true, kNoExpiry, "hash", 1100, true, kNow};
        book.see({"h", 0, {}, 0}, seen);
        QVERIFY(book.marks().isEmpty());
        seen.bytes = 2000;
        book.see({"h", 0, {}, 0}, seen);
        QCOMPARE(book.marks().of(0).kind, Kind::changed);
    }

    void aKeyFromElsewhereIsFoundByItsName() {
        Some keys(30'000);
        KeyMarkBook book;
        book.setKeyspace(keys.snapshot());
        // Its number is of a view that is gone.
        book.see({"k:29999", 0, {}, 7}, gone());
        QTRY_COMPARE_WITH_TIMEOUT(book.marks().of(29'999).kind, Kind::gone, kPatience);
        QCOMPARE(book.marks().of(7).kind, Kind::none);
        book.see({"elsewhere", 0, {}}, gone());
        book.see({"k:29999", 0, {}, 7}, there(100'000 + 29'999'000));
        QTRY_VERIFY_WITH_TIMEOUT(book.marks().isEmpty(), kPatience);
    }

    void anotherKeyspaceBeginsWithoutMarksAndAGrownOneKeepsThem() {
        Some keys(10);
        KeyMarkBook book;
        book.setKeyspace(keys.snapshot());
        book.see({"k:4", 0, {}, 4}, gone());
        keys.add("more");
        book.setKeyspace(keys.snapshot());
        QCOMPARE(book.marks().count(), 1u);
        const Some other(10, 2);
        const QSignalSpy changed(&book, &KeyMarkBook::marksChanged);
        book.setKeyspace(other.snapshot());
        QVERIFY(book.marks().isEmpty());
        QCOMPARE(changed.size(), 1);
        book.see({"k:4", 0, {}, 4}, gone());
        book.setKeyspace(nullptr);
        QVERIFY(book.marks().isEmpty());
        book.see({"k:4", 0, {}, 4}, gone());
        QVERIFY(book.marks().isEmpty());
    }

    void rowsShowTheirMarksAndStayWhereTheyAre() {
        Some keys(10);
        KeyTableModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setKeyspace(keys.snapshot());
        model.sort(KeyTableModel::keyColumn, Qt::AscendingOrder);
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 10, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(!model.busy() && model.keyAt(1).name == "k:1", kPatience);
        const auto cell = [&](int row, KeyTableModel::Column column, int role = Qt::DisplayRole) {
            return model.index(row, column).data(role);
        };
        const QPersistentModelIndex place(model.index(7, 0));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy arranged(&model, &KeyTableModel::rowsArranged);
        model.setMarks(
            KeyMarks()
                .with({{1, kKeyRemoved}, {2, kKeyGone}, {3, kNow + 61'000}, {4, kNoExpiry}},
                      keys.snapshot()->view, kNow)
                .with(5, {Kind::expired})
                .with(6, {Kind::changed, kNow + 5000, 2048, "hash"}));
        QCOMPARE(changed.size(), 1);
        QCOMPARE(arranged.size(), 0);
        QCOMPARE(model.rowCount(), 10);
        QCOMPARE(place.row(), 7);
        const auto ttl = [&](int row) { return cell(row, KeyTableModel::ttlColumn).toString(); };
        QCOMPARE(ttl(1), QStringLiteral("removed"));
        QCOMPARE(ttl(2), QStringLiteral("gone"));
        QCOMPARE(ttl(3), QStringLiteral("1\u00a0min\u00a001\u00a0s"));
        QCOMPARE(ttl(4), QStringLiteral("no expiry"));
        QCOMPARE(ttl(5), QStringLiteral("expired"));
        QCOMPARE(cell(6, KeyTableModel::typeColumn).toString(), QStringLiteral("hash"));
        QCOMPARE(cell(6, KeyTableModel::sizeColumn).toString(), QStringLiteral("2\u00a0KiB"));
        for (int row = 0; row < 10; ++row) {
            const bool isGone = row == 1 || row == 2 || row == 5;
            QCOMPARE(cell(row, KeyTableModel::keyColumn, KeyTableModel::goneRole).toBool(), isGone);
        }
        QVERIFY(cell(1, KeyTableModel::keyColumn, Qt::AccessibleTextRole)
                    .toString()
                    .startsWith(QStringLiteral("k:1, removed since")));
        QVERIFY(cell(3, KeyTableModel::keyColumn, Qt::AccessibleTextRole)
                    .toString()
                    .contains(QStringLiteral("another expiry")));
        QCOMPARE(model.keyAt(3).facts.expiry, kNow + 61'000);
        QCOMPARE(model.keyAt(3).number, 3u);
        // What counts down does so from the new deadline.
        model.setNow(kNow + 60'000);
        QCOMPARE(ttl(3), QStringLiteral("1\u00a0s"));
        QCOMPARE(ttl(1), QStringLiteral("removed"));
        QByteArray csv;
        model.write({1, 2, 4}, KeyTableModel::Form::csv,
                    [&](const QByteArray& text) { csv = text; });
        QTRY_COMPARE_WITH_TIMEOUT(
            csv,
            QByteArray("key,type,ttl_s,bytes\n\"k:1\",\"string\",removed,100\n"
                       "\"k:2\",\"string\",gone,100\n"
                       "\"k:4\",\"string\",none,100\n"),
            kPatience);
        model.setMarks({});
        QCOMPARE(ttl(2), QStringLiteral("42\u00a0s"));
    }

    void aRunMarksWhatItReallyChanged() {
        if (!m_redis.isRunning()) {
            QSKIP("redis-server is not installed here");
        }
        m_redis.commands({{"FLUSHALL"},
                          {"SET", "k:1", "v"},
                          {"SET", "k:2", "v", "EX", "9"},
                          {"SET", "k:3", "v"}});
        Some keys(5000);
        KeyMarkBook book;
        book.setKeyspace(keys.snapshot());
        QSignalSpy taken(&book, &KeyMarkBook::runTaken);
        // One by its number, one by a number of another view, one that is not in this one.
        const auto removal =
            ran(ChangeTargets::of(
                    {{"k:1", 0, 1, 1}, {"k:2", 0, 1, 77}, {"other", 0}, {"k:9", 0, 1, 9}}),
                KeyChange::remove());
        QVERIFY(removal != nullptr);
        book.take(removal, kNow);
        const auto ttl =
            ran(ChangeTargets::of({{"k:3", 0, 1, 3}}), KeyChange::expireIn(std::chrono::hours{1}));
        QVERIFY(ttl != nullptr);
        book.take(ttl, kNow);  // at once: nothing of the former is lost
        QTRY_VERIFY_WITH_TIMEOUT(taken.size() >= 1 && book.marks().count() == 4, kPatience);
        QCOMPARE(book.marks().of(1).kind, Kind::removed);
        QCOMPARE(book.marks().of(2).kind, Kind::removed);
        QCOMPARE(book.marks().of(3).kind, Kind::deadline);
        QCOMPARE(book.marks().of(9).kind, Kind::gone);
        QCOMPARE(book.marks().of(77).kind, Kind::none);
        QCOMPARE(book.marks().of(3).expiry, m_redis.command({"PEXPIRETIME", "k:3"}).integer);
    }

    void whatTheServerTellsDuringARemovalDoesNotHideWhoDidIt() {
        if (!m_redis.isRunning()) {
            QSKIP("redis-server is not installed here");
        }
        m_redis.commands({{"FLUSHALL"}, {"SET", "k:1", "v"}});
        Some keys(10);
        KeyMarkBook book;
        book.setKeyspace(keys.snapshot());
        const auto run = ran(ChangeTargets::of({{"k:1", 0, 1, 1}}), KeyChange::remove());
        QVERIFY(run != nullptr);
        book.take(run, kNow);
        book.see({"k:1", 0, {}, 1}, gone());
        book.see({"k:2", 0, {}, 2}, gone());
        QSignalSpy taken(&book, &KeyMarkBook::runTaken);
        QVERIFY(taken.wait(kPatience));
        QCOMPARE(book.marks().of(1).kind, Kind::removed);
        QCOMPARE(book.marks().of(2).kind, Kind::gone);
    }
};

QTEST_GUILESS_MAIN(TestKeyMarks)
#include "tst_key_marks.moc"
