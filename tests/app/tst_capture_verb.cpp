// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `cachescope capture` as a person or a script starts it, on a real server.

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cstring>

#include "tests/app/verb_run.h"

using namespace cachescope::test;

class CaptureVerbTest final : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QProcess m_server;

    QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    QString url() const { return QStringLiteral("redis+unix://") + path("redis.sock"); }

    // What the server says to a command, in one piece.
    QByteArray ask(const QByteArray& command) const {
        const QByteArray place = path("redis.sock").toUtf8();
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (place.size() >= static_cast<qsizetype>(sizeof address.sun_path)) {
            return {};
        }
        std::memcpy(address.sun_path, place.constData(), static_cast<std::size_t>(place.size()));
        const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
        QByteArray answer(1 << 16, '\0');
        ssize_t count = -1;
        if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
            ::write(socket, command.constData(), static_cast<std::size_t>(command.size())) ==
                command.size()) {
            count = ::read(socket, answer.data(), static_cast<std::size_t>(answer.size()));
        }
        ::close(socket);
        return answer.left(count < 0 ? 0 : count);
    }

private slots:
    void initTestCase() {
        if (QStandardPaths::findExecutable(QStringLiteral("redis-server")).isEmpty()) {
            QSKIP("redis-server is not installed here");
        }
        m_server.start(QStringLiteral("redis-server"),
                       {"--port", "0", "--save", "", "--dir", m_folder.path(), "--unixsocket",
                        path("redis.sock")});
        QVERIFY(m_server.waitForStarted());
        QTRY_COMPARE_WITH_TIMEOUT(ask("PING\r\n"), QByteArray("+PONG\r\n"), 10'000);
    }
    void cleanupTestCase() {
        m_server.kill();
        m_server.waitForFinished();
    }

    void recordsATraceThatReplayReads() {
        QProcess program;
        program.start(QStringLiteral(CACHESCOPE_PROGRAM),
                      {"capture", url(), "--for", "2s", "-o", path("t.csv"), "--json"});
        QTRY_VERIFY_WITH_TIMEOUT(ask("CLIENT LIST\r\n").contains("cmd=monitor"), 10'000);
        ask("GET user:1\r\n");
        ask("SET user:1 12345 EX 60\r\n");
        ask("GET user:1\r\n");
        const Run run = resultOf(program);
        QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
        // The cost is said before.
        QVERIFY2(run.errors.contains(QLatin1String("MONITOR")), qPrintable(run.errors));
        const QJsonObject json = QJsonDocument::fromJson(run.output.toUtf8()).object();
        QCOMPARE(json["ended_by"].toString(), QStringLiteral("time"));
        QCOMPARE(json["reads"].toInteger(), 2);
        QCOMPARE(json["writes"].toInteger(), 0);
        QCOMPARE(json["complete"].toBool(), true);
        QFile file(path("t.csv"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().split('\n');
        QCOMPARE(lines.first(), QByteArray("time_us,key,size,ttl_ms,op"));
        QVERIFY2(lines.at(1).endsWith(",user:1,5,60000,get"), lines.at(1).constData());
        const Run replay = runProgram({"replay", path("t.csv"), "--capacity", "1", "--json"});
        QCOMPARE(QJsonDocument::fromJson(replay.output.toUtf8()).object()["requests"].toInteger(),
                 2);
    }

    void aSignalEndsItInOrder() {
        QProcess program;
        program.start(QStringLiteral(CACHESCOPE_PROGRAM),
                      {"capture", url(), "--for", "1h", "-o", path("s.csv")});
        QTRY_VERIFY_WITH_TIMEOUT(ask("CLIENT LIST\r\n").contains("cmd=monitor"), 10'000);
        ask("GET user:1\r\n");
        program.terminate();
        const Run run = resultOf(program);
        QCOMPARE(run.exitCode, 0);
        QVERIFY2(run.output.contains(QLatin1String("stopped")), qPrintable(run.output));
        QVERIFY(QFile::exists(path("s.csv")));
    }

    void refusesWhatMeansNothing_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("no server") << QStringList{"-o", "x"} << 2;
        QTest::newRow("no file") << QStringList{"redis://127.0.0.1:1"} << 2;
        QTest::newRow("no Redis") << QStringList{"memory:", "-o", "x"} << 2;
        QTest::newRow("no duration") << QStringList{"redis:", "--for", "soon", "-o", "x"} << 2;
        QTest::newRow("no size") << QStringList{"redis:", "--most", "much", "-o", "x"} << 2;
        QTest::newRow("nobody there")
            << QStringList{"redis+unix:///nowhere/redis.sock", "-o", "x"} << 1;
    }
    void refusesWhatMeansNothing() {
        QFETCH(const QStringList, arguments);
        QFETCH(const int, exitCode);
        const Run run = runProgram(QStringList{"capture"} + arguments);
        QCOMPARE(run.exitCode, exitCode);
        QVERIFY(!run.errors.isEmpty());
        QVERIFY(run.output.isEmpty());
    }
};

QTEST_GUILESS_MAIN(CaptureVerbTest)
#include "tst_capture_verb.moc"
