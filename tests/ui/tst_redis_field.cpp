// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLineEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "ui/dialogs/connection_dialog.h"
#include "ui/model/connection_book.h"
#include "ui/model/redis_assistant.h"
#include "ui/model/secret_store.h"
#include "ui/pages/redis_field.h"

using namespace cachescope;
using namespace cachescope::ui;

namespace {

QString q(const char* text) {
    return QString::fromUtf8(text);
}

// Port 1 is nobody's, so whatever looks there has its answer at once.
struct Fixture {
    QTemporaryDir folder;
    AppSettings settings{folder.filePath(q("settings.ini"))};
    SecretStore secrets{q("cachescope-test")};
    ConnectionBook book{settings, secrets};
    RedisAssistant assistant;
    RedisField field{RedisServices{assistant, book}};
    QSignalSpy changed{&field, &RedisField::urlChanged};
    QLineEdit* edit = field.findChild<QLineEdit*>();

    Fixture() { field.show(); }

    void type(const char* text) const {
        edit->selectAll();
        QTest::keyClicks(edit, q(text));
        QTest::keyClick(edit, Qt::Key_Return);
    }
};

}  // namespace

class TestRedisField : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPasswordIsShownAsStarsAndKept() {
        Fixture fixture;
        fixture.field.setUrl(q("redis://alice:secret@127.0.0.1:1/2"));
        QCOMPARE(fixture.edit->text(), q("redis://alice:***@127.0.0.1:1/2"));
        QCOMPARE(fixture.field.url(), q("redis://alice:secret@127.0.0.1:1/2"));
        QCOMPARE(fixture.changed.size(), 0);
        fixture.type("redis://alice:***@127.0.0.1:1/3");
        QCOMPARE(fixture.changed.size(), 1);
        QCOMPARE(fixture.changed.last().first().toString(),
                 q("redis://alice:secret@127.0.0.1:1/3"));
    }

    void aTypedPasswordBecomesStars() {
        Fixture fixture;
        fixture.type("redis://:new@127.0.0.1:1");
        QCOMPARE(fixture.changed.last().first().toString(), q("redis://:new@127.0.0.1:1"));
        QCOMPARE(fixture.edit->text(), q("redis://:***@127.0.0.1:1"));
    }

    void anAddressOfThisSessionNeedsItsPasswordOnce() {
        Fixture fixture;
        fixture.type("redis://alice:secret@127.0.0.1:1");
        fixture.type("redis://bob:other@127.0.0.1:1");
        fixture.type("redis://alice@127.0.0.1:1");
        QCOMPARE(fixture.field.url(), q("redis://alice:secret@127.0.0.1:1"));
    }

    void whatIsNoRedisAddressIsLeftForTheEngineToRefuse() {
        Fixture fixture;
        fixture.type("no address");
        QCOMPARE(fixture.field.url(), q("no address"));
    }

    void theDialogStartsWithTheAddressAndSetsIt() {
        Fixture fixture;
        fixture.field.setUrl(q("redis://alice:secret@127.0.0.1:1"));
        fixture.field.findChild<QToolButton*>()->click();
        auto* dialog = fixture.field.findChild<ConnectionDialog*>();
        QVERIFY(dialog != nullptr);
        QCOMPARE(dialog->url(), q("redis://alice:secret@127.0.0.1:1"));
        dialog->setUrl(q("rediss://127.0.0.1:1"));
        dialog->accept();
        QCOMPARE(fixture.changed.size(), 1);
        QCOMPARE(fixture.field.url(), q("rediss://127.0.0.1:1"));
    }
};

QTEST_MAIN(TestRedisField)
#include "tst_redis_field.moc"
