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
