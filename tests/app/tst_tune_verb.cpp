// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `cachescope tune` as a person or a script starts it.

#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

#include "tests/app/verb_run.h"

using namespace cachescope::test;

namespace {

// Reads of two groups, and a write that makes what was loaded before it stale.
const QByteArray kTrace =
    "time,key,op\n0,p:a,get\n2,p:a,get\n3,p:a,set\n4,p:a,get\n9,q:b,get\n10,p:a,get\n14,q:b,get\n";

}  // namespace

class TuneVerbTest final : public QObject {
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
    static Run tune(const QStringList& arguments) {
        return runProgram(QStringList{"tune"} + arguments);
    }
    static QList<qint64> column(const Run& run, const char* name) {
        QList<qint64> values;
        for (const QJsonValue& each : run.json()["points"].toArray()) {
            values.append(each[QLatin1String(name)].toInteger(-1));
        }
        return values;
    }

private slots:
    void printsOneJsonObject() {
        const QString file = write("t.csv", kTrace);
        const Run run = tune({file, "--ttl", "1s..100s", "--points", "3", "--json"});
        QCOMPARE(run.errors, QString());
        QCOMPARE(run.exitCode, 0);
        const QJsonObject json = run.json();
        QCOMPARE(json["trace"].toString(), file);
        QCOMPARE(json["requests"].toInteger(), 6);
        QCOMPARE(json["keys"].toInteger(), 2);
        QCOMPARE(json["span_s"].toDouble(), 14.0);
        QCOMPARE(column(run, "ttl_s"), (QList<qint64>{1, 10, 100}));
        QCOMPARE(column(run, "misses"), (QList<qint64>{6, 2, 2}));
        QCOMPARE(column(run, "stale_hits"), (QList<qint64>{0, 2, 2}));
        const QJsonValue middle = json["points"].toArray()[1];
        QCOMPARE(middle["hit_ratio"].toDouble(), 4.0 / 6);
        QCOMPARE(middle["mean_age_s"].toDouble(), (2.0 + 4 + 10 + 5) / 4);
        QCOMPARE(middle["live_object_seconds"].toDouble(), 10.0 + 5);
        QVERIFY(!json.contains(QLatin1String("advice")));
    }

    void theRuleAndTheDeadlineDecide() {
        const QString file = write("t.csv", kTrace);
        const QStringList common{file, "--ttl", "6s", "--json"};
        QCOMPARE(column(tune(common), "misses"), QList<qint64>{3});
        QCOMPARE(column(tune(common + QStringList{"--rule", "sliding"}), "misses"),
                 QList<qint64>{2});
        QCOMPARE(column(tune(common + QStringList{"--rule", "sliding", "--at-deadline", "dead"}),
                        "misses"),
                 QList<qint64>{3});
    }

    void advisesWithinABudgetOfStaleAnswers() {
        const QString file = write("t.csv", kTrace);
        const Run run =
            tune({file, "--ttl", "1s..100s", "--group-by", ":", "--stale-budget", "0%", "--json"});
        QCOMPARE(run.errors, QString());
        const QJsonObject advice = run.json()["advice"].toObject();
        const QJsonArray groups = advice["groups"].toArray();
        QCOMPARE(groups.size(), 2);
        QCOMPARE(groups[0]["name"].toString(), QStringLiteral("p"));
        // Loaded at 0, 4 and 10, or with fewer calls something is stale.
        QCOMPARE(groups[0]["origin_calls"].toDouble(), 3.0);
        QCOMPARE(groups[0]["stale_hits"].toDouble(), 0.0);
        QCOMPARE(groups[1]["origin_calls"].toDouble(), 1.0);
        QVERIFY(groups[1]["ttl_s"].toDouble() >= 5.0);
        QCOMPARE(advice["single_origin_calls"].toDouble(), 5.0);
        QCOMPARE(advice["origin_calls_saved_ratio"].toDouble(), 0.2);
    }

    void withoutWritesTheUpdatesHaveToBeSaid() {
        const QString file = write("r.csv", "time,key\n0,a\n10,a\n20,a\n");
        const Run without = tune({file, "--stale-budget", "1%"});
        QCOMPARE(without.exitCode, 1);
        QVERIFY2(without.errors.contains(QLatin1String("--update-every")),
                 qPrintable(without.errors));
        const Run run = tune({file, "--ttl", "100s", "--update-every", "10s", "--json"});
        QCOMPARE(run.exitCode, 0);
        const double stale = run.json()["points"].toArray().at(0)["stale_hits"].toDouble();
        QVERIFY(std::abs(stale - (2 - std::exp(-1) - std::exp(-2))) < 0.02);
        QVERIFY(tune({file, "--json"}).json()["points"].toArray().at(0)["stale_hits"].isNull());
        QCOMPARE(tune({file, "--update-every", "nobody=10s"}).exitCode, 1);
    }

    void withoutTimesTheRateHasToBeSaid() {
        const QString file = write("k.txt", "a\nb\na\na\n");
        const Run without = tune({file, "--format", "keys"});
        QCOMPARE(without.exitCode, 1);
        QVERIFY2(without.errors.contains(QLatin1String("--rate")), qPrintable(without.errors));
        const Run run =
            tune({file, "--format", "keys", "--rate", "0.5", "--ttl", "3s..4s", "--json"});
        QCOMPARE(run.json()["span_s"].toDouble(), 6.0);
        QCOMPARE(column(run, "misses").first(), 3);
        QCOMPARE(column(run, "misses").last(), 3);
    }

    void printsATableForPeople() {
        const QString file = write("t.csv", kTrace);
        const Run run = tune({file, "--ttl", "1s..10s", "--points", "2", "--group-by", ":",
                              "--stale-budget", "50%"});
        QCOMPARE(run.exitCode, 0);
        for (const char* expected : {"6 requests for 2 keys in 14 s, 2 groups", "hit ratio",
                                     "origin calls", "one for all", "saved:"}) {
            QVERIFY2(run.output.contains(QLatin1String(expected)), qPrintable(run.output));
        }
    }

    void refusesWhatMeansNothing_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("no trace") << QStringList{};
        QTest::newRow("backwards") << QStringList{"x", "--ttl", "5s..1s"};
        QTest::newRow("no duration") << QStringList{"x", "--ttl", "1s..soon"};
        QTest::newRow("no TTL") << QStringList{"x", "--ttl", "0s..1s"};
        QTest::newRow("no share") << QStringList{"x", "--stale-budget", "1"};
        QTest::newRow("over all") << QStringList{"x", "--stale-budget", "101%"};
        QTest::newRow("no update") << QStringList{"x", "--update-every", "a="};
        QTest::newRow("no rate") << QStringList{"x", "--rate", "-1"};
        QTest::newRow("no rule") << QStringList{"x", "--rule", "lazy"};
    }
    void refusesWhatMeansNothing() {
        QFETCH(const QStringList, arguments);
        const Run run = tune(arguments);
        QCOMPARE(run.exitCode, 2);
        QVERIFY(!run.errors.isEmpty());
        QVERIFY(run.output.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TuneVerbTest)
#include "tst_tune_verb.moc"
