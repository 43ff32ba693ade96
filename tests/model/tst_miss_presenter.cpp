// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/private_redis.h"
#include "ui/model/miss_presenter.h"
#include "ui/model/miss_table_model.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::test::PrivateRedis;
using namespace std::chrono_literals;

namespace {

QString q(const char* text) {
    return QString::fromUtf8(text);
}

std::shared_ptr<inspect::KeyCensus> censusOf(
    const std::vector<std::pair<std::string, std::int64_t>>& keys) {
    auto census = std::make_shared<inspect::KeyCensus>();
    for (const auto& [name, expiry] : keys) {
        inspect::NamedKey key{name, {}};
        key.facts.expiry = expiry;
        if (!census->add({&key, 1})) {
            return nullptr;
        }
    }
    return census;
}

}  // namespace

class TestMissPresenter : public QObject {
    Q_OBJECT

private:
    PrivateRedis m_redis;

    std::string flags() const {
        const RedisReply reply = m_redis.command({"CONFIG", "GET", "notify-keyspace-events"});
        return reply.elements.size() == 2 ? reply.elements[1].text : "?";
    }
    bool isListening() const { return flags().find('m') != std::string::npos; }
    static bool ended(MissPresenter& misses) {
        return QTest::qWaitFor([&] { return !misses.running() && !misses.restoring(); }, 20'000);
    }

private Q_SLOTS:
    void initTestCase() {
        if (!m_redis.isRunning()) {
            QSKIP("redis-server is not installed here");
        }
    }
    void init() {
        m_redis.commands({{"FLUSHALL"}, {"CONFIG", "SET", "notify-keyspace-events", "Kx"}});
    }

    void missesAreCountedByNamespaceAndReason() {
        MissPresenter misses;
        MissTableModel model(misses);
        QAbstractItemModelTester tester(&model);
        misses.setLink(m_redis.link());
        const std::int64_t now = SystemClock::instance().now().time_since_epoch() / 1ms;
        misses.setCensus(censusOf({{"page:due", now - 1000},
                                   {"page:gone", now + 3'600'000},
                                   {"user:forever", inspect::kNoExpiry}}),
                         {});
        QVERIFY2(!isListening(), "nothing happens before it is asked for");
        misses.start(MissPresenter::Source::misses);
        QVERIFY(misses.running());
        QTRY_VERIFY(isListening());
        QTRY_VERIFY(misses.settingText().contains(q("while this lasts; before, \"xK\".")));
        for (const char* key : {"page:due", "page:gone", "page:new", "user:forever", "bare"}) {
            m_redis.command({"GET", key});
        }
        QTRY_COMPARE(model.rowCount(), 3);
        QTRY_COMPARE(
            model.index(0, MissTableModel::missColumn).data(MissTableModel::valueRole).toDouble(),
            3.0);
        const auto cell = [&](int row, int column) {
            return model.index(row, column).data().toString();
        };
        misses.stop();
        QVERIFY(ended(misses));
        QCOMPARE(cell(0, MissTableModel::nameColumn), q("page:"));
        QCOMPARE(cell(0, MissTableModel::expiredColumn), q("1"));
        QCOMPARE(cell(0, MissTableModel::removedColumn), q("1"));
        QCOMPARE(cell(0, MissTableModel::unseenColumn), q("1"));
        QCOMPARE(cell(0, MissTableModel::readColumn), q("—"));
        QCOMPARE(cell(0, MissTableModel::hitColumn), q("—"));
        QVERIFY(misses.hitRatios().isEmpty());
        QVERIFY2(misses.settingText().contains(q("is back to \"xK\".")),
                 qPrintable(misses.settingText()));
        QCOMPARE(flags(), std::string("xK"));
        QCOMPARE(misses.stateText(), q("Heard: 5 misses."));
        model.sort(MissTableModel::nameColumn, Qt::AscendingOrder);
        QCOMPARE(cell(0, MissTableModel::nameColumn), q("(no namespace)"));
    }

    void withoutAWalkNobodyKnowsTheReasons() {
        MissPresenter misses;
        MissTableModel model(misses);
        misses.setLink(m_redis.link());
        misses.start(MissPresenter::Source::misses);
        QTRY_VERIFY(misses.settingText().contains(q("while this lasts")));
        m_redis.command({"GET", "a:1"});
        QTRY_COMPARE(model.rowCount(), 1);
        QCOMPARE(model.index(0, MissTableModel::missColumn).data().toString(), q("1"));
        QCOMPARE(model.index(0, MissTableModel::unseenColumn).data().toString(), q("—"));
    }

    void watchingCommandsGivesHitRatios() {
        MissPresenter::Options options;
        options.watch = 3s;
        options.worst = 1e6;  // however busy the machine is
        MissPresenter misses(options);
        misses.setLink(m_redis.link());
        m_redis.command({"SET", "page:1", "v"});
        misses.start(MissPresenter::Source::commands);
        // Asked again and again, because it is a moment before all commands are heard.
        QTRY_VERIFY([&] {
            m_redis.commands(
                {{"GET", "page:1"}, {"GET", "page:1"}, {"GET", "page:1"}, {"GET", "page:none"}});
            return !misses.running() || !misses.traffic().empty();
        }());
        QVERIFY(!misses.traffic().empty());
        QVERIFY(ended(misses));
        const auto ratios = misses.hitRatios();
        QCOMPARE(ratios.size(), 1);
        QCOMPARE(ratios.at(0).name, q("page:"));
        QVERIFY(ratios.at(0).reads >= 4);
        QVERIFY2(ratios.at(0).ratio >= 0.7 && ratios.at(0).ratio <= 0.9,
                 qPrintable(QString::number(ratios.at(0).ratio)));
        QCOMPARE(flags(), std::string("xK"));
        QVERIFY(misses.problemText().isEmpty());
    }

    void itEndsByItselfAndPutsTheSettingBack() {
        MissPresenter::Options options;
        options.listen = 300ms;
        MissPresenter misses(options);
        QSignalSpy running(&misses, &MissPresenter::runningChanged);
        misses.setLink(m_redis.link());
        misses.start(MissPresenter::Source::misses);
        QVERIFY(misses.secondsLeft() <= 0.3);
        QVERIFY(ended(misses));
        QCOMPARE(running.count(), 2);
        QCOMPARE(flags(), std::string("xK"));
        QCOMPARE(misses.secondsLeft(), 0.0);
    }

    void disconnectingPutsTheSettingBackAndClears() {
        MissPresenter misses;
        misses.setLink(m_redis.link());
        misses.start(MissPresenter::Source::misses);
        QTRY_VERIFY(isListening());
        misses.setLink(nullptr);
        QVERIFY(!misses.running());
        QVERIFY(misses.stateText().isEmpty());
        QTRY_COMPARE(flags(), std::string("xK"));
        misses.start(MissPresenter::Source::misses);
        QVERIFY(!misses.running());
    }

    void theEndOfTheProgramPutsTheSettingBack() {
        {
            MissPresenter misses;
            misses.setLink(m_redis.link());
            misses.start(MissPresenter::Source::misses);
            QTRY_VERIFY(isListening());
        }
        QCOMPARE(flags(), std::string("xK"));
    }

    void aMissingRightIsNamed() {
        m_redis.command(
            {"ACL", "SETUSER", "poor", "on", ">pw", "~*", "&*", "+@all", "-config|set"});
        RedisTarget target = m_redis.target();
        target.seeds.front().user = "poor";
        target.seeds.front().password = "pw";
        const auto link =
            inspect::InspectLink::connect(target, SystemClock::instance().now() + 20s);
        QVERIFY(link.ok());
        MissPresenter misses;
        misses.setLink(*link);
        misses.start(MissPresenter::Source::misses);
        QVERIFY(ended(misses));
        QVERIFY2(misses.problemText().contains(q("+config|set")), qPrintable(misses.problemText()));
        QCOMPARE(flags(), std::string("xK"));
    }

    void aSettingThatCannotBePutBackIsSaid() {
        auto redis = std::make_unique<PrivateRedis>();
        MissPresenter misses;
        QSignalSpy left(&misses, &MissPresenter::flagsLeft);
        misses.setLink(redis->link());
        misses.start(MissPresenter::Source::misses);
        QTRY_VERIFY(misses.settingText().contains(q("while this lasts")));
        redis.reset();
        misses.setLink(nullptr);
        QTRY_COMPARE_WITH_TIMEOUT(left.count(), 1, 20'000);
        QVERIFY(left.at(0).at(0).toString().contains(q("CONFIG SET notify-keyspace-events \"\"")));
    }
};

QTEST_GUILESS_MAIN(TestMissPresenter)
#include "tst_miss_presenter.moc"
