// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/needs_redis.h"
#include "tests/support/private_redis.h"
#include "ui/model/configuration_text.h"
#include "ui/model/server_panel_models.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::test::PrivateRedis;
using inspect::ConfigurationId;
using inspect::ConfigurationMeaning;

namespace {

constexpr int kPatience = 20'000;

struct Panels {
    std::shared_ptr<inspect::InspectLink> link;
    ServerPanelsPresenter presenter;
    SlowLogModel slowLog{presenter};
    ClientModel clients{presenter};
    ConfigurationModel configuration{presenter};
    QAbstractItemModelTester slowLogTester{&slowLog};
    QAbstractItemModelTester clientsTester{&clients};
    QAbstractItemModelTester configurationTester{&configuration};

    explicit Panels(const PrivateRedis& server) : link(server.link()) {
        presenter.setLink(link);
        presenter.setWatched(true);
    }
    bool show(ServerTab tab) {
        presenter.setTab(tab);
        return QTest::qWaitFor(
            [this, tab] {
                const bool came =
                    tab == ServerTab::slowLog   ? presenter.slowLog().asked > TimePoint{}
                    : tab == ServerTab::clients ? presenter.clients().asked > TimePoint{}
                                                : presenter.configuration().asked > TimePoint{};
                return came && !presenter.busy();
            },
            kPatience);
    }
    bool again() {
        presenter.refresh();
        return QTest::qWaitFor([this] { return !presenter.busy(); }, kPatience);
    }
};

QString meaningOf(const char* name, const char* value,
                  const std::vector<std::pair<std::string, std::string>>& others = {},
                  const inspect::ServerFacts& facts = {}) {
    auto all = others;
    all.emplace_back(name, value);
    for (const auto& each : inspect::judgedConfiguration(all)) {
        if (each.name == name) {
            return ConfigurationTexts::meaning(each, facts, 0);
        }
    }
    return {};
}

}  // namespace

