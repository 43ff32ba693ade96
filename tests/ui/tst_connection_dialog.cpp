// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "engine/redis/private_redis_server.h"
#include "ui/dialogs/connection_dialog.h"
#include "ui/model/connection_book.h"
#include "ui/model/secret_store.h"

using namespace cachescope;
using namespace cachescope::ui;

namespace {

QString q(const char* text) {
    return QString::fromUtf8(text);
}

struct Fixture {
    QTemporaryDir folder;
    AppSettings settings{folder.filePath(q("settings.ini"))};
    SecretStore secrets{q("cachescope-test")};
    ConnectionBook book{settings, secrets};
    ConnectionDialog dialog{book};

    Fixture() { dialog.show(); }

    // A field by the name that a screen reader says.
    template <class Widget>
    Widget* field(const char* name) const {
        for (Widget* widget : dialog.findChildren<Widget*>()) {
            if (widget->accessibleName() == q(name)) {
                return widget;
            }
        }
        return nullptr;
    }
    QPushButton* button(const char* text) const {
        for (QPushButton* found : dialog.findChildren<QPushButton*>()) {
            if (found->text() == q(text)) {
                return found;
            }
        }
        return nullptr;
    }
    void type(QLineEdit* edit, const char* text) const {
        edit->selectAll();
        QTest::keyClicks(edit, q(text));
    }
    bool shows(const QString& text) const {
        for (const QLabel* label : dialog.findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().contains(text)) {
                return true;
            }
        }
        return false;
    }
};

}  // namespace

class TestConnectionDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPastedAddressFillsTheFieldsAndHidesItsPassword() {
        Fixture fixture;
        QVERIFY(QTest::qWaitForWindowActive(&fixture.dialog));
        auto* address = fixture.field<QLineEdit>("Address");
        QVERIFY(address != nullptr);
        fixture.type(address, "rediss://alice:secret@host:6400/3");
        QCOMPARE(fixture.field<QLineEdit>("Host")->text(), q("host:6400"));
        QCOMPARE(fixture.field<QLineEdit>("User")->text(), q("alice"));
        QCOMPARE(fixture.field<QLineEdit>("Password")->text(), q("secret"));
        QCOMPARE(fixture.field<QLineEdit>("Password")->echoMode(), QLineEdit::Password);
        QCOMPARE(fixture.field<QLineEdit>("Database")->text(), q("3"));
        QTest::keyClick(address, Qt::Key_Tab);
        QCOMPARE(address->text(), q("rediss://alice:***@host:6400/3"));
        QCOMPARE(fixture.dialog.url(), q("rediss://alice:secret@host:6400/3"));
    }

    void starsThatAreLeftStandingAreThePassword() {
        Fixture fixture;
        fixture.dialog.setUrl(q("redis://alice:secret@host"));
        auto* address = fixture.field<QLineEdit>("Address");
        QCOMPARE(address->text(), q("redis://alice:***@host"));
        fixture.type(address, "redis://alice:***@another");
        QCOMPARE(fixture.dialog.url(), q("redis://alice:secret@another"));
    }

    void fieldsMakeTheAddress() {
        Fixture fixture;
        auto* kind = fixture.field<QComboBox>("Kind");
        kind->setFocus();
        kind->setCurrentIndex(kind->findText(q("Cluster")));
        Q_EMIT kind->activated(kind->currentIndex());
        QVERIFY(!fixture.field<QLineEdit>("Database")->isVisible());
        fixture.type(fixture.field<QLineEdit>("Host"), "a:7000, b:7001");
        fixture.type(fixture.field<QLineEdit>("Password"), "pw");
        QCOMPARE(fixture.dialog.url(), q("redis+cluster://:pw@a:7000,b:7001"));
        QCOMPARE(fixture.field<QLineEdit>("Address")->text(),
                 q("redis+cluster://:***@a:7000,b:7001"));
    }

    void whatMakesNoSenseIsSaidAndCannotBeUsed() {
        Fixture fixture;
        auto* address = fixture.field<QLineEdit>("Address");
        fixture.type(address, "memory:");
        QVERIFY(!fixture.button("Use")->isEnabled());
        QVERIFY(fixture.shows(q("is not known")));
        fixture.type(address, "redis://host/many");
        QVERIFY(!fixture.button("Use")->isEnabled());
        QVERIFY(fixture.shows(q("out of range")));
        fixture.type(address, "redis://host/1");
        QVERIFY(fixture.button("Use")->isEnabled());
    }

    void theTestSaysWhatWasTriedAndWhatAnswered() {
        if (!PrivateRedisServer::available()) {
            QSKIP("redis-server is not installed here");
        }
        const auto server = PrivateRedisServer::start();
        QVERIFY(server.ok());
        Fixture fixture;
        fixture.dialog.setUrl(QString::fromStdString((*server)->url()));
        const QSignalSpy tested(&fixture.dialog, &ConnectionDialog::tested);
        fixture.button("Test")->click();
        QVERIFY(!fixture.button("Test")->isEnabled());
        QTRY_COMPARE(tested.size(), 1);
        QVERIFY(fixture.button("Test")->isEnabled());
        QTRY_VERIFY(fixture.shows(q("It works.")));
        QTRY_VERIFY(fixture.shows(q("Connect to")));
        QTRY_VERIFY(fixture.shows(q("Redis ")));

        fixture.dialog.setUrl(q("redis+unix:///nowhere/at/all.sock"));
        QVERIFY2(!fixture.shows(q("It works.")), "an old answer says nothing of another address");
        fixture.button("Test")->click();
        QTRY_COMPARE(tested.size(), 2);
        QTRY_VERIFY(fixture.shows(q("no server answers")));
    }

    void aSavedConnectionIsThereToChoose() {
        Fixture fixture;
        fixture.dialog.setUrl(q("redis://alice:secret@host"));
        auto* name = fixture.field<QLineEdit>("Name of the connection");
        QVERIFY(!fixture.button("Save")->isEnabled());
        fixture.type(name, "live");
        fixture.button("Save")->click();
        QCOMPARE(fixture.book.rowCount(), 1);
        QCOMPARE(fixture.book.url(0), q("redis://alice@host"));

        fixture.dialog.setUrl(q("redis://another"));
        auto* saved = fixture.field<QListView>("Saved connections");
        QTest::mouseClick(saved->viewport(), Qt::LeftButton, {},
                          saved->visualRect(fixture.book.index(0)).center());
        QCOMPARE(fixture.dialog.url(), q("redis://alice:secret@host"));
    }
};

QTEST_MAIN(TestConnectionDialog)
#include "tst_connection_dialog.moc"
