// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `cachescope simulate` as a person or a script starts it.

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "tests/app/verb_run.h"

using namespace cachescope::test;

class SimulateVerbTest final : public QObject {
    Q_OBJECT

private:
    static Run simulate(const QStringList& arguments) {
        return runProgram(QStringList{"simulate"} + arguments);
    }

private Q_SLOTS:
    void metricsAreWrittenToAFileBesideTheTable() {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("metrics.txt"));
        const Run run = simulate({"fail-safe", "--duration", "60s", "--metrics", path});
        QCOMPARE(run.exitCode, 0);
        QVERIFY2(run.output.contains(QStringLiteral("hit ratio")), qPrintable(run.output));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        QVERIFY2(text.endsWith(QStringLiteral("# EOF\n")), qPrintable(text));
        QVERIFY2(text.contains(
                     QStringLiteral("cachescope_fallbacks_total{cache=\"Stale if it fails\"} ")),
                 qPrintable(text));
        QVERIFY(!text.contains(
            QStringLiteral("cachescope_fallbacks_total{cache=\"Stale if it fails\"} 0\n")));
    }

    void aDashPrintsTheMetricsAlone() {
        const Run run = simulate({"demo", "--duration", "5s", "--metrics", "-"});
        QCOMPARE(run.exitCode, 0);
        QVERIFY(run.output.startsWith(QStringLiteral("# TYPE cachescope_hits counter\n")));
        QVERIFY(run.output.endsWith(QStringLiteral("# EOF\n")));
    }

    void whereNoFileCanBeWrittenThatIsSaid() {
        const Run run =
            simulate({"demo", "--duration", "1s", "--metrics", "/nonexistent/folder/metrics"});
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains(QStringLiteral("/nonexistent/folder/metrics")),
                 qPrintable(run.errors));
    }
};

QTEST_GUILESS_MAIN(SimulateVerbTest)
#include "tst_simulate_verb.moc"