class TestServerPanels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void slowCommandsAreListed() {
        const PrivateRedis server;
        NEEDS(server);
        Panels panels(server);
        QVERIFY(panels.show(ServerTab::slowLog));
        QVERIFY(panels.presenter.slowLog().isKnown);
        QCOMPARE(panels.slowLog.rowCount(), 0);
        QCOMPARE(ServerPanelTexts::emptySlowLog(panels.presenter),
                 QStringLiteral("No command took longer than 10\u00a0ms"));
        server.commands({{"CONFIG", "SET", "slowlog-log-slower-than", "0"},
                         {"SET", std::string("odd\0<b>\n", 8), "a value"},
                         {"CONFIG", "SET", "slowlog-log-slower-than", "-1"}});
        QVERIFY(panels.again());
        QVERIFY(panels.slowLog.rowCount() >= 1);
        bool found = false;
        for (int row = 0; row < panels.slowLog.rowCount(); ++row) {
            const QString command =
                panels.slowLog.index(row, SlowLogModel::commandColumn).data().toString();
            found = found || command == QStringLiteral("SET odd\\x00<b>\\x0a \"a value\"");
        }
        QVERIFY(found);
        const auto took = panels.slowLog.index(0, SlowLogModel::tookColumn).data(kSortRole);
        QVERIFY(took.toLongLong() >= 0);
        QVERIFY(!panels.slowLog.index(0, SlowLogModel::whenColumn).data().toString().isEmpty());
    }

    void ourOwnConnectionsAreMarked() {
        const PrivateRedis server;
        NEEDS(server);
        const TimePoint deadline = SystemClock::instance().now() + std::chrono::seconds{20};
        auto other = RedisConnection::open(server.target().seeds.front(), deadline);
        QVERIFY(other.ok());
        const std::vector<RedisCommand> name{{"CLIENT", "SETNAME", "web-1"}};
        QVERIFY((*other)->send(name, deadline).ok());
        Panels panels(server);
        QVERIFY(panels.show(ServerTab::clients));
        int ours = 0;
        int others = 0;
        for (int row = 0; row < panels.clients.rowCount(); ++row) {
            const QModelIndex cell = panels.clients.index(row, ClientModel::nameColumn);
            const bool isOurs = cell.data(kMarkedRole).toBool();
            ours += isOurs ? 1 : 0;
            others += !isOurs && cell.data().toString() == QStringLiteral("web-1") ? 1 : 0;
        }
        QVERIFY(ours >= 1);
        QCOMPARE(others, 1);
        QVERIFY(!panels.clients.hasColumn(ClientModel::libraryColumn) ||
                !panels.clients.index(0, ClientModel::libraryColumn).data().isNull());
        // A row that stays is still the same row when others come.
        const QSignalSpy reset(&panels.clients, &QAbstractItemModel::modelReset);
        const int before = panels.clients.rowCount();
        auto third = RedisConnection::open(server.target().seeds.front(), deadline);
        QVERIFY(third.ok());
        QVERIFY(panels.again());
        QCOMPARE(panels.clients.rowCount(), before + 1);
        QVERIFY(reset.isEmpty());
    }

    void theConfigurationSaysWhatItMeans() {
        const PrivateRedis server;
        NEEDS(server);
        server.commands({{"CONFIG", "SET", "maxmemory", "2147483648"},
                         {"CONFIG", "SET", "maxmemory-policy", "noeviction"}});
        Panels panels(server);
        QVERIFY(panels.show(ServerTab::configuration));
        QVERIFY(panels.configuration.rowCount() >= 10);
        QString maxMemory;
        bool isMarked = false;
        for (int row = 0; row < panels.configuration.rowCount(); ++row) {
            const QModelIndex name =
                panels.configuration.index(row, ConfigurationModel::nameColumn);
            QVERIFY2(!name.siblingAtColumn(ConfigurationModel::meaningColumn)
                          .data()
                          .toString()
                          .isEmpty(),
                     qPrintable(name.data().toString()));
            if (name.data().toString() == QStringLiteral("maxmemory")) {
                maxMemory = name.siblingAtColumn(ConfigurationModel::valueColumn).data().toString();
            }
            if (name.data().toString() == QStringLiteral("maxmemory-policy")) {
                isMarked = name.data(kMarkedRole).toBool();
            }
        }
        QCOMPARE(maxMemory, QStringLiteral("2\u00a0GiB"));
        QVERIFY(isMarked);
    }

    void meaningsNameTheValuesAndTheRemedy() {
        inspect::ServerFacts facts;
        facts.usedMemory = 3U << 30U;
        facts.databases.push_back({0, 1000, 400, {}});
        const QString bound = meaningOf("maxmemory", "0", {}, facts);
        QVERIFY2(bound.contains(QStringLiteral("3\u00a0GiB")) &&
                     bound.contains(QStringLiteral("Set maxmemory")),
                 qPrintable(bound));
        const QString isVolatile =
            meaningOf("maxmemory-policy", "volatile-lfu", {{"maxmemory", "100"}}, facts);
        QVERIFY2(isVolatile.contains(QStringLiteral("600 of 1,000")) &&
                     isVolatile.contains(QStringLiteral("allkeys-lfu")),
                 qPrintable(isVolatile));
        QVERIFY(meaningOf("maxmemory-policy", "noeviction", {{"maxmemory", "100"}})
                    .contains(QStringLiteral("writes fail")));
        QVERIFY(!meaningOf("maxmemory-policy", "noeviction", {{"maxmemory", "0"}})
                     .contains(QStringLiteral("writes fail")));
        QVERIFY(meaningOf("maxmemory-samples", "3").contains(u'3'));
        QVERIFY(meaningOf("slowlog-log-slower-than", "-1").contains(QStringLiteral("off")));
        QVERIFY(meaningOf("notify-keyspace-events", "KEm").contains(QStringLiteral("miss")));
        QVERIFY(ConfigurationTexts::matters(ConfigurationMeaning::growsWithoutBound));
        QVERIFY(!ConfigurationTexts::matters(ConfigurationMeaning::plain));
        const auto value = [](ConfigurationId id, const char* text) {
            return ConfigurationTexts::value({id, "", text, ConfigurationMeaning::plain});
        };
        QCOMPARE(value(ConfigurationId::slowLogSlowerThan, "10000"), QStringLiteral("10\u00a0ms"));
        QCOMPARE(value(ConfigurationId::slowLogSlowerThan, "-1"), QStringLiteral("off"));
        QCOMPARE(value(ConfigurationId::maxMemoryClients, "5%"), QStringLiteral("5%"));
        QCOMPARE(value(ConfigurationId::maxMemory, "0"), QStringLiteral("no bound"));
    }

    void eachFailsAloneAndNamesItsRule() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"ACL", "SETUSER", "default", "-slowlog|get", "-config|get"});
        Panels panels(server);
        QVERIFY(panels.show(ServerTab::slowLog));
        const QString slow = ServerPanelTexts::failure(panels.presenter);
        QVERIFY2(slow.contains(QStringLiteral("+slowlog|get")), qPrintable(slow));
        QVERIFY(panels.show(ServerTab::clients));
        QVERIFY(ServerPanelTexts::failure(panels.presenter).isEmpty());
        QVERIFY(panels.clients.rowCount() > 0);
        QVERIFY(panels.show(ServerTab::configuration));
        const QString configuration = ServerPanelTexts::failure(panels.presenter);
        QVERIFY2(configuration.contains(QStringLiteral("+config|get")), qPrintable(configuration));
        // Once it is granted, it is there.
        server.command({"ACL", "SETUSER", "default", "+config|get"});
        QVERIFY(panels.again());
        QVERIFY(ServerPanelTexts::failure(panels.presenter).isEmpty());
        QVERIFY(panels.configuration.rowCount() > 0);
        // What may no longer be asked for is no longer shown.
        server.command({"ACL", "SETUSER", "default", "-client|list"});
        panels.presenter.setTab(ServerTab::clients);
        QVERIFY(QTest::qWaitFor([&] { return !panels.presenter.busy(); }, kPatience));
        QVERIFY(panels.again());
        QCOMPARE(panels.clients.rowCount(), 0);
    }

    void nobodyAsksWhileNobodyLooks() {
        const PrivateRedis server;
        NEEDS(server);
        Panels panels(server);
        QVERIFY(panels.show(ServerTab::slowLog));
        panels.presenter.setWatched(false);
        const std::uint64_t before = panels.link->own().commands;
        panels.presenter.setTab(ServerTab::clients);
        QVERIFY(!QTest::qWaitFor([&] { return panels.link->own().commands > before; }, 300));
        QCOMPARE(panels.clients.rowCount(), 0);
        panels.presenter.setWatched(true);
        QTRY_VERIFY_WITH_TIMEOUT(panels.clients.rowCount() > 0, kPatience);
        panels.presenter.setLink(nullptr);
        QCOMPARE(panels.clients.rowCount(), 0);
        QVERIFY(panels.presenter.serverNames().isEmpty());
        panels.presenter.refresh();
        QVERIFY(!panels.presenter.busy());
    }

    void aServerThatHangsHoldsNobodyUp() {
        const PrivateRedis server;
        NEEDS(server);
        Panels panels(server);
        QVERIFY(panels.show(ServerTab::slowLog));
        server.command({"CLIENT", "PAUSE", "3000", "ALL"});
        panels.presenter.refresh();
        const TimePoint begin = SystemClock::instance().now();
        panels.presenter.setTab(ServerTab::clients);
        panels.presenter.setLink(nullptr);
        QVERIFY(SystemClock::instance().now() - begin < std::chrono::seconds{1});
    }
};

QTEST_GUILESS_MAIN(TestServerPanels)
#include "tst_server_panels.moc"
