// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTest>

#include "ui/model/redis_assistant.h"

using namespace cachescope;
using namespace cachescope::ui;

namespace {

struct Answer {
    QString url;
    bool answers = false;
    QString sentence;
};

Answer lastAnswer(const QSignalSpy& probed) {
    const QList<QVariant>& arguments = probed.last();
    return {arguments[0].toString(), arguments[1].toBool(), arguments[2].toString()};
}

// A port of this machine that nobody listens on at present.
QString refusedUrl() {
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return QStringLiteral("redis://127.0.0.1:%1").arg(server.serverPort());
}

}  // namespace

class TestRedisAssistant : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRunningServerSaysItsVersion() {
        if (!PrivateRedisServer::available()) {
            QSKIP("redis-server is not installed here");
        }
        const auto server = PrivateRedisServer::start();
        QVERIFY(server.ok());
        RedisAssistant assistant;
        const QSignalSpy probed(&assistant, &RedisAssistant::probed);
        const QString url = QString::fromStdString((*server)->url());
        assistant.probe(url);
        QTRY_COMPARE(probed.size(), 1);
        const Answer answer = lastAnswer(probed);
        QCOMPARE(answer.url, url);
        QVERIFY(answer.answers);
        QVERIFY2(answer.sentence.contains(QRegularExpression(QStringLiteral("\\d+\\.\\d+\\.\\d+"))),
                 qPrintable(answer.sentence));
    }

    void aRefusedPortSaysThereIsNoServer() {
        RedisAssistant assistant;
        const QSignalSpy probed(&assistant, &RedisAssistant::probed);
        const QString url = refusedUrl();
        assistant.probe(url);
        QTRY_COMPARE(probed.size(), 1);
        QVERIFY(!lastAnswer(probed).answers);
        QVERIFY(lastAnswer(probed).sentence.contains(QStringLiteral("no server answers")));
    }

    void whatIsNoAddressIsSaid_data() {
        QTest::addColumn<QString>("url");
        QTest::newRow("empty") << QString();
        QTest::newRow("words") << QStringLiteral("not an address");
        QTest::newRow("another scheme") << QStringLiteral("http://127.0.0.1");
        QTest::newRow("port") << QStringLiteral("redis://127.0.0.1:99999");
        QTest::newRow("no socket") << QStringLiteral("redis+unix:/nowhere/redis.sock");
        QTest::newRow("long") << QString(100'000, QLatin1Char('x'));
    }
    void whatIsNoAddressIsSaid() {
        QFETCH(QString, url);
        RedisAssistant assistant;
        const QSignalSpy probed(&assistant, &RedisAssistant::probed);
        assistant.probe(url);
        QTRY_COMPARE(probed.size(), 1);
        QVERIFY(!lastAnswer(probed).answers);
        QVERIFY(!lastAnswer(probed).sentence.isEmpty());
        QVERIFY(lastAnswer(probed).sentence.size() < 2000);
    }

    void aServerThatNeverAnswersIsGivenUp() {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        RedisAssistant assistant;
        const QSignalSpy probed(&assistant, &RedisAssistant::probed);
        assistant.probe(QStringLiteral("redis://127.0.0.1:%1").arg(silent.serverPort()));
        QTRY_COMPARE(probed.size(), 1);
        QVERIFY(!lastAnswer(probed).answers);
    }

    void ofSeveralQuestionsTheLatestIsAnswered() {
        RedisAssistant assistant;
        const QSignalSpy probed(&assistant, &RedisAssistant::probed);
        const QString url = refusedUrl();
        for (int i = 0; i < 50; ++i) {
            assistant.probe(QStringLiteral("redis+unix:/nowhere/%1").arg(i));
        }
        assistant.probe(url);
        QTRY_VERIFY(!probed.isEmpty() && lastAnswer(probed).url == url);
        QVERIFY(probed.size() < 51);
    }

    void thePrivateServerAnswersAndEndsWithTheAssistant() {
        if (!PrivateRedisServer::available()) {
            QSKIP("redis-server is not installed here");
        }
        QString url;
        {
            RedisAssistant assistant;
            QVERIFY(assistant.canStartPrivateServer());
            QVERIFY(assistant.privateServerUrl().isEmpty());
            const QSignalSpy started(&assistant, &RedisAssistant::privateServerStarted);
            assistant.startPrivateServer();
            QTRY_COMPARE_WITH_TIMEOUT(started.size(), 1, 10'000);
            url = started[0][0].toString();
            QCOMPARE(assistant.privateServerUrl(), url);
            QVERIFY(probeRedis(url.toStdString(), std::chrono::seconds{2}).ok());
        }
        const auto gone = probeRedis(url.toStdString(), std::chrono::seconds{2});
        QVERIFY(!gone.ok());
        QCOMPARE(gone.error().code(), ErrorCode::unreachable);
    }

    void whoAsksAgainIsGivenTheServerThatRuns() {
        if (!PrivateRedisServer::available()) {
            QSKIP("redis-server is not installed here");
        }
        RedisAssistant assistant;
        const QSignalSpy started(&assistant, &RedisAssistant::privateServerStarted);
        assistant.startPrivateServer();
        QTRY_COMPARE_WITH_TIMEOUT(started.size(), 1, 10'000);
        assistant.startPrivateServer();
        QTRY_COMPARE(started.size(), 2);
        QCOMPARE(started[1][0], started[0][0]);
    }

    void endsAtAnyMoment() {
        for (int i = 0; i < 5; ++i) {
            RedisAssistant assistant;
            assistant.probe(refusedUrl());
            if (i % 2 == 0) {
                assistant.startPrivateServer();
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestRedisAssistant)
#include "tst_redis_assistant.moc"
