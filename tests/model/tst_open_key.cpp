// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLocale>
#include <QSignalSpy>
#include <QTest>
#include <set>

#include "tests/model/open_key_fixture.h"
#include "ui/model/value_text.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::inspect::ValueType;
using cachescope::test::PrivateRedis;
using namespace cachescope::ui::test;
using Stage = OpenedValue::Stage;

class TestOpenKey : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void everyTypeIsRead() {
        const PrivateRedis server;
        NEEDS(server);
        server.commands({{"SET", "string", "some text"},
                         {"HSET", "hash", "name", "cup", "price", "24.90"},
                         {"RPUSH", "list", "first", "second"},
                         {"SADD", "set", "one", "two"},
                         {"ZADD", "zset", "1.5", "low", "7", "high"},
                         {"XADD", "stream", "1-1", "field", "value", "other", "{\"a\":1}"}});
        Opened opened(server);
        QVERIFY(opened.open("string"));
        QCOMPARE(opened.value().head.type, ValueType::string);
        QCOMPARE(*opened.value().bytes, std::string("some text"));
        QVERIFY(opened.decoded(QStringLiteral("some text")));
        QVERIFY(opened.open("hash"));
        QCOMPARE(opened.value().rows.size(), 2U);
        QCOMPARE(opened.names(), QStringLiteral("name price"));
        QCOMPARE(opened.value().rows[1]->preview, QStringLiteral("24.90"));
        QVERIFY(opened.open("list"));
        QCOMPARE(opened.value().rows[1]->preview, QStringLiteral("second"));
        opened.key.select(1);
        QCOMPARE(bytesOf(opened), std::string("second"));
        QVERIFY(opened.open("set"));
        QCOMPARE(opened.value().rows.size(), 2U);
        QVERIFY(opened.open("zset"));
        QCOMPARE(opened.value().rows[0]->name, QStringLiteral("1.5"));
        QCOMPARE(opened.value().rows[0]->preview, QStringLiteral("low"));
        QCOMPARE(bytesOf(opened), std::string("low"));
        QVERIFY(opened.open("stream"));
        QCOMPARE(opened.value().rows[0]->name, QStringLiteral("1-1"));
        QCOMPARE(opened.value().rows[0]->preview,
                 QStringLiteral("field: value, other: {\"a\": 1}"));
        QVERIFY(opened.decoded(QStringLiteral("\"field\": \"value\"")));
        QVERIFY(opened.key.decoded().text.contains(QStringLiteral("\"a\": 1")));
    }

    void aCollectionComesPageByPage() {
        const PrivateRedis server;
        NEEDS(server);
        std::vector<RedisCommand> fill;
        for (int i = 0; i < 1000; ++i) {
            const std::string n = std::to_string(i);
            fill.push_back({"HSET", "hash", "f" + n, n});
            fill.push_back({"RPUSH", "list", n});
        }
        server.commands(fill);
        inspect::ValueReaderOptions options;
        options.elements = 300;
        Opened opened(server, options);
        QVERIFY(opened.open("list"));
        QCOMPARE(opened.value().rows.size(), 300U);
        QCOMPARE(ValueTexts::extent(opened.value()), QStringLiteral("300 of 1,000 elements"));
        QVERIFY(opened.key.canLoadMore());
        opened.key.loadMore();
        QVERIFY(opened.rest());
        QCOMPARE(opened.value().rows.size(), 600U);
        // What was shown stays shown when it is read again.
        opened.key.refresh();
        QVERIFY(opened.rest());
        QCOMPARE(opened.value().rows.size(), 600U);
        for (int i = 0; i < 2; ++i) {
            opened.key.loadMore();
            QVERIFY(opened.rest());
        }
        QCOMPARE(opened.value().rows.size(), 1000U);
        QVERIFY(!opened.key.canLoadMore());
        QVERIFY(ValueTexts::extent(opened.value()).isEmpty());
        QVERIFY(opened.open("hash"));
        while (opened.key.canLoadMore()) {
            opened.key.loadMore();
            QVERIFY(opened.rest());
        }
        std::set<std::string> fields;
        for (const auto& row : opened.value().rows) {
            fields.insert(row->element.name);
        }
        QCOMPARE(fields.size(), 1000U);
        QCOMPARE(opened.value().rows.size(), 1000U);
    }

    void aChangeByAnotherClientIsShownWithoutPolling() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"HSET", "hash", "a", "1", "b", "2", "c", "3"});
        Opened opened(server);
        opened.key.setWatched(true);
        QVERIFY(opened.open("hash"));
        opened.key.select(1);
        QTRY_COMPARE_WITH_TIMEOUT(opened.key.watching(), OpenKey::Watching::on, kPatience);
        QCOMPARE(ValueTexts::watching(opened.key.watching(), {}),
                 QStringLiteral("Follows changes"));
        QVERIFY(opened.rest());
        const std::string chosen =
            opened.value().rows[static_cast<std::size_t>(opened.key.selected())]->element.name;
        QCOMPARE(chosen, std::string("b"));
        // Nobody asks while nothing changes: the watch's PING, every five seconds, is all.
        QTRY_VERIFY_WITH_TIMEOUT(opened.rest(), kPatience);
        const std::uint64_t before = sent(opened);
        QVERIFY2(!QTest::qWaitFor([&] { return sent(opened) > before + 2; }, 600),
                 "it asks by itself");
        server.commands({{"HDEL", "hash", "a"}, {"HSET", "hash", "b", "22", "d", "4"}});
        QTRY_COMPARE_WITH_TIMEOUT(opened.names(), QStringLiteral("b c d"), kPatience);
        QCOMPARE(opened.value().rows[static_cast<std::size_t>(opened.key.selected())]->element.name,
                 std::string("b"));
        QCOMPARE(bytesOf(opened), std::string("22"));
        QVERIFY(opened.decoded(QStringLiteral("22")));
    }

    void aKeyNobodyLooksAtIsNotAskedFor() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"SET", "key", "1"});
        Opened opened(server);
        opened.key.setWatched(true);
        QVERIFY(opened.open("key"));
        QTRY_COMPARE_WITH_TIMEOUT(opened.key.watching(), OpenKey::Watching::on, kPatience);
        QVERIFY(opened.rest());
        opened.key.setWatched(false);
        QCOMPARE(opened.key.watching(), OpenKey::Watching::off);
        const std::uint64_t before = sent(opened);
        server.command({"SET", "key", "2"});
        opened.key.tick();
        QVERIFY(!QTest::qWaitFor([&] { return sent(opened) > before; }, 400));
        QCOMPARE(bytesOf(opened), std::string("1"));
        opened.key.setWatched(true);
        QTRY_COMPARE_WITH_TIMEOUT(bytesOf(opened), std::string("2"), kPatience);
    }

    void aKeyThatIsGoneLeavesNothing() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"RPUSH", "list", "a", "b"});
        Opened opened(server);
        opened.key.setWatched(true);
        QVERIFY(opened.open("list"));
        QTRY_COMPARE_WITH_TIMEOUT(opened.key.watching(), OpenKey::Watching::on, kPatience);
        QVERIFY(opened.rest());
        server.command({"DEL", "list"});
        QTRY_COMPARE_WITH_TIMEOUT(opened.value().stage, Stage::vanished, kPatience);
        QVERIFY(opened.value().rows.empty());
        QCOMPARE(opened.key.selected(), -1);
        QVERIFY(opened.key.decoded().text.isEmpty());
        QVERIFY(opened.key.chosenBytes() == nullptr);
        QVERIFY(ValueTexts::summary(opened.value()).isEmpty());
        QVERIFY(ValueTexts::notice(opened.value()).contains(QStringLiteral("gone")));
        // It is watched still, and comes back.
        server.command({"RPUSH", "list", "c"});
        QTRY_COMPARE_WITH_TIMEOUT(opened.value().stage, Stage::present, kPatience);
        QCOMPARE(opened.value().rows.size(), 1U);
    }

    void aKeyWhoseTimeIsOverIsGone() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"SET", "key", "x", "PX", "900"});
        Opened opened(server);
        opened.key.setWatched(true);
        QVERIFY(opened.open("key"));
        QVERIFY(opened.key.remaining().has_value());
        QVERIFY(opened.key.remainingShare() > 0 && opened.key.remainingShare() <= 1);
        QTRY_VERIFY_WITH_TIMEOUT((opened.key.tick(), opened.value().stage == Stage::vanished),
                                 kPatience);
    }

    void anotherTypeIsShownAsWhatItIsNow() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"HSET", "key", "field", "value"});
        Opened opened(server);
        QVERIFY(opened.open("key"));
        server.commands({{"DEL", "key"}, {"SET", "key", "a text"}});
        opened.key.refresh();
        QVERIFY(opened.rest());
        QCOMPARE(opened.value().head.type, ValueType::string);
        QVERIFY(opened.value().rows.empty());
        QCOMPARE(bytesOf(opened), std::string("a text"));
        QVERIFY2(ValueTexts::notice(opened.value()).contains(QStringLiteral("was a hash")),
                 qPrintable(ValueTexts::notice(opened.value())));
    }

    void aModulesTypeIsNamed() {
        // No module is at hand: this is what the server would say of one.
        OpenedValue value;
        value.stage = Stage::present;
        value.head.exists = true;
        value.head.typeName = "ReJSON-RL";
        value.failure = Error{ErrorCode::unsupported, "ReJSON-RL"};
        QCOMPARE(ValueTexts::summary(value), QStringLiteral("ReJSON-RL"));
        QVERIFY(ValueTexts::notice(value).contains(QStringLiteral("ReJSON-RL")));
        QVERIFY(ValueTexts::notice(value).contains(QStringLiteral("module")));
    }

    void timesOfFieldsAreRead() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"HSET", "hash", "a", "1", "b", "2"});
        if (server.command({"HPEXPIRE", "hash", "100000", "FIELDS", "1", "a"}).isError()) {
            QSKIP("this server has no times for fields of hashes (Redis 7.4, Valkey 9)");
        }
        Opened opened(server);
        QVERIFY(opened.open("hash"));
        QVERIFY(opened.value().rows[0]->element.ttl.has_value());
        QVERIFY(!opened.value().rows[1]->element.ttl.has_value());
    }

    void theAnswerOfAnEarlierKeyNeverArrives() {
        const PrivateRedis server;
        NEEDS(server);
        std::vector<RedisCommand> fill;
        for (int i = 0; i < 100; ++i) {
            fill.push_back({"SET", "key" + std::to_string(i), "value" + std::to_string(i)});
        }
        server.commands(fill);
        Opened opened(server);
        connect(&opened.key, &OpenKey::valueChanged, this, [&] {
            if (opened.value().bytes != nullptr) {
                QCOMPARE("key" + opened.value().bytes->substr(5), opened.key.key()->name);
            }
        });
        for (int i = 0; i < 100; ++i) {
            opened.key.open({"key" + std::to_string(i), 0, {}});
            if (i % 7 == 0) {
                QCoreApplication::sendPostedEvents();
            }
        }
        QVERIFY(opened.rest());
        QCOMPARE(bytesOf(opened), std::string("value99"));
        opened.key.open({"key1", 0, {}});
        opened.key.setLink(nullptr);
        QVERIFY(!opened.key.isOpen());
        QCOMPARE(opened.value().stage, Stage::closed);
        QVERIFY(opened.rest());
        QCOMPARE(opened.value().stage, Stage::closed);
    }

    void whatALostServerLeavesIsCalledOld() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"HSET", "hash", "a", "1"});
        Opened opened(server);
        QVERIFY(opened.open("hash"));
        server.command({"SHUTDOWN", "NOSAVE"});
        opened.key.refresh();
        QVERIFY(opened.rest());
        QVERIFY(opened.value().isOld);
        QCOMPARE(opened.value().rows.size(), 1U);
        const QString sentence = ValueTexts::notice(opened.value());
        QVERIFY2(sentence.contains(QStringLiteral("out of date")), qPrintable(sentence));
        // Of another key there is nothing to be called old.
        QVERIFY(opened.open("another"));
        QCOMPARE(opened.value().stage, Stage::failed);
        QVERIFY(opened.value().rows.empty());
        QVERIFY(!ValueTexts::notice(opened.value()).isEmpty());
    }

    void whoMayNotTrackIsToldSo() {
        const PrivateRedis server;
        NEEDS(server);
        server.commands({{"SET", "key", "x"}, {"ACL", "SETUSER", "default", "-client|tracking"}});
        Opened opened(server);
        opened.key.setWatched(true);
        QVERIFY(opened.open("key"));
        QTRY_COMPARE_WITH_TIMEOUT(opened.key.watching(), OpenKey::Watching::refused, kPatience);
        const QSignalSpy told(&opened.key, &OpenKey::watchingChanged);
        opened.key.tick();
        QCOMPARE(told.size(), 1);
        const QString sentence =
            ValueTexts::watching(opened.key.watching(), opened.key.watchFailure());
        QVERIFY2(sentence.contains(QStringLiteral("+client|tracking")), qPrintable(sentence));
        QCOMPARE(bytesOf(opened), std::string("x"));
    }

    void whoMayNotReadIsToldTheRule() {
        const PrivateRedis server;
        NEEDS(server);
        server.commands({{"HSET", "hash", "a", "1"}, {"ACL", "SETUSER", "default", "-hscan"}});
        Opened opened(server);
        QVERIFY(opened.open("hash"));
        QCOMPARE(opened.value().stage, Stage::present);
        const QString sentence = ValueTexts::notice(opened.value());
        QVERIFY2(sentence.contains(QStringLiteral("+hscan")), qPrintable(sentence));
    }

    void nothingIsEverWrittenAndOtherKeysStayUntouched() {
        const PrivateRedis server({"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"});
        NEEDS(server);
        server.commands({{"SET", "other", "x"}, {"HSET", "open", "a", "1"}});
        // The server counts idle times in whole seconds.
        QTRY_VERIFY_WITH_TIMEOUT(server.command({"OBJECT", "IDLETIME", "other"}).integer >= 2,
                                 kPatience);
        server.command({"CONFIG", "RESETSTAT"});
        Opened opened(server);
        opened.key.setWatched(true);
        QVERIFY(opened.open("open"));
        QTRY_COMPARE_WITH_TIMEOUT(opened.key.watching(), OpenKey::Watching::on, kPatience);
        QVERIFY(opened.rest());
        opened.key.refresh();
        QVERIFY(opened.rest());
        QVERIFY(server.command({"OBJECT", "IDLETIME", "other"}).integer >= 2);
        QVERIFY(!opened.link->isUnlocked());
        const std::string commands = server.command({"INFO", "commandstats"}).text;
        QVERIFY(commands.find("cmdstat_hscan") != std::string::npos);
        for (const char* write : {"cmdstat_set:", "cmdstat_hset", "cmdstat_del", "cmdstat_expire",
                                  "cmdstat_pexpire", "cmdstat_unlink", "cmdstat_persist"}) {
            QVERIFY2(commands.find(write) == std::string::npos, write);
        }
    }

    void aServerThatHangsHoldsNobodyUp() {
        PrivateRedis server;
        NEEDS(server);
        server.commands({{"SET", "key", "x"}});
        Opened opened(server);
        opened.key.setWatched(true);
        QVERIFY(opened.open("key"));
        QTRY_COMPARE_WITH_TIMEOUT(opened.key.watching(), OpenKey::Watching::on, kPatience);
        server.command({"CLIENT", "PAUSE", "3000", "ALL"});
        opened.key.refresh();
        const TimePoint begin = SystemClock::instance().now();
        opened.key.open({"another", 0, {}});
        opened.key.setLink(nullptr);
        // Three seconds are what it would take to wait.
        QVERIFY(SystemClock::instance().now() - begin < std::chrono::seconds{1});
    }
};

QTEST_GUILESS_MAIN(TestOpenKey)
#include "tst_open_key.moc"
