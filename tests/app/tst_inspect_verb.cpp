// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `cachescope inspect` as a person or a script starts it, on a real server.

#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "tests/app/verb_run.h"

using namespace cachescope::test;

class InspectVerbTest final : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QProcess m_server;

    QString socket() const { return m_folder.filePath(QStringLiteral("s")); }
    QString url() const { return QStringLiteral("redis+unix://%1").arg(socket()); }

    static Run inspect(const QStringList& arguments) {
        return runProgram(QStringList{"inspect"} + arguments);
    }
    QByteArray cli(const QByteArray& commands) const {
        QProcess tool;
        tool.start(QStringLiteral("redis-cli"), {"-s", socket()});
        tool.write(commands);
        tool.closeWriteChannel();
        return tool.waitForFinished(60'000) ? tool.readAllStandardOutput() : QByteArray();
    }
    static QJsonObject named(const QJsonArray& all, const char* name) {
        for (const QJsonValue& each : all) {
            if (each["name"].toString() == QLatin1String(name)) {
                return each.toObject();
            }
        }
        return {};
    }

private slots:
    void initTestCase() {
        if (QStandardPaths::findExecutable(QStringLiteral("redis-server")).isEmpty() ||
            QStandardPaths::findExecutable(QStringLiteral("redis-cli")).isEmpty()) {
            QSKIP("redis-server and redis-cli are not installed here");
        }
        m_server.start(QStringLiteral("redis-server"), {"--port", "0", "--unixsocket", socket(),
                                                        "--save", "", "--dir", m_folder.path()});
        QVERIFY(m_server.waitForStarted());
        QTRY_COMPARE_WITH_TIMEOUT(cli("PING\n").trimmed(), QByteArray("PONG"), 20'000);
        QByteArray commands = "CONFIG SET maxmemory-policy volatile-lru\n";
        for (int i = 0; i < 600; ++i) {
            const QByteArray number = QByteArray::number(i);
            commands += i % 3 == 0 ? "HSET user:" + number + " name x\n"
                                   : "SET session:" + number + " v EX 1800\n";
        }
        commands += "SET \"odd\\xff\\x0akey\" " + QByteArray(200'000, 'v') + "\nGET session:1\n";
        cli(commands + "GET nobody\n");
    }
    void cleanupTestCase() {
        m_server.terminate();
        m_server.waitForFinished();
    }

    void printsOneJsonObject_data() {
        QTest::addColumn<QStringList>("how");
        QTest::newRow("sample") << QStringList{};
        QTest::newRow("walk") << QStringList{"--walk"};
        QTest::newRow("fast") << QStringList{"--walk", "--fast"};
    }
    void printsOneJsonObject() {
        QFETCH(const QStringList, how);
        const Run run = inspect(QStringList{url(), "--json", "--forecast", "1h"} + how);
        QCOMPARE(run.errors, QString());
        QCOMPARE(run.exitCode, 0);
        const QJsonObject json = run.json();
        QVERIFY(!json["server"]["version"].toString().isEmpty());
        QCOMPARE(json["server"]["policy"].toString(), QStringLiteral("volatile-lru"));
        QCOMPARE(json["keys"].toInteger(), 601);
        QCOMPARE(json["sampled"].toInteger(), 601);
        QCOMPARE(json["types"]["string"].toInteger(), 401);
        QCOMPARE(json["types"]["hash"].toInteger(), 200);
        QCOMPARE(json["no_ttl"].toInteger(), 201);
        const QJsonObject sessions = named(json["namespaces"].toArray(), "session");
        QCOMPARE(sessions["keys"].toInteger(), 400);
        QCOMPARE(sessions["no_ttl"].toInteger(-1), 0);
        QVERIFY(sessions["bytes"].toInteger() > 400 * 40);
        qint64 due = 0;
        for (const QJsonValue& bucket : json["forecast"].toArray()) {
            due += bucket["keys"].toInteger();
            QVERIFY(bucket["at_s"].toDouble(-1) >= 0);
        }
        QCOMPARE(due, 400);
        const QJsonArray storms = json["storms"].toArray();
        QVERIFY(!storms.isEmpty());
        QCOMPARE(storms[0]["namespace"].toString(), QStringLiteral("session"));
        const QJsonArray big = json["big_keys"].toArray();
        QCOMPARE(big[0]["name"].toString(), QStringLiteral("odd\\xff\\x0akey"));
        QVERIFY(big[0]["bytes"].toInteger() > 200'000);
        QVERIFY(big[0]["ttl_s"].isNull());
        const QJsonObject own = json["own"].toObject();
        QVERIFY(own["commands"].toInteger() >= 3 * 601);
        QCOMPARE(own["hits_added"].toInteger(), 2 * 601);
        QVERIFY(own["server_ms"].toDouble() > 0);
        bool neverEvicted = false;
        for (const QJsonValue& each : json["ttl_lint"].toArray()) {
            neverEvicted = neverEvicted || (each["kind"] == QLatin1String("never_evicted") &&
                                            each["namespace"] == QLatin1String("user"));
        }
        QVERIFY(neverEvicted);
    }

    void theHitRatioIsThatOfThePrograms() {
        cli("CONFIG RESETSTAT\nGET session:1\nGET session:2\nGET session:4\nGET nobody\n");
        const Run first = inspect({url(), "--json"});
        QCOMPARE(first.json()["hit_ratio"].toDouble(), 0.75);
    }

    void printsTablesForPeople() {
        const Run run = inspect({url()});
        QCOMPARE(run.exitCode, 0);
        for (const char* expected :
             {"601 keys", "session", "TTL left", "due, as far as is known now", "storm in",
              "never evicts them", "odd\\xff\\x0akey", "hits, which are not in the ratio"}) {
            QVERIFY2(run.output.contains(QLatin1String(expected)), qPrintable(run.output));
        }
    }

    void saysWhatTheUserLacks() {
        cli("ACL SETUSER poor on >hidden ~* -@all +scan +dbsize +type +pttl\n");
        const QString poor = QStringLiteral("redis+unix://poor:hidden@%1").arg(socket());
        const Run run = inspect({poor, "--json"});
        QCOMPARE(run.exitCode, 0);
        const QJsonArray rules = run.json()["missing_rules"].toArray();
        QVERIFY(rules.contains(QStringLiteral("+info")));
        QVERIFY(rules.contains(QStringLiteral("+memory|usage")));
        QVERIFY(run.json()["bytes"].isNull());
        QVERIFY(run.json()["hit_ratio"].isNull());
        QCOMPARE(run.json()["no_ttl"].toInteger(), 201);
        QVERIFY(!run.output.contains(QLatin1String("hidden")));
    }

    void aServerThatIsNotThereFailsWithOneLine() {
        const Run run =
            inspect({QStringLiteral("redis+unix://u:hidden@%1").arg(m_folder.filePath("none"))});
        QCOMPARE(run.exitCode, 1);
        QCOMPARE(run.errors.count(QLatin1Char('\n')), 1);
        QVERIFY(!run.errors.contains(QLatin1String("hidden")));
        QVERIFY(run.output.isEmpty());
    }

    void refusesWhatMeansNothing_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("no address") << QStringList{};
        QTest::newRow("no Redis") << QStringList{"memory:"};
        QTest::newRow("both ways") << QStringList{"redis:", "--walk", "--sample", "5"};
        QTest::newRow("fast sample") << QStringList{"redis:", "--fast"};
        QTest::newRow("no keys") << QStringList{"redis:", "--sample", "0"};
        QTest::newRow("no time") << QStringList{"redis:", "--forecast", "soon"};
        QTest::newRow("no span") << QStringList{"redis:", "--forecast", "0s"};
    }
    void refusesWhatMeansNothing() {
        QFETCH(const QStringList, arguments);
        const Run run = inspect(arguments);
        QCOMPARE(run.exitCode, 2);
        QVERIFY(!run.errors.isEmpty());
        QVERIFY(run.output.isEmpty());
    }
};

QTEST_GUILESS_MAIN(InspectVerbTest)
#include "tst_inspect_verb.moc"
