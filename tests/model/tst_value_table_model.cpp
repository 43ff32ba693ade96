// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QLocale>
#include <QPersistentModelIndex>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/private_redis.h"
#include "ui/model/open_key.h"
#include "ui/model/readable_lines.h"
#include "ui/model/value_table_model.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::test::PrivateRedis;

namespace {

constexpr int kPatience = 20'000;

struct Shown {
    std::shared_ptr<inspect::InspectLink> link;
    OpenKey key;
    ValueTableModel model{key};
    QAbstractItemModelTester tester{&model};

    explicit Shown(const PrivateRedis& server) : link(server.link()) { key.setLink(link); }
    bool rest() {
        return QTest::qWaitFor([this] { return !key.busy(); }, kPatience);
    }
    bool open(const std::string& name) {
        key.open({name, 0, {}});
        return rest();
    }
    QString text(int row, int column) const { return model.index(row, column).data().toString(); }
    QString header(int column) const {
        return model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    }
    QString column(int number) const {
        QStringList all;
        for (int row = 0; row < model.rowCount(); ++row) {
            all += text(row, number);
        }
        return all.join(u' ');
    }
};

// 14,000 times "x", as gzip has it.
std::string gzipped() {
    return QByteArray::fromHex(
               "1f8b08000000000002ffedc13101000000c2a0da8b6f085fa000000000000000000000"
               "000000e037c94942f0b0360000")
        .toStdString();
}

QString preview(const std::string& bytes) {
    return DecodedTexts::preview(bytes);
}

DecodedText decoded(const std::string& bytes, qsizetype most = 0) {
    return DecodedTexts::of(inspect::decodeValue(bytes), most);
}

}  // namespace

class TestValueTableModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void columnsFollowTheType() {
        const PrivateRedis server;
        if (!server.isRunning()) {
            QSKIP("redis-server is not installed here");
        }
        server.commands({{"HSET", "hash", "name", "cup"},
                         {"RPUSH", "list", "first", "second"},
                         {"SADD", "set", "one"},
                         {"ZADD", "zset", "1.5", "low"},
                         {"XADD", "stream", "1-1", "field", "value"},
                         {"SET", "string", "x"}});
        Shown shown(server);
        QVERIFY(shown.open("hash"));
        QCOMPARE(shown.header(0), QStringLiteral("field"));
        QCOMPARE(shown.text(0, 0), QStringLiteral("name"));
        QCOMPARE(shown.text(0, 1), QStringLiteral("cup"));
        QVERIFY(!shown.model.hasTtls());
        QVERIFY(shown.open("list"));
        QCOMPARE(shown.header(0), QStringLiteral("index"));
        QCOMPARE(shown.text(1, 0), QStringLiteral("1"));
        QVERIFY(shown.open("set"));
        QVERIFY(!shown.model.hasNames());
        QCOMPARE(shown.text(0, 1), QStringLiteral("one"));
        QVERIFY(shown.open("zset"));
        QCOMPARE(shown.header(0), QStringLiteral("score"));
        QCOMPARE(shown.text(0, 0), QStringLiteral("1.5"));
        QCOMPARE(shown.text(0, 1), QStringLiteral("low"));
        QVERIFY(shown.open("stream"));
        QCOMPARE(shown.header(0), QStringLiteral("id"));
        QCOMPARE(shown.text(0, 1), QStringLiteral("field: value"));
        QVERIFY(shown.open("string"));
        QCOMPARE(shown.model.rowCount(), 0);
    }

    void scoresAreAsShortAsTheyReadBack() {
        const PrivateRedis server;
        if (!server.isRunning()) {
            QSKIP("redis-server is not installed here");
        }
        server.command({"ZADD", "zset", "-inf", "a", "-2.5e-9", "b", "0", "c", "0.1", "d", "3.0",
                        "e", "1700000000000", "f", "1e300", "g"});
        Shown shown(server);
        QVERIFY(shown.open("zset"));
        QCOMPARE(shown.column(0), QStringLiteral("-inf -2.5e-09 0 0.1 3 1700000000000 1e+300"));
    }

    void rowsThatStayKeepTheirIndexes() {
        const PrivateRedis server;
        if (!server.isRunning()) {
            QSKIP("redis-server is not installed here");
        }
        server.command({"ZADD", "zset", "1", "a", "2", "b", "3", "c", "4", "d", "5", "e"});
        Shown shown(server);
        QVERIFY(shown.open("zset"));
        const QSignalSpy reset(&shown.model, &QAbstractItemModel::modelReset);
        const QPersistentModelIndex b = shown.model.index(1, 1);
        const QPersistentModelIndex d = shown.model.index(3, 1);
        const QPersistentModelIndex e = shown.model.index(4, 1);
        // One goes, two come, one moves to the end.
        server.commands({{"ZREM", "zset", "d"},
                         {"ZADD", "zset", "0", "new", "2.5", "between"},
                         {"ZADD", "zset", "9", "b"}});
        shown.key.refresh();
        QVERIFY(shown.rest());
        QCOMPARE(shown.column(1), QStringLiteral("new a between c e b"));
        QCOMPARE(shown.column(0), QStringLiteral("0 1 2.5 3 5 9"));
        QCOMPARE(b.row(), 5);
        QCOMPARE(e.row(), 4);
        QVERIFY(!d.isValid());
        QVERIFY(reset.isEmpty());
        server.command({"DEL", "zset"});
        shown.key.refresh();
        QVERIFY(shown.rest());
        QCOMPARE(shown.model.rowCount(), 0);
    }

    void anyChangeEndsWithTheNewRows() {
        const PrivateRedis server;
        if (!server.isRunning()) {
            QSKIP("redis-server is not installed here");
        }
        Shown shown(server);
        std::uint32_t state = 7;
        for (int turn = 0; turn < 60; ++turn) {
            std::vector<RedisCommand> commands;
            for (int i = 0; i < 12; ++i) {
                state = state * 1'664'525 + 1'013'904'223;
                const std::string member = "m" + std::to_string((state >> 8) % 25);
                const std::string score = std::to_string((state >> 16) % 100);
                commands.push_back((state >> 28) % 3 == 0
                                       ? RedisCommand{"ZREM", "zset", member}
                                       : RedisCommand{"ZADD", "zset", score, member});
            }
            server.commands(commands);
            QVERIFY(shown.open("zset"));
            QStringList expected;
            for (const RedisReply& each : server.command({"ZRANGE", "zset", "0", "-1"}).elements) {
                expected += QString::fromStdString(each.text);
            }
            QCOMPARE(shown.column(1), expected.join(u' '));
        }
    }

    void previewsSayWhatIsInAValue() {
        QCOMPARE(preview("24.90"), QStringLiteral("24.90"));
        QCOMPARE(preview(""), QStringLiteral("\"\""));
        QCOMPARE(preview(" x"), QStringLiteral("\" x\""));
        QCOMPARE(preview("{\"colour\":\"white\",\"ml\":70}"),
                 QStringLiteral("{\"colour\": \"white\", \"ml\": 70}"));
        QCOMPARE(preview(std::string("\x00\x01\xff", 3)), QStringLiteral("binary, 3\u00a0B"));
        QCOMPARE(preview("\x82\xa1"
                         "a\x01\xa1"
                         "b\xc0"),
                 QStringLiteral("MessagePack {a: 1, b: null}"));
        const QString zipped = preview(gzipped());
        QVERIFY2(zipped.startsWith(QStringLiteral("gzip, ")) &&
                     zipped.endsWith(QStringLiteral("→ 13.7\u00a0KiB")),
                 qPrintable(zipped));
        const std::string large = "[" + std::string(5'000'000, ' ') + "1]";
        QVERIFY(preview(large).size() <= 80);
        QVERIFY(preview(std::string(3'000'000, 'a')).size() <= 80);
    }

    void structuresAreIndentedAndBounded() {
        QCOMPARE(
            decoded("{\"a\":[1,true,null],\"b\":{}}").text,
            QStringLiteral("{\n  \"a\": [\n    1,\n    true,\n    null\n  ],\n  \"b\": {}\n}"));
        QCOMPARE(decoded("O:4:\"User\":1:{s:4:\"name\";s:2:\"Li\";}").text,
                 QStringLiteral("User {\n  name: \"Li\"\n}"));
        QCOMPARE(decoded("O:4:\"User\":1:{s:4:\"name\";s:2:\"Li\";}").format,
                 QStringLiteral("PHP"));
        std::string many = "[0";
        for (int i = 1; i < 5'000; ++i) {
            many += "," + std::to_string(i);
        }
        many += "]";
        QVERIFY(decoded(many).note.isEmpty());
        const DecodedText cut = decoded(many, 1000);
        QVERIFY(cut.text.size() <= 1000);
        QVERIFY(!cut.note.isEmpty());
        const DecodedText text = decoded(std::string(200'000, 'x'), 1000);
        QCOMPARE(text.text.size(), 1000);
        QVERIFY(!text.note.isEmpty());
    }

    void damageIsSaid() {
        std::string zipped = gzipped();
        zipped.resize(zipped.size() - 12);
        const DecodedText shown = decoded(zipped);
        QVERIFY(shown.text.startsWith(u'x'));
        QVERIFY2(shown.note.contains(QStringLiteral("Damaged")), qPrintable(shown.note));
        QVERIFY(shown.format.startsWith(QStringLiteral("gzip, ")));
    }

    void nothingHidesOrTurnsTheText() {
        const QString text = decoded(
                                 "a\xe2\x80\xae"
                                 "b\tc\nd\r\ne")
                                 .text;
        QCOMPARE(text, QStringLiteral("a\\xe2\\x80\\xaeb\tc\nd\ne"));
        QCOMPARE(decoded("  \xc3\xa9\n  \xe2\x80\xae ").text,
                 QString::fromUtf8("  \xc3\xa9\n  \\xe2\\x80\\xae "));
        QCOMPARE(decoded("{\"a\":\" x\"}").text, QStringLiteral("{\n  \"a\": \" x\"\n}"));
        QCOMPARE(decoded("{\"a\":\"x\\u202ey\\n\"}").text,
                 QStringLiteral("{\n  \"a\": \"x\\xe2\\x80\\xaey\\n\"\n}"));
        QCOMPARE(DecodedTexts::shortened(std::string(500'000, 'k')).size(), 201);
    }
};

QTEST_GUILESS_MAIN(TestValueTableModel)
#include "tst_value_table_model.moc"
