// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>

#include "tests/support/private_redis.h"
#include "ui/model/inspect_text.h"
#include "ui/model/keyspace_presenter.h"

using namespace cachescope;
using namespace cachescope::ui;
using test::PrivateRedis;

namespace {

constexpr int kPatience = 30'000;

void fill(const PrivateRedis& redis, int keys) {
    std::vector<RedisCommand> commands;
    for (int i = 0; i < keys; ++i) {
        const std::string key = (i % 4 == 0 ? "page:" : "user:") + std::to_string(i);
        if (i % 2 == 0) {
            commands.push_back({"SET", key, "value", "EX", std::to_string(600 + i % 60)});
        } else {
            commands.push_back({"SET", key, "value"});
        }
    }
    redis.commands(commands);
}

}  // namespace

class TestKeyspacePresenter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        if (!PrivateRedisServer::available()) {
            QSKIP("redis-server is not installed here");
        }
    }

    void aNewLinkIsSampledAtOnceAndASmallDatabaseIsExact() {
        const PrivateRedis redis;
        fill(redis, 400);
        KeyspacePresenter keyspace;
        QVERIFY(keyspaceBadge(keyspace).isEmpty());
        keyspace.setLink(redis.link());
        QVERIFY(keyspace.isSampling());
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace() != nullptr, kPatience);
        const Keyspace& known = *keyspace.keyspace();
        QVERIFY(known.complete);
        QVERIFY(!known.walked);
        QCOMPARE(known.view.size(), 400u);
        QCOMPARE(known.figures.noTtlKeys, 200u);
        const auto due = keyspace.due(DueSpan::minutes);
        QVERIFY(due);
        QCOMPARE(due->due.keys, 200.0);
        QCOMPARE(due->never.keys, 200.0);
        QVERIFY(!keyspace.census());
    }

    void aForecastIsMadeAgainBeforeItEnds() {
        const PrivateRedis redis;
        fill(redis, 400);
        ManualClock clock(SystemClock::instance().now());
        KeyspacePresenter keyspace(clock);
        keyspace.setWatched(true);
        keyspace.setLink(redis.link());
        keyspace.startWalk({inspect::WalkPace::Mode::fast, false});
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace() != nullptr && keyspace.keyspace()->complete,
                                 kPatience);
        QCOMPARE(keyspace.due(DueSpan::seconds)->due.keys, 0.0);
        const auto before = keyspace.keyspace();
        // The keys are due 600 to 660 seconds after they were written.
        clock.advance(std::chrono::seconds{570});
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace() != before, kPatience);
        const auto due = keyspace.due(DueSpan::seconds);
        QCOMPARE(due->due.keys, 200.0);
        QVERIFY(!due->isShort);
        QCOMPARE(due->passed.keys, 0.0);
        QCOMPARE(keyspace.keyspace()->taken, before->taken);
        QVERIFY(keyspace.keyspace()->isRefresh);
    }

    void aWalkReplacesTheSampleAndKeepsItsStore() {
        const PrivateRedis redis;
        fill(redis, 3000);
        KeyspacePresenter keyspace;
        keyspace.setLink(redis.link());
        const QSignalSpy began(&keyspace, &KeyspacePresenter::walkBegan);
        const QSignalSpy ended(&keyspace, &KeyspacePresenter::walkEnded);
        keyspace.startWalk({inspect::WalkPace::Mode::fast, true});
        QCOMPARE(began.size(), 1);
        QVERIFY(keyspace.isWalking());
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace() != nullptr && keyspace.keyspace()->complete,
                                 kPatience);
        QCOMPARE(ended.size(), 1);
        QVERIFY(!keyspace.isWalking());
        QVERIFY(keyspace.keyspace()->walked);
        QVERIFY(keyspace.keyspace()->knowsIdle);
        QCOMPARE(keyspace.keyspace()->view.size(), 3000u);
        QVERIFY(keyspace.census() != nullptr);
        QVERIFY(keyspace.census()->find("page:0").has_value());
        QCOMPARE(keyspace.walkByServer().size(), 1);
    }

    void aStoppedWalkKeepsWhatItFoundAndSaysHowFarItWas() {
        const PrivateRedis redis;
        fill(redis, 20'000);
        KeyspacePresenter keyspace;
        keyspace.setLink(redis.link());
        keyspace.startWalk({});
        keyspace.pauseWalk();
        QTRY_COMPARE_WITH_TIMEOUT(keyspace.walk()->state, inspect::WalkProgress::State::paused,
                                  kPatience);
        QVERIFY(walkText(*keyspace.walk()).contains(QStringLiteral("paused")));
        keyspace.resumeWalk();
        keyspace.stopWalk();
        QTRY_VERIFY_WITH_TIMEOUT(!keyspace.isWalking(), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace() != nullptr && keyspace.keyspace()->walked,
                                 kPatience);
        QVERIFY(!keyspace.keyspace()->complete || keyspace.keyspace()->view.size() == 20'000u);
    }

    void afterAChangeAllIsCountedAnewAndNothingAsked() {
        const PrivateRedis redis;
        fill(redis, 3000);
        KeyspacePresenter keyspace;
        const auto link = redis.link();
        keyspace.setLink(link);
        keyspace.startWalk({inspect::WalkPace::Mode::fast, false});
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace() != nullptr && keyspace.keyspace()->complete,
                                 kPatience);
        const auto before = keyspace.keyspace();
        const auto commands = link->own().commands;
        // All pages are removed, which have a TTL, and so one more of the others gets none.
        std::vector<inspect::KeyRevision> revisions;
        std::uint32_t other = inspect::kNoKeyNumber;
        for (std::uint32_t key = 0; key < before->view.size(); ++key) {
            if (before->view.name(key).starts_with("page:")) {
                revisions.push_back({key, inspect::kKeyGone});
            } else if (before->view.facts(key).hasExpiry()) {
                other = key;
            }
        }
        QCOMPARE(revisions.size(), 750u);
        revisions.push_back({other, inspect::kNoExpiry});
        keyspace.revise(before->number, KeyMarks().with(revisions, before->view, before->taken));
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace() != before, kPatience);
        const auto after = keyspace.keyspace();
        QVERIFY(after->isRevised);
        QVERIFY(after->isRefresh);
        QCOMPARE(after->number, before->number);
        QCOMPARE(after->readAt, before->readAt);
        QCOMPARE(after->view.size(), 3000u);
        QCOMPARE(after->present.size(), 2250u);
        QCOMPARE(after->figures.databaseKeys, 2250u);
        QVERIFY(after->figures.exact);
        QCOMPARE(after->figures.noTtlKeys, 1501u);
        QCOMPARE(keyspace.due(DueSpan::minutes)->due.keys, 749.0);
        QCOMPARE(link->own().commands, commands);
        // And back.
        keyspace.revise(before->number, {});
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace() != after, kPatience);
        QCOMPARE(keyspace.keyspace()->figures.noTtlKeys, 1500u);
        QCOMPARE(keyspace.keyspace()->present.size(), 3000u);
    }

    void aSampleOfManyIsDrawnAgainAsARefresh() {
        const PrivateRedis redis;
        fill(redis, 12'000);
        KeyspacePresenter keyspace;
        keyspace.setLink(redis.link());
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace() != nullptr, kPatience);
        const auto before = keyspace.keyspace();
        QVERIFY(!before->complete && !before->isRefresh);
        redis.command({"FLUSHALL"});
        fill(redis, 11'000);
        keyspace.revise(before->number,
                        KeyMarks().with({{0, inspect::kKeyGone}}, before->view, before->taken));
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace() != before, kPatience);
        QVERIFY(keyspace.keyspace()->isRefresh);
        QCOMPARE(keyspace.keyspace()->figures.databaseKeys, 11'000u);
    }

    void eachWalkAndEachCacheNumbersItsKeysAnew() {
        const PrivateRedis redis;
        fill(redis, 100);
        KeyspacePresenter keyspace;
        keyspace.setLink(redis.link());
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace() != nullptr, kPatience);
        const auto sampled = keyspace.keyspace()->number;
        keyspace.startWalk({inspect::WalkPace::Mode::fast, false});
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace()->walked && keyspace.keyspace()->complete,
                                 kPatience);
        QVERIFY(keyspace.keyspace()->number != sampled);
    }

    void whatWasReadBeforeARestartSaysSo() {
        const PrivateRedis redis;
        fill(redis, 100);
        KeyspacePresenter keyspace;
        keyspace.setLink(redis.link());
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace() != nullptr, kPatience);
        const auto due = keyspace.dueBetween();
        const TimePoint now = SystemClock::instance().now();
        QVERIFY(due(now, now + std::chrono::seconds{1}).has_value());
        keyspace.setOutdated();
        QVERIFY(keyspace.isOutdated());
        QVERIFY(keyspaceBadge(keyspace).contains(QStringLiteral("before")));
        QVERIFY(!due(now, now + std::chrono::seconds{1}).has_value());
        keyspace.sample();
        QTRY_VERIFY_WITH_TIMEOUT(!keyspace.isOutdated(), kPatience);
    }

    void aServerThatGoesAwayLeavesWhatWasReadAndAFailure() {
        PrivateRedis redis;
        fill(redis, 100);
        KeyspacePresenter keyspace;
        keyspace.setLink(redis.link());
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.keyspace() != nullptr, kPatience);
        redis.command({"SHUTDOWN", "NOSAVE"});
        keyspace.sample();
        QTRY_VERIFY_WITH_TIMEOUT(keyspace.failure().has_value(), kPatience);
        QVERIFY(!keyspace.isSampling());
        QCOMPARE(keyspace.keyspace()->view.size(), 100u);
        keyspace.setLink(nullptr);
        QVERIFY(keyspace.keyspace() == nullptr);
        QVERIFY(!keyspace.failure());
    }
};

QTEST_GUILESS_MAIN(TestKeyspacePresenter)
#include "tst_keyspace_presenter.moc"
