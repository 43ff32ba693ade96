// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QRadioButton>
#include <QTest>

#include "tests/support/private_redis.h"
#include "ui/dialogs/change_dialog.h"
#include "ui/model/change_presenter.h"
#include "ui/widgets/inline_message.h"
#include "ui/widgets/value_slider.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::test::PrivateRedis;
using inspect::ChangeTargets;
using inspect::KeyChange;

namespace {

QString q(const char* text) {
    return QString::fromUtf8(text);
}

std::string nameOf(int i) {
    return i == 0 ? "<b>k\n0</b>" : "k:" + std::to_string(i);
}

struct Fixture {
    ChangePresenter presenter;
    std::unique_ptr<ChangeDialog> dialog;

    Fixture(const PrivateRedis& redis, int keys, Environment environment,
            const QString& phrase = {}) {
        std::vector<RedisCommand> commands{{"FLUSHALL"}};
        std::vector<ChangeTargets::Named> targets;
        for (int i = 0; i < keys; ++i) {
            commands.push_back({"SET", nameOf(i), "v", "EX", "1000"});
            targets.push_back({nameOf(i), 0, 50});
        }
        redis.commands(commands);
        presenter.setEnvironment(environment);
        presenter.setLink(redis.link());
        presenter.preview(ChangeScope::of(q("Keys of a test"), phrase, ChangeTargets::of(targets)),
                          KeyChange::remove());
        dialog = std::make_unique<ChangeDialog>(presenter);
        dialog->open();
    }
    bool isReady() const {
        return QTest::qWaitFor([&] { return presenter.preview().has_value(); }, 20'000);
    }
    bool hasEnded() const {
        return QTest::qWaitFor([&] { return presenter.progress() && !presenter.running(); },
                               20'000);
    }
    QPushButton* button(const QString& beginning) const {
        for (QPushButton* each : dialog->findChildren<QPushButton*>()) {
            if (each->text().startsWith(beginning) && each->isVisible()) {
                return each;
            }
        }
        return nullptr;
    }
    void choose(const char* text) const {
        for (QRadioButton* each : dialog->findChildren<QRadioButton*>()) {
            if (each->text() == q(text)) {
                each->click();
            }
        }
    }
    InlineMessage* message() const { return dialog->findChild<InlineMessage*>(); }
    bool says(const QString& text) const {
        for (const QLabel* label : dialog->findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().contains(text)) {
                return true;
            }
        }
        return false;
    }
};

}  // namespace

class TestChangeDialog : public QObject {
    Q_OBJECT

private:
    PrivateRedis m_redis;

    qint64 keys() const { return m_redis.command({"DBSIZE"}).integer; }

private Q_SLOTS:
    void initTestCase() {
        if (!m_redis.isRunning()) {
            QSKIP("redis-server is not installed here");
        }
    }

    void lockedItExplainsAndOffersToUnlock() {
        Fixture fixture(m_redis, 10, Environment::development);
        QVERIFY(fixture.isReady());
        QVERIFY(fixture.says(q("10 keys, 500")));
        QPushButton* const start = fixture.button(q("Delete 10"));
        QVERIFY(start != nullptr);
        QVERIFY(!start->isEnabled());
        QVERIFY(fixture.message()->isVisible());
        fixture.presenter.setCacheName(q("<b>cache</b>"));
        QTest::mouseClick(fixture.message()->button(), Qt::LeftButton);
        QVERIFY(!fixture.presenter.isUnlocked());
        // The same question as anywhere else, and Cancel is what Return means.
        auto* const question = fixture.dialog->findChild<QMessageBox*>();
        QVERIFY(question != nullptr && question->isVisible());
        QVERIFY(question->text().contains(q("<b>cache</b>")));
        QCOMPARE(question->textFormat(), Qt::PlainText);
        QVERIFY(question->defaultButton() == question->button(QMessageBox::Cancel));
        for (QAbstractButton* button : question->buttons()) {
            if (question->buttonRole(button) == QMessageBox::AcceptRole) {
                QTest::mouseClick(button, Qt::LeftButton);
            }
        }
        QVERIFY(fixture.presenter.isUnlocked());
        QVERIFY(!fixture.message()->isVisible());
        QVERIFY(start->isEnabled());
        QTest::mouseClick(start, Qt::LeftButton);
        QVERIFY(fixture.hasEnded());
        QCOMPARE(keys(), 0);
        QVERIFY(fixture.says(q("Deleted 10 keys.")));
        QVERIFY(fixture.button(q("Undo")) == nullptr);
        QVERIFY(fixture.button(q("Delete")) == nullptr);
    }

