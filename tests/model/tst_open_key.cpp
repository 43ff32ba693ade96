// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QLocale>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <set>

#include "tests/support/private_redis.h"
#include "ui/model/open_key.h"
#include "ui/model/readable_lines.h"
#include "ui/model/value_text.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::inspect::ValueType;
using cachescope::test::PrivateRedis;
using Stage = OpenedValue::Stage;

#define NEEDS(server)                                \
    if (!(server).isRunning()) {                     \
        QSKIP("redis-server is not installed here"); \
    }                                                \
    static_assert(true)

namespace {

constexpr int kPatience = 20'000;

// A key is open, and all that was asked about it has come.
struct Opened {
    std::shared_ptr<inspect::InspectLink> link;
    OpenKey key;

    explicit Opened(const PrivateRedis& server, inspect::ValueReaderOptions options = {})
        : link(server.link()), key(nullptr, options) {
        key.setLink(link);
    }
    bool open(const std::string& name) {
        key.open({name, 0, {}});
        return rest();
    }
    bool rest() {
        return QTest::qWaitFor([this] { return !key.busy(); }, kPatience);
    }
    bool decoded(const QString& part) {
        return QTest::qWaitFor([&] { return key.decoded().text.contains(part); }, kPatience);
    }
    const OpenedValue& value() const { return key.value(); }
    QString names() const {
        QStringList all;
        for (const auto& row : value().rows) {
            all += row->name;
        }
        all.sort();
        return all.join(u' ');
    }
};

std::uint64_t sent(const Opened& opened) {
    return opened.link->own().commands;
}

std::string bytesOf(const Opened& opened) {
    const auto bytes = opened.key.chosenBytes();
    return bytes == nullptr ? std::string("nothing") : *bytes;
}

// Odd bytes, as keys and as values.
void addOddBytes() {
    QTest::addColumn<QByteArray>("odd");
    QTest::newRow("NUL") << QByteArray("a\0b", 3);
    QTest::newRow("line ends") << QByteArray("a\nb\r\nc");
    QTest::newRow("HTML") << QByteArray("<b>bold</b><img src=x>&amp;");
    QTest::newRow("right to left") << QByteArray(
        "a\xe2\x80\xae"
        "b\xd7\xa9");
    QTest::newRow("no UTF-8") << QByteArray("\xff\xfe\x80");
    QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbftext");
    QTest::newRow("quotes") << QByteArray("\"'\\");
    QTest::newRow("empty") << QByteArray("");
}

}  // namespace

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
        QTest::qWait(600);
        QVERIFY2(sent(opened) <= before + 2, "it asks by itself");
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
        QTest::qWait(400);
        QCOMPARE(sent(opened), before);
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

    void oddBytesAreCopiedExactly_data() { addOddBytes(); }
    void oddBytesAreCopiedExactly() {
        QFETCH(QByteArray, odd);
        const PrivateRedis server;
        NEEDS(server);
        const std::string bytes = odd.toStdString();
        server.commands({{"SET", "k" + bytes, bytes}, {"HSET", "h" + bytes, bytes, bytes}});
        Opened opened(server);
        QVERIFY(opened.open("k" + bytes));
        QCOMPARE(opened.value().stage, Stage::present);
        QCOMPARE(bytesOf(opened), bytes);
        QVERIFY(opened.open("h" + bytes));
        QCOMPARE(opened.value().rows.front()->element.name, bytes);
        QCOMPARE(bytesOf(opened), bytes);
        const auto mime = exactMime(bytesOf(opened));
        QCOMPARE(mime->data(QStringLiteral("application/octet-stream")), odd);
        if (inspect::isUtf8(bytes)) {
            QCOMPARE(mime->text().toUtf8(), odd);
        }
        // A line of a table is one line, and is read from left to right.
        const QString line = opened.value().rows.front()->preview;
        QVERIFY(!line.contains(u'\n') && !line.contains(QChar(0x202e)) && !line.contains(QChar(0)));
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("value"));
        const QSignalSpy saved(&opened.key, &OpenKey::saved);
        opened.key.save(path);
        QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 1, kPatience);
        QVERIFY2(saved[0][1].toString().isEmpty(), qPrintable(saved[0][1].toString()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), odd);
    }

    void aLongStringIsReadByWindows() {
        const PrivateRedis server;
        NEEDS(server);
        constexpr std::uint64_t kSize = std::uint64_t{20} << 20;
        server.command({"SETRANGE", "big", std::to_string(kSize - 7), "the end"});
        Opened opened(server, OpenKey::readerOptions());
        const std::uint64_t before = opened.link->own().bytes;
        QVERIFY(opened.open("big"));
        QCOMPARE(opened.value().head.length, kSize);
        QCOMPARE(opened.value().bytes->size(), opened.key.windowBytes());
        QVERIFY(opened.value().next.has_value());
        QVERIFY(opened.link->own().bytes - before < 2 * opened.key.windowBytes());
        // The whole window can be looked at.
        QVERIFY(opened.decoded(QStringLiteral("\n0003fff0  ")));
        QVERIFY(opened.key.decoded().note.isEmpty());
        opened.key.showBytesFrom(kSize - 10);
        QVERIFY(opened.rest());
        QCOMPARE(*opened.value().bytes, std::string("\0\0\0the end", 10));
        QVERIFY(!opened.value().next.has_value());
        // A window behind the end of what is left shows the beginning.
        server.command({"SET", "big", "short"});
        opened.key.refresh();
        QVERIFY(opened.rest());
        QCOMPARE(*opened.value().bytes, std::string("short"));
        QCOMPARE(opened.value().from, 0U);
    }

    void aLongStringIsSavedWhole() {
        const PrivateRedis server;
        NEEDS(server);
        const std::string whole(1'000'003, 'x');
        server.command({"SET", "big", whole});
        Opened opened(server, OpenKey::readerOptions());
        QVERIFY(opened.open("big"));
        QTemporaryDir folder;
        const QSignalSpy saved(&opened.key, &OpenKey::saved);
        opened.key.save(folder.filePath(QStringLiteral("nowhere/value")));
        QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 1, kPatience);
        QVERIFY(!saved[0][1].toString().isEmpty());
        QVERIFY(QTest::qWaitFor([&] { return !opened.key.saving(); }));
        opened.key.save(folder.filePath(QStringLiteral("value")));
        QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 2, kPatience);
        QFile file(folder.filePath(QStringLiteral("value")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().toStdString() == whole);
    }

    void elementsThatAreTooLargeAreRefused() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"RPUSH", "list", std::string(400'000, 'x')});
        inspect::ValueReaderOptions options;
        options.largestElement = 100'000;
        Opened opened(server, options);
        QVERIFY(opened.open("list"));
        QCOMPARE(opened.value().stage, Stage::present);
        QVERIFY(opened.value().rows.empty());
        QVERIFY(
            ValueTexts::notice(opened.value()).contains(QStringLiteral("cannot be read in part")));
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

    void formatsAreChosenByHand() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"SET", "key", "{\"colour\":\"white\"}"});
        Opened opened(server);
        QVERIFY(opened.open("key"));
        QVERIFY(opened.decoded(QStringLiteral("  \"colour\": \"white\"")));
        QCOMPARE(opened.key.decoded().format, QStringLiteral("JSON"));
        opened.key.setFormat(inspect::ValueFormat::hex);
        QVERIFY(opened.decoded(QStringLiteral("7b 22")));
        opened.key.setFormat(inspect::ValueFormat::gzip);
        QTRY_VERIFY_WITH_TIMEOUT(!opened.key.decoded().note.isEmpty(), kPatience);
        opened.key.setFormat(std::nullopt);
        QVERIFY(opened.decoded(QStringLiteral("  \"colour\"")));
        QVERIFY(opened.key.decoded().note.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestOpenKey)
#include "tst_open_key.moc"
