// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "engine/redis/redis_process.h"
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

// One that comes back at the same address, with nothing of what it had.
class RestartableRedis {
public:
    RestartableRedis() { start(); }

    QString url() const { return QStringLiteral("redis+unix://") + socket(); }
    void restart() {
        m_process.reset();
        start();
    }
    bool isRunning() const { return m_process != nullptr; }
    void send(const std::vector<RedisCommand>& commands) const {
        const TimePoint deadline = SystemClock::instance().now() + std::chrono::seconds{20};
        auto connection = RedisConnection::open(address(), deadline);
        QVERIFY(connection && (*connection)->send(commands, deadline));
    }

private:
    QString socket() const { return m_folder.filePath(QStringLiteral("redis.sock")); }
    RedisAddress address() const {
        return RedisTarget::parse(url().toStdString()).value().seeds.front();
    }
    void start() {
        RedisProcessOptions options;
        options.executable = findRedisServer().value_or(std::string{});
        options.arguments = {"--port",       "0", "--unixsocket", socket().toStdString(),
                             "--save",       "",  "--dir",        m_folder.path().toStdString(),
                             "--appendonly", "no"};
        options.address = address();
        options.logFile = m_folder.filePath(QStringLiteral("log")).toStdString();
        options.timeout = std::chrono::seconds{20};
        auto process = RedisProcess::start(options);
        m_process = process ? std::move(*process) : nullptr;
    }

    QTemporaryDir m_folder;
    std::unique_ptr<RedisProcess> m_process;
};

// So many look-ups, and the hit ratio that the board says then.
double ratioAfter(const RestartableRedis& redis, const InspectPresenter& inspect,
                  const RedisCommand& lookUp) {
    redis.send(std::vector<RedisCommand>(20, lookUp));
    const TimePoint sent = SystemClock::instance().now();
    const bool seen = QTest::qWaitFor(
        [&] {
            const auto& points = inspect.live().points();
            return std::any_of(points.rbegin(), points.rend(), [&](const LivePoint& point) {
                return point.at > sent && point.hits + point.misses > 0;
            });
        },
        kPatience);
    return seen && inspect.live().latest() ? inspect.live().latest()->value(LiveFigure::hitRatio)
                                           : -1;
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

    // Of the minute before only what the same counters have counted.
    void theMinuteBeginsAnewWithTheCounters() {
        RestartableRedis redis;
        QVERIFY(redis.isRunning());
        redis.send({{"SET", "k", "v"}});
        InspectPresenter inspect;
        inspect.connectTo(redis.url());
        inspect.setWatched(true);
        QTRY_VERIFY_WITH_TIMEOUT(inspect.live().points().size() >= 2, kPatience);
        const auto hasMark = [&](inspect::LiveMark::Kind kind) {
            const auto& marks = inspect.live().marks();
            return std::any_of(marks.begin(), marks.end(),
                               [kind](const auto& mark) { return mark.kind == kind; });
        };
        QCOMPARE(ratioAfter(redis, inspect, {"GET", "k"}), 1.0);
        redis.send({{"CONFIG", "RESETSTAT"}});
        QTRY_VERIFY_WITH_TIMEOUT(hasMark(inspect::LiveMark::Kind::statsReset), kPatience);
        QCOMPARE(ratioAfter(redis, inspect, {"GET", "nothing"}), 0.0);
        QCOMPARE(ratioAfter(redis, inspect, {"GET", "k"}), 0.5);
        inspect.setUnlocked(true);
        redis.restart();
        QVERIFY(redis.isRunning());
        QTRY_VERIFY_WITH_TIMEOUT(hasMark(inspect::LiveMark::Kind::restart), kPatience);
        const auto before = inspect.live().points().size();
        QTRY_VERIFY_WITH_TIMEOUT(
            isConnected(inspect) && inspect.live().points().size() >= before + 2, kPatience);
        QVERIFY2(!inspect.isUnlocked(), "it was the former server that was unlocked");
        redis.send({{"SET", "k", "v"}});
        QCOMPARE(ratioAfter(redis, inspect, {"GET", "k"}), 1.0);
        const auto& points = inspect.live().points();
        QVERIFY2(points.back().at - points.front().at < std::chrono::minutes{1},
                 "so slow that it would have been so anyway");
    }

    void aDatabaseThatWasEmptyIsReadAnewOnceItIsFilled() {
        const PrivateRedis redis;
        InspectPresenter inspect;
        inspect.connectTo(urlOf(redis));
        inspect.setWatched(true);
        QTRY_VERIFY_WITH_TIMEOUT(inspect.keyspace().keyspace() != nullptr, kPatience);
        QCOMPARE(inspect.keyspace().keyspace()->view.size(), 0u);
        redis.commands({{"SET", "a", "v"}, {"SET", "b", "v"}});
        QTRY_COMPARE_WITH_TIMEOUT(inspect.keyspace().keyspace()->view.size(), 2u, kPatience);
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
