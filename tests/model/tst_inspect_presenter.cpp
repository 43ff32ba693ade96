// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <cmath>

#include "tests/support/private_redis.h"
#include "ui/model/inspect_presenter.h"
#include "ui/model/inspect_text.h"
#include "ui/model/node_table_model.h"

using namespace cachescope;
using namespace cachescope::ui;
using test::PrivateRedis;
using State = InspectPresenter::State;

namespace {

constexpr int kPatience = 30'000;

QString urlOf(const PrivateRedis& redis) {
    return QString::fromStdString(redis.url());
}

bool isConnected(const InspectPresenter& inspect) {
    return inspect.state() == State::connected;
}

}  // namespace

class TestInspectPresenter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        if (!PrivateRedisServer::available()) {
            QSKIP("redis-server is not installed here");
        }
    }

    void anAddressThatNobodyAnswersSaysWhy() {
        InspectPresenter inspect;
        inspect.connectTo(QStringLiteral("redis+unix:///nonexistent/redis.sock"));
        QCOMPARE(inspect.state(), State::connecting);
        QTRY_COMPARE_WITH_TIMEOUT(inspect.state(), State::failed, kPatience);
        QVERIFY(inspect.failure());
        QVERIFY(inspect.link() == nullptr);
        inspect.connectTo(QStringLiteral("http://no.redis"));
        QTRY_COMPARE_WITH_TIMEOUT(inspect.state(), State::failed, kPatience);
        inspect.disconnectFromCache();
        QCOMPARE(inspect.state(), State::disconnected);
        QVERIFY(!inspect.failure());
    }

    void nobodyIsAskedForFiguresWhileThePageIsHidden() {
        const PrivateRedis redis;
        InspectPresenter inspect;
        inspect.connectTo(urlOf(redis));
        QTRY_VERIFY_WITH_TIMEOUT(isConnected(inspect), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(inspect.keyspace().keyspace() != nullptr, kPatience);
        QVERIFY(inspect.live().points().empty());
        inspect.setWatched(true);
        QTRY_VERIFY_WITH_TIMEOUT(inspect.live().points().size() >= 2, kPatience);
        QVERIFY(inspect.live().latest());
        QVERIFY(std::isfinite(inspect.live().latest()->value(LiveFigure::memory)));
        QVERIFY(serverText(*inspect.link()).contains(QStringLiteral("Redis")));
    }

    void ourOwnLookUpsDoNotMoveTheHitRatio() {
        const PrivateRedis redis;
        std::vector<RedisCommand> commands;
        for (int i = 0; i < 200; ++i) {
            commands.push_back({"SET", "k:" + std::to_string(i), "v"});
        }
        redis.commands(commands);
        InspectPresenter inspect;
        inspect.connectTo(urlOf(redis));
        inspect.setWatched(true);
        QTRY_VERIFY_WITH_TIMEOUT(inspect.live().points().size() >= 2, kPatience);
        // Of others: three hits and a miss. Of ours, meanwhile: a walk with idle times.
        redis.commands({{"GET", "k:1"}, {"GET", "k:2"}, {"GET", "k:3"}, {"GET", "nothing"}});
        inspect.keyspace().startWalk({inspect::WalkPace::Mode::fast, true});
        QTRY_VERIFY_WITH_TIMEOUT(inspect.keyspace().keyspace() != nullptr &&
                                     inspect.keyspace().keyspace()->complete &&
                                     inspect.keyspace().keyspace()->walked,
                                 kPatience);
        const auto now = inspect.live().points().size();
        QTRY_VERIFY_WITH_TIMEOUT(inspect.live().points().size() >= now + 2, kPatience);
        QCOMPARE(inspect.live().latest()->value(LiveFigure::hitRatio), 0.75);
        QVERIFY(inspect.link()->own().lookUps.hits >= 200);
        QVERIFY(costTexts(inspect).size() > 1);
        using Kind = inspect::LiveMark::Kind;
        const auto& marks = inspect.live().marks();
        const auto has = [&](Kind kind) {
            return std::any_of(marks.begin(), marks.end(),
                               [kind](const auto& mark) { return mark.kind == kind; });
        };
        QVERIFY(has(Kind::walkBegan));
        QTRY_VERIFY_WITH_TIMEOUT(has(Kind::walkEnded), kPatience);
    }

    void unlockingIsToldAndHoldsForAllPanels() {
        const PrivateRedis redis;
        InspectPresenter inspect;
        inspect.connectTo(urlOf(redis));
        QTRY_VERIFY_WITH_TIMEOUT(isConnected(inspect), kPatience);
        QVERIFY(!inspect.isUnlocked());
        const QSignalSpy told(&inspect, &InspectPresenter::lockChanged);
        inspect.setUnlocked(true);
        QVERIFY(inspect.isUnlocked());
        QVERIFY(inspect.link()->server(0).guard->isUnlocked());
        inspect.setUnlocked(true);
        QCOMPARE(told.size(), 1);
        inspect.disconnectFromCache();
        QVERIFY(!inspect.isUnlocked());
    }

    void aServerThatFallsSilentIsShownAsSilentAndNotByItsLastFigures() {
        PrivateRedis redis;
        InspectPresenter inspect;
        inspect.connectTo(urlOf(redis));
        inspect.setWatched(true);
        NodeTableModel nodes(inspect.live(), inspect.keyspace());
        const QAbstractItemModelTester tester(&nodes);
        QTRY_VERIFY_WITH_TIMEOUT(!inspect.live().points().empty(), kPatience);
        QTRY_COMPARE(nodes.rowCount(), 1);
        const auto keys = [&] {
            return nodes.index(0, NodeTableModel::keysColumn).data().toString();
        };
        QCOMPARE(keys(), QStringLiteral("0"));
        redis.command({"SHUTDOWN", "NOSAVE"});
        QTRY_VERIFY_WITH_TIMEOUT(inspect.live().isSilent(), kPatience);
        QVERIFY(!inspect.live().latest());
        QTRY_COMPARE(keys(), QStringLiteral("—"));
        QVERIFY(inspect.live().failure());
    }
};

QTEST_GUILESS_MAIN(TestInspectPresenter)
#include "tst_inspect_presenter.moc"