    void inProductionItWantsThePatternTyped() {
        Fixture fixture(m_redis, 10, Environment::production, q("k:*"));
        fixture.presenter.setUnlocked(true);
        QVERIFY(fixture.isReady());
        QVERIFY(fixture.message()->text().contains(q("production")));
        QLineEdit* confirmation = nullptr;
        for (QLineEdit* each : fixture.dialog->findChildren<QLineEdit*>()) {
            confirmation = each->accessibleName() == q("Confirmation") ? each : confirmation;
        }
        QVERIFY(confirmation != nullptr && confirmation->isVisible());
        QPushButton* const start = fixture.button(q("Delete"));
        QVERIFY(!start->isEnabled());
        QTest::keyClicks(confirmation, q("k:"));
        QVERIFY(!start->isEnabled());
        QTest::keyClick(confirmation, Qt::Key_Return);
        QCOMPARE(keys(), 10);
        QTest::keyClicks(confirmation, q("*"));
        QVERIFY(start->isEnabled());
        // Not by Return alone, though.
        QTest::keyClick(confirmation, Qt::Key_Return);
        QVERIFY(!fixture.presenter.progress());
        QTest::mouseClick(start, Qt::LeftButton);
        QVERIFY(fixture.hasEnded());
        QCOMPARE(keys(), 0);
    }

    void aTtlIsChosenSetAndUndone() {
        Fixture fixture(m_redis, 30, Environment::development);
        fixture.presenter.setUnlocked(true);
        QVERIFY(fixture.isReady());
        const auto before = m_redis.command({"PEXPIRETIME", "k:5"}).integer;
        fixture.choose("Set TTL");
        ValueSlider* ttl = nullptr;
        for (ValueSlider* each : fixture.dialog->findChildren<ValueSlider*>()) {
            ttl = each->isVisible() ? each : ttl;
        }
        QVERIFY(ttl != nullptr);
        QVERIFY(fixture.says(q("1 h from the moment")) || fixture.says(q("1\u00a0h from")));
        QTest::mouseClick(fixture.button(q("Set the TTL of 30")), Qt::LeftButton);
        QVERIFY(fixture.hasEnded());
        const auto left = m_redis.command({"PTTL", "k:5"}).integer;
        QVERIFY(left > 3'500'000 && left <= 3'600'000);
        QPushButton* const undo = fixture.button(q("Undo"));
        QVERIFY(undo != nullptr);
        QTest::mouseClick(undo, Qt::LeftButton);
        QVERIFY(fixture.hasEnded());
        QTRY_VERIFY(fixture.says(q("Put the former expiry of 30 keys back.")));
        QCOMPARE(m_redis.command({"PEXPIRETIME", "k:5"}).integer, before);
        QVERIFY(fixture.button(q("Undo")) == nullptr);
    }

    void whatHasRunIsNotSaidOfTheNextChange() {
        Fixture fixture(m_redis, 5, Environment::development);
        fixture.presenter.setUnlocked(true);
        QVERIFY(fixture.isReady());
        QTest::mouseClick(fixture.button(q("Delete 5")), Qt::LeftButton);
        QVERIFY(fixture.hasEnded());
        QTRY_VERIFY(fixture.says(q("Deleted 5 keys.")));
        // Nor is what it was to be said once it has been done.
        QVERIFY(!fixture.says(q("The next reads")));
        QVERIFY(!fixture.says(q("Takes ")));
        fixture.dialog->close();
        m_redis.command({"SET", "other", "v"});
        fixture.presenter.preview(
            ChangeScope::of(q("Another key"), {}, ChangeTargets::of({{"other", 0, 50}})),
            KeyChange::remove());
        fixture.dialog = std::make_unique<ChangeDialog>(fixture.presenter);
        fixture.dialog->open();
        QVERIFY(!fixture.says(q("Deleted")));
        QVERIFY(fixture.isReady());
        QVERIFY(fixture.says(q("Another key")));
        QVERIFY(fixture.says(q("The next reads")));
        QVERIFY(!fixture.says(q("Deleted")));
        QVERIFY(fixture.button(q("Undo")) == nullptr);
        QVERIFY(fixture.button(q("Delete 1 key")) != nullptr);
    }

    void namesAreShownAsTextAndNothingElse() {
        const Fixture fixture(m_redis, 3, Environment::development);
        QVERIFY(fixture.isReady());
        auto* const sample = fixture.dialog->findChild<QListWidget*>();
        QTRY_COMPARE(sample->count(), 3);
        QCOMPARE(sample->item(0)->text(), q("<b>k\\x0a0</b>"));
        for (const QLabel* label : fixture.dialog->findChildren<QLabel*>()) {
            QCOMPARE(label->textFormat(), Qt::PlainText);
        }
    }

    void closingItStopsWhatRuns() {
        Fixture fixture(m_redis, 40'000, Environment::development);
        fixture.presenter.setUnlocked(true);
        QVERIFY(fixture.isReady());
        QTest::mouseClick(fixture.button(q("Delete")), Qt::LeftButton);
        QVERIFY(fixture.presenter.running());
        QVERIFY(fixture.button(q("Stop")) != nullptr);
        QTest::keyClick(fixture.dialog.get(), Qt::Key_Escape);
        QVERIFY(fixture.hasEnded());
        QCOMPARE(fixture.presenter.progress()->state, inspect::ChangeProgress::State::stopped);
        QVERIFY(keys() > 0);
    }
};

QTEST_MAIN(TestChangeDialog)
#include "tst_change_dialog.moc"
