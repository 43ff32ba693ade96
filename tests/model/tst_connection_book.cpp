// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "ui/model/connection_book.h"
#include "ui/model/secret_store.h"

using namespace cachescope;
using namespace cachescope::ui;

namespace {

QString q(const char* text) {
    return QString::fromUtf8(text);
}

ConnectionDraft draftOf(const char* url) {
    return ConnectionDraft::fromUrl(q(url)).value();
}

struct Fixture {
    QTemporaryDir folder;
    QString file = folder.filePath(q("settings.ini"));
    AppSettings settings{file};
    SecretStore secrets{q("cachescope-test")};
    ConnectionBook book{settings, secrets};
    QAbstractItemModelTester tester{&book, QAbstractItemModelTester::FailureReportingMode::QtTest};
};

}  // namespace

class TestConnectionBook : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void connectionsStandInTheOrderOfTheirNames() {
        Fixture fixture;
        fixture.book.save(q("staging"), draftOf("redis://s"));
        fixture.book.save(q("live"), draftOf("redis://l"));
        fixture.book.save(q("test"), draftOf("redis://t"));
        QCOMPARE(fixture.book.rowCount(), 3);
        QCOMPARE(fixture.book.index(0).data().toString(), q("live"));
        QCOMPARE(fixture.book.index(2).data().toString(), q("test"));
        QCOMPARE(fixture.book.save(q("live"), draftOf("redis://other")), 0);
        QCOMPARE(fixture.book.rowCount(), 3);
        QCOMPARE(fixture.book.url(0), q("redis://other"));
    }

    void theyAreThereAgainAtTheNextStartWithoutTheirSecrets() {
        Fixture fixture;
        fixture.book.save(q("live"), draftOf("redis://alice:top-secret@host:1/2"));
        fixture.book.remember(draftOf("redis://alice:top-secret@host:1/2"));
        {
            const AppSettings again{fixture.file};
            const auto saved = AppSettings{fixture.file}.connections();
            QCOMPARE(saved, (QList<SavedConnection>{{q("live"), q("redis://alice@host:1/2")}}));
        }
        QFile written(fixture.file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        QVERIFY(!written.readAll().contains("top-secret"));
    }

    void anAddressFindsThePasswordThatTheSessionKnows() {
        Fixture fixture;
        fixture.book.remember(
            draftOf("redis+sentinel://u:one@a/m?sentinel-password=two&sentinel-user=s"));
        QCOMPARE(fixture.book.completed(q("redis+sentinel://u@a/m?sentinel-user=s")),
                 q("redis+sentinel://u:one@a/m?sentinel-password=two&sentinel-user=s"));
        QCOMPARE(fixture.book.completed(q("redis+sentinel://u@b/m?sentinel-user=s")),
                 q("redis+sentinel://u@b/m?sentinel-user=s"));
        QCOMPARE(fixture.book.completed(q("memory:")), q("memory:"));
        // One that was typed is not replaced by one that is known.
        fixture.book.remember(draftOf("redis://u:known@a"));
        QCOMPARE(fixture.book.completed(q("redis://u:typed@a")), q("redis://u:typed@a"));
    }

    void removingForgetsThePasswordUnlessAnotherNameNeedsIt() {
        Fixture fixture;
        const ConnectionDraft draft = draftOf("redis://u:secret@a");
        fixture.book.remember(draft);
        fixture.book.save(q("one"), draft);
        fixture.book.save(q("two"), draft);
        fixture.book.remove(0);
        QCOMPARE(fixture.book.completed(q("redis://u@a")), q("redis://u:secret@a"));
        fixture.book.remove(0);
        QCOMPARE(fixture.book.rowCount(), 0);
        QCOMPARE(fixture.book.completed(q("redis://u@a")), q("redis://u@a"));
    }

    void aKeychainKeepsThePasswordOrSaysWhyNot() {
        // Where the machine that tests has no keychain, this is the way of the refusal.
        Fixture fixture;
        const ConnectionDraft draft = draftOf("redis://u:kept-by-test@a");
        fixture.book.save(q("one"), draft);
        std::optional<QString> problem;
        fixture.book.keepSecrets(draft, this, [&](const QString& said) { problem = said; });
        QTRY_VERIFY(problem.has_value());
        QCOMPARE(fixture.book.completed(q("redis://u@a")), q("redis://u:kept-by-test@a"));

        SecretStore another{q("cachescope-test")};  // as the next start of the program has it
        ConnectionBook later{fixture.settings, another};
        std::optional<QString> found;
        later.complete(q("redis://u@a"), this, [&](const QString& url) { found = url; });
        QTRY_VERIFY(found.has_value());
        QCOMPARE(*found, problem->isEmpty() ? q("redis://u:kept-by-test@a") : q("redis://u@a"));
        qInfo("the keychain %s", problem->isEmpty() ? "kept it" : qPrintable(*problem));
        fixture.book.remove(0);
    }
};

QTEST_GUILESS_MAIN(TestConnectionBook)
#include "tst_connection_book.moc"
