// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `cachescope replay` as a person or a script starts it.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "tests/app/verb_run.h"

using namespace cachescope::test;

namespace {

// Four requests for two keys: in a large cache the second and the fourth hit. With a TTL of 10 s,
// the fourth comes too late.
const QByteArray kTrace = "time,key,size,ttl\n0,a,100,10\n5,a,100,10\n6,b,50,0\n20,a,100,10\n";

}  // namespace

class ReplayVerbTest final : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString write(const char* name, const QByteArray& content) {
        QFile file(m_folder.filePath(QString::fromLatin1(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size()) {
            qFatal("the test's file cannot be written");
        }
        return file.fileName();
    }
    static Run replay(const QStringList& arguments) {
        return runProgram(QStringList{"replay"} + arguments);
    }
    static QList<qint64> missesIn(const Run& run) {
        QList<qint64> misses;
        for (const QJsonValue& each : run.json()["results"].toArray()) {
            misses.append(each["misses"].toInteger());
        }
        return misses;
    }

private slots:
    void printsOneJsonObject() {
        const QString file = write("t.csv", kTrace);
        const Run run = replay({file, "--policy", "lru,fifo", "--capacity", "10", "--capacity", "1",
                                "--ttl", "3s", "--json"});
        QCOMPARE(run.errors, QString());
        QCOMPARE(run.exitCode, 0);
        const QJsonObject json = run.json();
        QCOMPARE(json["trace"].toString(), file);
        QCOMPARE(json["requests"].toInteger(), 4);
        QCOMPARE(json["keys"].toInteger(), 2);
        const QJsonArray results = json["results"].toArray();
        QCOMPARE(results.size(), 4);
        QCOMPARE(results[0]["policy"].toString(), QStringLiteral("lru"));
        QCOMPARE(results[0]["capacity"].toInteger(), 10);
        QCOMPARE(results[0]["ttl_s"].toDouble(), 3.0);
        QCOMPARE(results[0]["misses"].toInteger(), 4);
        QCOMPARE(results[0]["miss_ratio"].toDouble(), 1.0);
        QVERIFY(results[0]["requests_per_s"].toDouble() > 0);
        QCOMPARE(results[1]["capacity"].toInteger(), 1);
        QCOMPARE(results[2]["policy"].toString(), QStringLiteral("fifo"));
    }

    void ttlsOfTheTraceCountUnlessToldOtherwise() {
        const QString file = write("t.csv", kTrace);
        const QStringList common{file, "--capacity", "2", "--json"};
        const Run own = replay(common);
        QCOMPARE(missesIn(own), QList<qint64>{3});
        QVERIFY(own.json()["results"][0]["ttl_s"].isNull());
        QCOMPARE(missesIn(replay(common + QStringList{"--no-ttl"})), QList<qint64>{2});
        QCOMPARE(missesIn(replay(common + QStringList{"--ttl", "4s,5s,20s"})),
                 (QList<qint64>{4, 3, 2}));
    }

    void capacitiesAreAmountsSharesOrSizes() {
        const QString file = write("t.csv", kTrace);
        const auto capacities = [&](const QStringList& arguments) {
            QList<qint64> list;
            const Run run = replay(QStringList{file, "--json"} + arguments);
            for (const QJsonValue& each : run.json()["results"].toArray()) {
                list.append(each["capacity"].toInteger());
            }
            return list;
        };
        QCOMPARE(capacities({"--capacity", "50%,1k,7"}), (QList<qint64>{1, 1000, 7}));
        QCOMPARE(capacities({"--capacity", "10%,1KiB,7", "--unit", "bytes"}),
                 (QList<qint64>{15, 1024, 7}));
        QCOMPARE(capacities({}).size(), 3);
    }

    void bareItPrintsATable() {
        const Run run = replay({write("t.csv", kTrace)});
        QCOMPARE(run.exitCode, 0);
        const QStringList lines = run.output.split(QLatin1Char('\n'));
        QVERIFY2(lines.first().contains(QStringLiteral("4 requests for 2 keys")),
                 qPrintable(run.output));
        QCOMPARE(lines.size(), 7);
        QVERIFY(lines[2].startsWith(QStringLiteral("policy")));
        QCOMPARE(lines[3].size(), lines[2].size());
    }

    void everyPolicyIsTriedWithAll() {
        const Run run = replay({write("t.csv", kTrace), "--policy", "all", "--capacity", "1",
                                "--json", "--jobs", "2"});
        QVERIFY(run.json()["results"].toArray().size() >= 4);
    }

    void columnsCanBeChosen() {
        const QString file = write("t.txt", "a;1;x\nb;2;y\na;3;x\n");
        const Run run = replay({file, "--columns", "key=1,time=2", "--capacity", "9", "--json"});
        QCOMPARE(run.errors, QString());
        QCOMPARE(missesIn(run), QList<qint64>{2});
    }

    void saysWhatItLeftOut() {
        const Run run = replay({write("t.csv", kTrace + "x,a,1,1\n3,c,1,1\n"), "--json"});
        QCOMPARE(run.exitCode, 0);
        QVERIFY2(run.errors.contains(QStringLiteral(
                     "1 line skipped, first line 6: the time is not a number; 1 time runs "
                     "backwards, taken as the one before")),
                 qPrintable(run.errors));
        QCOMPARE(run.json()["skipped"].toInteger(), 1);
        QCOMPARE(run.json()["backwards"].toInteger(), 1);
    }

    void saysOnOneLineWhatIsWrong_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const QByteArray& content, const QStringList& more,
                            int exitCode, const char* said) {
            QTest::newRow(name) << content << more << exitCode << QString::fromUtf8(said);
        };
        row("empty", "", {}, 1,
            "t.csv: cannot be understood. Expected: requests; the file is empty.");
        row("no trace", "a,b\nc,d\n", {}, 1,
            "line 1: cannot be understood. Expected: a line of column");
        row("wrong format", kTrace, {"--format", "twr"}, 1,
            "records of 20 bytes in order of time; this looks like text; as format, choose csv, "
            "keys or");
        row("no sizes", "time,key\n1,a\n", {"--unit", "bytes"}, 1, "leave out --unit bytes");
        row("no times", "key\na\n", {"--ttl", "5s"}, 1, "leave out --ttl");
        row("policy", kTrace, {"--policy", "best"}, 2, "policy \"best\": is not known. Use all, ");
        row("capacity", kTrace, {"--capacity", "0"}, 2, "capacity \"0\": is out of range. Use for");
        row("size", kTrace, {"--capacity", "64MiB"}, 2, "together with --unit bytes");
        row("columns", kTrace, {"--columns", "colour=1"}, 2,
            "--columns: colour: is not known. Use");
        row("columns of none", kTrace, {"--columns", "key=1", "--format", "keys"}, 2,
            "only CSV has columns");
    }
    void saysOnOneLineWhatIsWrong() {
        QFETCH(QByteArray, content);
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        QFETCH(QString, said);
        const Run run = replay(QStringList{write("t.csv", content)} + arguments);
        QCOMPARE(run.exitCode, exitCode);
        QCOMPARE(run.output, QString());
        QVERIFY2(run.errors.contains(said), qPrintable(run.errors));
        QCOMPARE(run.errors.count(QLatin1Char('\n')), 1);
    }

    void refusesWhatIsNoArgument() {
        const QString file = write("t.csv", kTrace);
        QCOMPARE(replay({}).exitCode, 2);
        QCOMPARE(replay({file, "--ttl", "soon"}).exitCode, 2);
        QCOMPARE(replay({file, "--ttl", "5s", "--no-ttl"}).exitCode, 2);
        QCOMPARE(replay({file, "--format", "xml"}).exitCode, 2);
        QCOMPARE(replay({m_folder.filePath("none")}).exitCode, 1);
    }

    // The trace is a pipe, so that the test knows when the program reads, and when it goes on.
    void stopsWhenItIsAskedTo() {
        const QByteArray pipe = QFile::encodeName(m_folder.filePath("pipe.csv"));
        QCOMPARE(::mkfifo(pipe.constData(), 0600), 0);
        QProcess program;
        program.start(QStringLiteral(CACHESCOPE_PROGRAM), {"replay", QFile::decodeName(pipe)});
        // Opens only once somebody reads.
        int end = -1;
        const auto isOpen = [&] {
            return end >= 0 || (end = ::open(pipe.constData(), O_WRONLY | O_NONBLOCK)) >= 0;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isOpen(), 10'000);
        QCOMPARE(::write(end, "time,key\n1,a\n", 13), 13);
        program.terminate();
        ::close(end);
        QVERIFY(program.waitForFinished(30'000));
        QCOMPARE(program.exitStatus(), QProcess::NormalExit);
        QCOMPARE(program.exitCode(), 1);
        QVERIFY(program.readAllStandardError().contains("was cancelled"));
    }
};

QTEST_GUILESS_MAIN(ReplayVerbTest)
#include "tst_replay_verb.moc"
