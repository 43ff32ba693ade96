// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include "ui/model/app_settings.h"

using namespace cachescope::ui;

class TestAppSettings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_folder.isValid()); }

    void nothingSavedGivesTheDefaults() {
        const AppSettings settings(m_folder.filePath(QStringLiteral("none.ini")));
        QCOMPARE(settings.theme(), QStringLiteral("system"));
        QVERIFY(settings.windowGeometry().isEmpty());
        QVERIFY(settings.folder().isEmpty());
    }

    void whatWasSetIsThereAtTheNextStart() {
        const QString file = m_folder.filePath(QStringLiteral("own.ini"));
        const QByteArray geometry = QByteArray::fromHex("00ff0d0a22");
        {
            AppSettings settings(file);
            settings.setTheme(QStringLiteral("dark"));
            settings.setWindowGeometry(geometry);
            settings.setFolder(QStringLiteral("/träces, 50%/ü"));
        }
        const AppSettings settings(file);
        QCOMPARE(settings.theme(), QStringLiteral("dark"));
        QCOMPARE(settings.windowGeometry(), geometry);
        QCOMPARE(settings.folder(), QStringLiteral("/träces, 50%/ü"));
    }

    void aFileOfAnotherKindIsNoReasonToFail() {
        const QString path = m_folder.filePath(QStringLiteral("binary.ini"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.write(QByteArray(4096, '\xfe')) == 4096);
        file.close();
        AppSettings settings(path);
        QCOMPARE(settings.theme(), QStringLiteral("system"));
        settings.setTheme(QStringLiteral("light"));
        QCOMPARE(settings.theme(), QStringLiteral("light"));
    }

private:
    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestAppSettings)
#include "tst_app_settings.moc"
