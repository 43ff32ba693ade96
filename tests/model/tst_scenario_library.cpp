// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include "engine/sim/scenario_json.h"
#include "ui/model/scenario_library.h"

using namespace cachescope;
using namespace cachescope::ui;

class TestScenarioLibrary : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyScenarioOfTheProgramLoadsAndIsDescribed() {
        const auto entries = ScenarioLibrary::entries();
        // Whoever adds a file adds it to the menu.
        const QDir files(QStringLiteral(":/scenarios"));
        QCOMPARE(entries.size(), files.entryList({QStringLiteral("*.json")}).size());
        QCOMPARE(entries.first().id, QStringLiteral("demo"));
        QSet<QString> names;
        for (const ScenarioEntry& entry : entries) {
            const auto scenario = ScenarioLibrary::load(entry.id);
            QVERIFY2(scenario.ok(), qPrintable(entry.id));
            QVERIFY(!scenario->lanes.empty());
            QVERIFY(!entry.name.isEmpty());
            QVERIFY2(entry.description.endsWith(QLatin1Char('.')), qPrintable(entry.id));
            names.insert(entry.name);
        }
        QCOMPARE(names.size(), entries.size());
    }

    void theUnknownIsNotFoundAndTheKnownAreNamed() {
        const auto scenario = ScenarioLibrary::load(QStringLiteral("dmeo"));
        QVERIFY(!scenario.ok());
        QCOMPARE(scenario.error().code(), ErrorCode::notFound);
        QCOMPARE(scenario.error().subject(), std::string("dmeo"));
        for (const ScenarioEntry& entry : ScenarioLibrary::entries()) {
            QVERIFY(scenario.error().detail().find(entry.id.toStdString()) != std::string::npos);
        }
    }

    void filesAreFoundWhateverTheirName() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("größe 50% #1.json"));
        sim::Scenario scenario;
        scenario.name = "mine";
        scenario.lanes = {{.name = "a"}};
        QVERIFY(sim::saveScenario(scenario, QFile::encodeName(path).toStdString()).ok());
        const auto loaded = ScenarioLibrary::load(path);
        QVERIFY(loaded.ok());
        QCOMPARE(loaded->name, std::string("mine"));
    }

    void whatIsNoScenarioIsAnError_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no JSON") << QByteArray("{\"format\": 1, ");
        QTest::newRow("binary") << QByteArray(5000, '\xfe');
        QTest::newRow("another document") << QByteArray("[1, 2, 3]");
        QTest::newRow("another format") << QByteArray("{\"format\": 2}");
        QTest::newRow("misspelt") << QByteArray("{\"format\": 1, \"lane\": []}");
        QTest::newRow("deep") << QByteArray(200'000, '[');
    }
    void whatIsNoScenarioIsAnError() {
        QFETCH(QByteArray, content);
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("bad.json"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
        file.close();
        QVERIFY(!ScenarioLibrary::load(path).ok());
    }

    void aFolderIsAnError() { QVERIFY(!ScenarioLibrary::load(QStringLiteral("/")).ok()); }
};

QTEST_GUILESS_MAIN(TestScenarioLibrary)
#include "tst_scenario_library.moc"
