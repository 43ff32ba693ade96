// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/private_redis.h"
#include "ui/model/app_settings.h"
#include "ui/model/change_presenter.h"
#include "ui/model/change_text.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::test::PrivateRedis;
using inspect::ChangeTargets;
using inspect::KeyChange;

namespace {

QString q(const char* text) {
    return QString::fromUtf8(text);
}

// "shop:0" … with 10 bytes each, as a walk would know them.
ChangeTargets shop(int keys) {
    std::vector<ChangeTargets::Named> all;
    for (int i = 0; i < keys; ++i) {
        all.push_back({(i % 4 == 3 ? "page:" : "shop:") + std::to_string(i), 0, 10});
    }
    return ChangeTargets::of(std::move(all));
}

void fill(const PrivateRedis& redis, int keys, const char* ttl = "1000") {
    std::vector<RedisCommand> commands{{"FLUSHALL"}};
    const ChangeTargets targets = shop(keys);
    for (std::size_t i = 0; i < targets.count; ++i) {
        commands.push_back({"SET", std::string(targets.at(i).name), "v", "EX", ttl});
    }
    redis.commands(commands);
}

}  // namespace

class TestChangePresenter : public QObject {
    Q_OBJECT

private:
    PrivateRedis m_redis;

    std::unique_ptr<ChangePresenter> presenter() const {
        auto made = std::make_unique<ChangePresenter>();
        made->setEnvironment(Environment::development);
        made->setLink(m_redis.link());
        return made;
    }
    static bool previewed(ChangePresenter& changes, const ChangeTargets& targets,
                          const KeyChange& change, const QString& phrase = {}) {
        changes.preview(ChangeScope::of(q("Some keys"), phrase, targets), change);
        return QTest::qWaitFor([&] { return changes.preview().has_value(); }, 20'000);
    }
    static bool finished(ChangePresenter& changes) {
        return QTest::qWaitFor(
            [&] {
                return !changes.running() && changes.progress() && changes.progress()->hasEnded();
            },
            20'000);
    }
    qint64 keys() const { return m_redis.command({"DBSIZE"}).integer; }

private Q_SLOTS:
    void initTestCase() {
        if (!m_redis.isRunning()) {
            QSKIP("redis-server is not installed here");
        }
    }

    void aPreviewSaysWhatWouldBeReached() {
        const auto changes = presenter();
        std::vector<ChangeTargets::Named> odd{{std::string("a\0\n:x", 5), 0, 5},
                                              {std::string(500'000, 'x'), 0, 7},
                                              {"<b>bold</b>", 0}};
        QVERIFY(previewed(*changes, ChangeTargets::of(odd), KeyChange::remove()));
        QCOMPARE(changes->preview()->keys, 3u);
        QCOMPARE(changes->preview()->bytes, 12u);
        QCOMPARE(changes->preview()->unknownSizes, 1u);
        QCOMPARE(changes->preview()->sample.at(0), q("a\\x00\\x0a:x"));
        QVERIFY(changes->preview()->sample.at(1).size() < 300);
        QVERIFY(changeReach(*changes->preview()).contains(q("at least")));

        QVERIFY(previewed(*changes, shop(1000), KeyChange::remove()));
        QCOMPARE(changes->preview()->keys, 1000u);
        QCOMPARE(changes->preview()->sample.size(), 20);
        QCOMPARE(changes->preview()->namespaces.size(), 2);
        QCOMPARE(changes->preview()->namespaces.at(0).name, q("shop:"));
        QCOMPARE(changes->preview()->namespaces.at(0).keys, 750u);
        QVERIFY(changes->preview()->seconds.has_value());
        QVERIFY(*changes->preview()->seconds < 5);
        QCOMPARE(changeReach(*changes->preview()), q("1,000 keys, 9.8\u00a0KiB"));
    }

    void keysThatCannotBeFoundAreAProblemInWords() {
        const auto changes = presenter();
        ChangeScope scope;
        scope.find = [](const std::function<bool()>&) {
            return Result<ChangeTargets>{Error{ErrorCode::tooLarge, "keys"}};
        };
        changes->preview(scope, KeyChange::remove());
        QTRY_VERIFY(!changes->problem().isEmpty());
        QVERIFY(!changes->preview());
        QVERIFY(!changes->canStart());
    }

    void nothingStartsBeforeItIsUnlocked() {
        fill(m_redis, 10);
        const auto changes = presenter();
        QVERIFY(previewed(*changes, shop(10), KeyChange::remove()));
        QVERIFY(!changes->isUnlocked());
        QVERIFY(!changes->start());
        QCOMPARE(keys(), 10);
        QSignalSpy lock(changes.get(), &ChangePresenter::lockChanged);
        changes->setUnlocked(true);
        QCOMPARE(lock.count(), 1);
        QVERIFY(changes->start());
        QVERIFY(finished(*changes));
        QCOMPARE(keys(), 0);
        QCOMPARE(changes->resultText(), q("Deleted 10 keys."));
        QVERIFY(!changes->start());
    }

    void inProductionThePatternOrTheCountMustBeTyped() {
        fill(m_redis, 1200);
        const auto changes = presenter();
        changes->setUnlocked(true);
        changes->setEnvironment(Environment::production);
        QVERIFY(previewed(*changes, shop(1200), KeyChange::remove(), q("shop:*")));
        QCOMPARE(changes->confirmText(), q("shop:*"));
        QVERIFY(!changes->start());
        QVERIFY(!changes->start(q("shop:")));
        QCOMPARE(keys(), 1200);
        QVERIFY(previewed(*changes, shop(1200), KeyChange::remove(), q("shop:* ")));
        QVERIFY2(changes->isConfirmedBy(q("shop:* ")), "a name may end in a space");
        QVERIFY(previewed(*changes, shop(1200), KeyChange::remove()));
        QCOMPARE(changes->confirmText(), q("1,200"));
        QVERIFY(!changes->start(q("120")));
        QVERIFY(changes->isConfirmedBy(q(" 1,200 ")));
        QVERIFY(changes->start(q("1200")));
        QVERIFY(finished(*changes));
        QCOMPARE(keys(), 0);
    }

    void aTtlIsSetAndUndone() {
        fill(m_redis, 500);
        const auto changes = presenter();
        changes->setUnlocked(true);
        const auto before = m_redis.command({"PEXPIRETIME", "shop:0"}).integer;
        m_redis.command({"UNLINK", "shop:1"});
        QVERIFY(previewed(*changes, shop(500), KeyChange::expireIn(std::chrono::hours{5})));
        QSignalSpy changed(changes.get(), &ChangePresenter::changed);
        QSignalSpy ended(changes.get(), &ChangePresenter::ended);
        QVERIFY(changes->start());
        QVERIFY(finished(*changes));
        QCOMPARE(ended.count(), 1);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changes->undoable(), 499u);
        QVERIFY(m_redis.command({"PTTL", "shop:0"}).integer > 17'000'000);
        QVERIFY2(changes->resultText().contains(q("499 keys. Gone already: 1 key.")),
                 qPrintable(changes->resultText()));
        m_redis.command({"PERSIST", "shop:2"});
        changes->undo();
        QVERIFY(changes->running());
        QVERIFY(finished(*changes));
        QCOMPARE(changes->progress()->done, 498u);
        QCOMPARE(changes->undoable(), 0u);
        QVERIFY2(changes->resultText().startsWith(q("Put the former expiry of 498 keys back.")),
                 qPrintable(changes->resultText()));
        QCOMPARE(m_redis.command({"PEXPIRETIME", "shop:0"}).integer, before);
        QCOMPARE(m_redis.command({"PTTL", "shop:2"}).integer, -1);
        QCOMPARE(changed.count(), 2);
    }

    void theWayBackStaysOpenWhileOtherKeysAreChosenAndRemoved() {
        fill(m_redis, 40);
        const auto changes = presenter();
        changes->setUnlocked(true);
        const auto before = m_redis.command({"PEXPIRETIME", "shop:0"}).integer;
        QVERIFY(!changes->undoOffer());
        QVERIFY(
            previewed(*changes, shop(20), KeyChange::expireIn(std::chrono::hours{5}), q("shop:*")));
        QVERIFY(changes->start());
        QVERIFY(!changes->undoOffer());
        QVERIFY(finished(*changes));
        QVERIFY(changes->undoOffer().has_value());
        QCOMPARE(changes->undoOffer()->keys, 20u);
        const QString offer = undoOfferText(*changes->undoOffer());
        QVERIFY2(offer.startsWith(q("Set a TTL of 5\u00a0h on 20 keys of shop:* at ")),
                 qPrintable(offer));
        QVERIFY2(offer.contains(q("until you disconnect")), qPrintable(offer));
        // Another preview and a removal of other keys.
        std::vector<ChangeTargets::Named> last{{"page:39", 0}};
        QVERIFY(previewed(*changes, ChangeTargets::of(last), KeyChange::remove()));
        QCOMPARE(changes->undoable(), 0u);
        QVERIFY(changes->start());
        QVERIFY(finished(*changes));
        QCOMPARE(keys(), 39);
        QCOMPARE(changes->undoable(), 0u);
        QCOMPARE(changes->undoOffer()->keys, 20u);
        changes->undo();
        QVERIFY(!changes->undoOffer());
        QVERIFY(finished(*changes));
        QVERIFY(changes->isUndo());
        QCOMPARE(changes->resultText(), q("Put the former expiry of 20 keys back."));
        QCOMPARE(m_redis.command({"PEXPIRETIME", "shop:0"}).integer, before);
        QVERIFY(!changes->undoOffer());
        changes->dropUndo();
        QVERIFY(!changes->progress());
    }

    void anUndoThatIsRefusedCanBeTriedAgain() {
        fill(m_redis, 10);
        const auto changes = presenter();
        changes->setUnlocked(true);
        QVERIFY(previewed(*changes, shop(10), KeyChange::persist()));
        QVERIFY(changes->start());
        QVERIFY(finished(*changes));
        changes->setUnlocked(false);
        changes->undo();
        QVERIFY(finished(*changes));
        QCOMPARE(m_redis.command({"PTTL", "shop:0"}).integer, -1);
        QVERIFY(changes->undoOffer().has_value());
        changes->setUnlocked(true);
        changes->undo();
        QVERIFY(finished(*changes));
        QVERIFY(m_redis.command({"PTTL", "shop:0"}).integer > 0);
        QVERIFY(!changes->undoOffer());
    }

    void theWayBackIsGivenUpOrEndsWithTheConnection() {
        fill(m_redis, 10);
        const auto changes = presenter();
        for (const bool disconnects : {false, true}) {
            changes->setUnlocked(true);
            QVERIFY(previewed(*changes, shop(10), KeyChange::expireIn(std::chrono::hours{5})));
            QVERIFY(changes->start());
            QVERIFY(finished(*changes));
            QVERIFY(changes->undoOffer().has_value());
            disconnects ? changes->setLink(nullptr) : changes->dropUndo();
            QVERIFY(!changes->undoOffer());
            changes->undo();
            QVERIFY(!changes->running());
            QCOMPARE(changes->lostUndo().has_value(), disconnects);
        }
        QVERIFY(undoLostText(*changes->lostUndo()).contains(q("10 keys")));
        changes->setLink(m_redis.link());
        QVERIFY2(changes->lostUndo(), "until it was read");
        changes->dropUndo();
        QVERIFY(!changes->lostUndo());
    }

    void whatIsOpenSaysThatTheConnectionEnded() {
        fill(m_redis, 10);
        const auto changes = presenter();
        changes->setUnlocked(true);
        QVERIFY(previewed(*changes, shop(10), KeyChange::remove()));
        changes->setLink(m_redis.link());
        QVERIFY2(changes->problem().contains(q("choose again")), qPrintable(changes->problem()));
        QCOMPARE(changes->scope().title, q("Some keys"));
        QVERIFY(!changes->canStart());

        changes->setUnlocked(true);
        QVERIFY(previewed(*changes, shop(10), KeyChange::remove()));
        QVERIFY(changes->problem().isEmpty());
        QVERIFY(changes->start());
        QVERIFY(finished(*changes));
        const QString result = changes->resultText();
        changes->setLink(nullptr);
        QVERIFY2(changes->problem().startsWith(result), qPrintable(changes->problem()));
        changes->setLink(m_redis.link());
        QVERIFY(changes->problem().startsWith(result));
    }

    void keysWhoseTimeIsOverAreSaid() {
        const auto changes = presenter();
        const std::int64_t longAgo = 1000;
        QVERIFY(previewed(*changes,
                          ChangeTargets::of({{"a", 0, 5, inspect::kNoKeyNumber, longAgo},
                                             {"b", 0, 5, inspect::kNoKeyNumber, inspect::kNoExpiry},
                                             {"c", 0, 5}}),
                          KeyChange::remove()));
        QCOMPARE(changes->preview()->expired, 1u);
        QVERIFY(changeExpired(*changes->preview()).contains(q(" 1 of them")));
        QVERIFY(previewed(*changes, shop(3), KeyChange::remove()));
        QVERIFY(changeExpired(*changes->preview()).isEmpty());
    }

    void whatNothingCameOfIsSaidWithoutAZero() {
        fill(m_redis, 10);
        const auto changes = presenter();
        changes->setUnlocked(true);
        QVERIFY(previewed(*changes, shop(12), KeyChange::remove()));
        m_redis.command({"FLUSHALL"});
        QVERIFY(changes->start());
        QVERIFY(finished(*changes));
        QCOMPARE(changes->resultText(), q("Gone already: 12 keys."));
    }

    void aStoppedRunSaysHowFarItCame() {
        fill(m_redis, 40'000);
        const auto changes = presenter();
        changes->setUnlocked(true);
        QVERIFY(previewed(*changes, shop(40'000), KeyChange::remove()));
        QVERIFY(changes->start());
        QVERIFY(changes->running());
        changes->stop();
        QVERIFY(finished(*changes));
        QCOMPARE(changes->progress()->state, inspect::ChangeProgress::State::stopped);
        QVERIFY(changes->resultText().contains(q("Stopped.")));
        QCOMPARE(static_cast<quint64>(keys()), 40'000 - changes->progress()->done);
    }

    void disconnectingForgetsAndEndsWhatRuns() {
        fill(m_redis, 40'000);
        const auto changes = presenter();
        changes->setUnlocked(true);
        QVERIFY(previewed(*changes, shop(40'000), KeyChange::persist()));
        QVERIFY(changes->start());
        changes->setLink(nullptr);
        QVERIFY(!changes->running());
        QVERIFY(!changes->preview());
        QVERIFY(!changes->progress());
        QVERIFY2(changes->problem().contains(q("done by then")), qPrintable(changes->problem()));
        QVERIFY(!changes->isUnlocked());
        changes->preview(ChangeScope::of({}, {}, shop(1)), KeyChange::remove());
        QVERIFY(!changes->previewing());
    }

    void theLatestOfTwoPreviewsWins() {
        const auto changes = presenter();
        changes->preview(ChangeScope::of(q("many"), {}, shop(200'000)), KeyChange::remove());
        QVERIFY(changes->previewing());
        QVERIFY(previewed(*changes, shop(3), KeyChange::remove()));
        QCOMPARE(changes->preview()->keys, 3u);
        QCOMPARE(changes->scope().title, q("Some keys"));
    }

    void whatRunsAtAnAddressIsGuessedWithCareAndRemembered() {
        QCOMPARE(usualEnvironment(q("redis+unix:///tmp/redis.sock")), Environment::development);
        QCOMPARE(usualEnvironment(q("redis://:pw@127.0.0.1:7000")), Environment::development);
        QCOMPARE(usualEnvironment(q("redis://localhost")), Environment::development);
        QCOMPARE(usualEnvironment(q("redis+cluster://127.0.0.1:1,10.0.0.2:1")),
                 Environment::production);
        QCOMPARE(usualEnvironment(q("redis://cache-eu-1")), Environment::production);
        QCOMPARE(usualEnvironment(q("nonsense")), Environment::production);
        const QTemporaryDir folder;
        const QString file = folder.filePath(q("settings.ini"));
        {
            AppSettings settings(file);
            QCOMPARE(settings.environment(q("redis://cache")), Environment::production);
            settings.setEnvironment(q("redis://u:secret@cache/2"), Environment::staging);
        }
        const AppSettings settings(file);
        QCOMPARE(settings.environment(q("redis://u:other@cache/2")), Environment::staging);
        QCOMPARE(settings.environment(q("redis://cache")), Environment::production);
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        QVERIFY(!written.readAll().contains("secret"));
    }
};

QTEST_GUILESS_MAIN(TestChangePresenter)
#include "tst_change_presenter.moc"
