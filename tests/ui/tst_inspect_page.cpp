// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QRegularExpression>
#include <QSet>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QTest>

#include "tests/support/tune_traces.h"
#include "tests/ui/inspect_fixture.h"
#include "ui/charts/stacked_bars.h"
#include "ui/charts/time_series_chart.h"
#include "ui/dialogs/change_dialog.h"
#include "ui/dialogs/connection_dialog.h"
#include "ui/model/inspect_text.h"
#include "ui/pages/forecast_panel.h"
#include "ui/pages/inspect_contents.h"
#include "ui/pages/inspect_page.h"
#include "ui/pages/inspect_toolbar.h"
#include "ui/pages/key_filter_bar.h"
#include "ui/pages/key_panel.h"
#include "ui/pages/live_panel.h"
#include "ui/pages/value_panel.h"
#include "ui/pages/walk_bar.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/inline_message.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/stat_tile.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace cachescope::ui::test;
using cachescope::test::PrivateRedis;
using State = InspectPresenter::State;

class TestInspectPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        if (!PrivateRedisServer::available()) {
            QSKIP("redis-server is not installed here");
        }
    }

    void anEmptyPageSaysWhatItPromisesAndAsksWhereToLook() {
        InspectFixture fixture;
        InspectPage& page = fixture.open(nullptr);
        auto* empty = page.findChild<EmptyState*>();
        QVERIFY(empty->isVisible());
        for (const QString& sentence : inspectPromise()) {
            QVERIFY(empty->accessibleDescription().contains(sentence));
        }
        QTest::mouseClick(empty->button(), Qt::LeftButton);
        auto* dialog = shownDialog<ConnectionDialog>();
        QVERIFY(dialog != nullptr);
        QVERIFY(buttonNamed(*dialog, QStringLiteral("Inspect")) != nullptr);
        bool promised = false;
        for (const QLabel* label : dialog->findChildren<QLabel*>()) {
            promised = promised ||
                       (label->isVisible() && label->text().contains(inspectPromise().first()));
        }
        QVERIFY(promised);
        dialog->reject();
    }

    void connectingShowsASampleAndLiveFigures() {
        const PrivateRedis redis;
        fill(redis, 600);
        InspectFixture fixture;
        InspectPage& page = fixture.open(&redis);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isSampled(), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.inspect.live().points().size() >= 2, kPatience);
        QVERIFY(!page.findChild<EmptyState*>()->isVisible());
        auto* bars = page.findChild<StackedBars*>();
        QTRY_VERIFY(bars->bars() > 0);
        double due = 0;
        for (qsizetype bar = 0; bar < bars->bars(); ++bar) {
            due += bars->total(bar);
        }
        QCOMPARE(due, 600.0);
        QTRY_COMPARE_WITH_TIMEOUT(page.findChild<KeyPanel*>()->table()->model()->rowCount(), 601,
                                  kPatience);
        QCOMPARE(page.findChildren<StatTile*>().size(), 6);
    }

    void aTilePutsItsFigureIntoTheChart() {
        const PrivateRedis redis;
        InspectFixture fixture;
        InspectPage& page = fixture.open(&redis);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isSampled(), kPatience);
        auto* chart = page.findChild<TimeSeriesChart*>();
        for (StatTile* tile : page.findChildren<StatTile*>()) {
            QTest::mouseClick(tile, Qt::LeftButton);
            QCOMPARE(chart->title(), tile->accessibleName());
        }
        QTest::keyClick(page.findChildren<StatTile*>().first(), Qt::Key_Space);
        QCOMPARE(chart->title(), page.findChildren<StatTile*>().first()->accessibleName());
    }

    void aHiddenPageAsksForNothing() {
        const PrivateRedis redis;
        InspectFixture fixture;
        fixture.open(&redis);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.inspect.live().points().size() >= 2, kPatience);
        fixture.window->showLab();
        // What was under way may still come; after that there is silence.
        const auto infos = [&] {
            const std::string text = redis.command({"INFO", "commandstats"}).text;
            const auto at = text.find("cmdstat_ping:calls=");
            return at == std::string::npos ? 0 : std::atoi(text.c_str() + at + 19);
        };
        QSignalSpy advanced(&fixture.inspect.live(), &LiveBoard::advanced);
        advanced.wait(1500);
        const int before = infos();
        advanced.clear();
        advanced.wait(2500);
        QCOMPARE(infos(), before);
        fixture.window->showInspect();
        QTRY_VERIFY_WITH_TIMEOUT(infos() > before, kPatience);
    }

    // All panels, a walk with idle times, an open key: as the server counts it.
    void aWholeReadOnlySessionSendsOnlyWhatIsPromisedAndCountsAllOfIt() {
        const PrivateRedis redis;
        fill(redis, 300);
        redis.command({"CONFIG", "RESETSTAT"});
        InspectFixture fixture;
        InspectPage& page = fixture.open(&redis);
        QVERIFY(fixture.walk());
        QTRY_COMPARE_WITH_TIMEOUT(fixture.inspect.keys().rowCount(), 301, kPatience);
        auto* keys = page.findChild<KeyPanel*>();
        keys->table()->setCurrentIndex(fixture.inspect.keys().index(0, 0));
        QTest::keyClick(keys->table(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.inspect.openKey().isOpen(), kPatience);
        for (QTabBar* tabs : page.findChildren<QTabBar*>()) {
            for (int tab = 0; tab < tabs->count(); ++tab) {
                tabs->setCurrentIndex(tab);
                const auto seen = fixture.inspect.live().points().size();
                QTRY_VERIFY_WITH_TIMEOUT(fixture.inspect.live().points().size() > seen, kPatience);
            }
        }
        fixture.window->showLab();  // so that no more is sent
        static const QSet<QByteArray> kHarmless{"client|id",
                                                "client|list",
                                                "client|setinfo",
                                                "client|setname",
                                                "client|tracking",
                                                "command|info",
                                                "config|get",
                                                "config|resetstat",
                                                "dbsize",
                                                "get",
                                                "getrange",
                                                "hello",
                                                "hlen",
                                                "hscan",
                                                "info",
                                                "latency|histogram",
                                                "memory|usage",
                                                "object|encoding",
                                                "object|freq",
                                                "object|idletime",
                                                "pexpiretime",
                                                "ping",
                                                "pttl",
                                                "randomkey",
                                                "scan",
                                                "slowlog|get",
                                                "strlen",
                                                "subscribe",
                                                "type"};
        static const QRegularExpression kName(QStringLiteral("cmdstat_([^:]+):"));
        const QString text = QString::fromStdString(redis.command({"INFO", "commandstats"}).text);
        int commands = 0;
        for (auto each = kName.globalMatch(text); each.hasNext(); ++commands) {
            const QByteArray name = each.next().captured(1).toUtf8();
            QVERIFY2(kHarmless.contains(name), name.constData());
        }
        QVERIFY2(commands > 12, qPrintable(text));
        const auto counted = [&] {
            const RedisInfo info(redis.command({"INFO", "stats"}).text);
            const inspect::LookUps own = fixture.inspect.link()->own().lookUps;
            return own.hits + own.unsure == info.number("keyspace_hits") &&
                   own.misses == info.number("keyspace_misses");
        };
        QTRY_VERIFY_WITH_TIMEOUT(counted(), kPatience);
    }

    void aKeyOpensBesideTheTableOrInATabWhereItIsNarrow() {
        const PrivateRedis redis;
        fill(redis, 50);
        for (const QSize size : {QSize(1600, 900), QSize(1000, 700)}) {
            InspectFixture fixture;
            InspectPage& page = fixture.open(&redis, size);
            auto* keys = page.findChild<KeyPanel*>();
            auto* model = &fixture.inspect.keys();
            QTRY_VERIFY_WITH_TIMEOUT(model->rowCount() == 51, kPatience);
            int row = 0;
            while (row < model->rowCount() && model->keyAt(row).name != "cup:1") {
                ++row;
            }
            QVERIFY(row < model->rowCount());
            keys->table()->setCurrentIndex(model->index(row, 0));
            QTest::keyClick(keys->table(), Qt::Key_Return);
            QVERIFY(fixture.inspect.openKey().isOpen());
            QTRY_VERIFY_WITH_TIMEOUT(page.findChild<ValuePanel*>()->isVisible(), kPatience);
        }
    }

    void changesAreRefusedUntilTheyAreUnlockedAndThenNeedAPreview() {
        const PrivateRedis redis;
        fill(redis, 30);
        InspectFixture fixture;
        InspectPage& page = fixture.open(&redis);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.inspect.keys().rowCount() == 31, kPatience);
        auto* toolbar = page.findChild<InspectToolbar*>();
        QPushButton* lock = buttonNamed(*toolbar, QStringLiteral("Read-only"));
        QVERIFY(lock != nullptr);
        QTest::mouseClick(lock, Qt::LeftButton);
        auto* question = shownDialog<QMessageBox>();
        QVERIFY(question != nullptr);
        QCOMPARE(question->textFormat(), Qt::PlainText);
        QTest::mouseClick(buttonNamed(*question, QStringLiteral("Unlock")), Qt::LeftButton);
        QVERIFY(fixture.inspect.isUnlocked());
        Q_EMIT page.findChild<KeyPanel*>()->removeRequested({KeyRef{.name = "cup:1"}});
        auto* dialog = shownDialog<ChangeDialog>();
        QVERIFY(dialog != nullptr);
        ChangePresenter& changes = fixture.inspect.changes();
        QTRY_VERIFY_WITH_TIMEOUT(changes.preview() && changes.canStart(), kPatience);
        QCOMPARE(changes.preview()->keys, 1u);
        QVERIFY(redis.command({"EXISTS", "cup:1"}).integer == 1);
        QVERIFY(changes.start());
        QTRY_VERIFY_WITH_TIMEOUT(!changes.running(), kPatience);
        QCOMPARE(redis.command({"EXISTS", "cup:1"}).integer, 0);
        dialog->close();
        // The row stays and says so until the keys are read again.
        QTRY_COMPARE_WITH_TIMEOUT(fixture.inspect.keys().marks().count(), 1u, kPatience);
        QCOMPARE(fixture.inspect.keys().rowCount(), 31);
        QTest::mouseClick(buttonNamed(page, QStringLiteral("Read again")), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(fixture.inspect.keys().rowCount(), 30, kPatience);
        QVERIFY(buttonNamed(page, QStringLiteral("Read again")) == nullptr);
        QTest::mouseClick(buttonNamed(*toolbar, QStringLiteral("Changes unlocked")),
                          Qt::LeftButton);
        QVERIFY(!fixture.inspect.isUnlocked());
    }

    void returnInTheConnectionDialogConnects() {
        const PrivateRedis redis;
        InspectFixture fixture;
        InspectPage& page = fixture.open(nullptr);
        page.openConnection();
        auto* dialog = shownDialog<ConnectionDialog>();
        QVERIFY(dialog != nullptr);
        dialog->setUrl(QString::fromStdString(redis.url()));
        const QSignalSpy accepted(dialog, &QDialog::accepted);
        QTest::keyClick(dialog, Qt::Key_Return);
        QCOMPARE(accepted.size(), 1);
        QTRY_COMPARE_WITH_TIMEOUT(fixture.inspect.state(), State::connected, kPatience);
    }

    void allKeysAreNotChangedWhereOnlySomeWereRead() {
        const PrivateRedis redis;
        fill(redis, 12'000);
        InspectFixture fixture;
        InspectPage& page = fixture.open(&redis);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.inspect.keys().rowCount() > 0, kPatience);
        QVERIFY(!fixture.inspect.keys().keyspace()->complete);
        Q_EMIT page.findChild<KeyPanel*>()->changeAllRequested();
        QVERIFY(shownDialog<ChangeDialog>() == nullptr);
        QPushButton* walk = nullptr;
        for (const InlineMessage* message : page.findChildren<InlineMessage*>()) {
            if (message->isVisible() && message->kind() == InlineMessage::Kind::warning) {
                walk = message->button();
            }
        }
        QVERIFY(walk != nullptr);
        QTest::mouseClick(walk, Qt::LeftButton);
        QVERIFY(fixture.inspect.keyspace().isWalking());
        QTRY_VERIFY_WITH_TIMEOUT(fixture.inspect.keys().keyspace()->complete, kPatience);
        Q_EMIT page.findChild<KeyPanel*>()->changeAllRequested();
        QVERIFY(shownDialog<ChangeDialog>() != nullptr);
        shownDialog<ChangeDialog>()->close();
    }

    void aServerThatIsGoneIsSaidAndItsFiguresAreNotShown() {
        PrivateRedis redis;
        fill(redis, 30);
        InspectFixture fixture;
        InspectPage& page = fixture.open(&redis);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.inspect.live().points().size() >= 2, kPatience);
        redis.command({"SHUTDOWN", "NOSAVE"});
        QTRY_VERIFY_WITH_TIMEOUT(fixture.inspect.live().isSilent(), kPatience);
        bool said = false;
        for (const InlineMessage* message : page.findChildren<InlineMessage*>()) {
            said = said || (message->isVisible() && message->kind() == InlineMessage::Kind::error);
        }
        QVERIFY(said);
        QCOMPARE(connectionText(fixture.inspect), QStringLiteral("no answer"));
        // While it is tried again, nothing flickers.
        fixture.inspect.reconnect();
        QCOMPARE(fixture.inspect.state(), State::connecting);
        QCOMPARE(connectionText(fixture.inspect), QStringLiteral("no answer"));
        QVERIFY(buttonNamed(page, QStringLiteral("Try again")) == nullptr);
        QTRY_COMPARE_WITH_TIMEOUT(fixture.inspect.state(), State::failed, kPatience);
        QVERIFY(buttonNamed(page, QStringLiteral("Try again")) == nullptr);
        for (const StatTile* tile : page.findChildren<StatTile*>()) {
            QTRY_COMPARE_WITH_TIMEOUT(tile->accessibleDescription().section(u':', -1).trimmed(),
                                      QStringLiteral("—"), 10'000);
        }
    }

    void aRefusedLoginSaysSoAndOffersToCorrectIt() {
        const PrivateRedis redis;
        redis.command({"CONFIG", "SET", "requirepass", "right"});
        const auto urlWith = [&redis](const char* password) {
            return QString::fromStdString(redis.url())
                .replace(QStringLiteral("redis+unix:"),
                         QStringLiteral("redis+unix://:%1@").arg(QLatin1String(password)));
        };
        InspectFixture fixture;
        InspectPage& page = fixture.open(nullptr);
        fixture.inspect.connectTo(urlWith("wrong"));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.inspect.state(), State::failed, kPatience);
        QCOMPARE(connectionText(fixture.inspect), QStringLiteral("login refused"));
        auto* toolbar = page.findChild<InspectToolbar*>();
        QVERIFY(buttonNamed(*toolbar, QStringLiteral("Disconnect")) == nullptr);
        QVERIFY(buttonNamed(*toolbar, QStringLiteral("Edit connection…")) != nullptr);
        QVERIFY(page.findChild<EmptyState*>()->isVisible());
        const InlineMessage* message = nullptr;
        for (const InlineMessage* each : page.findChildren<InlineMessage*>()) {
            message = each->isVisible() ? each : message;
        }
        QVERIFY(message != nullptr);
        QVERIFY(message->text().contains(QStringLiteral("refused the user or password")));
        QTest::mouseClick(message->button(), Qt::LeftButton);
        auto* dialog = shownDialog<ConnectionDialog>();
        QVERIFY(dialog != nullptr);
        QVERIFY(dialog->url().contains(QStringLiteral(":wrong@")));
        dialog->reject();
        fixture.inspect.connectTo(urlWith("right"));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.inspect.state(), State::connected, kPatience);
        QCOMPARE(connectionText(fixture.inspect), QStringLiteral("answers"));
        QVERIFY(buttonNamed(*toolbar, QStringLiteral("Disconnect")) != nullptr);
        QVERIFY(buttonNamed(*toolbar, QStringLiteral("Edit connection…")) == nullptr);
    }

    void whereNobodyAnswersItCanBeTriedAgain() {
        InspectFixture fixture;
        InspectPage& page = fixture.open(nullptr);
        fixture.inspect.connectTo(QStringLiteral("redis+unix:///nonexistent/redis.sock"));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.inspect.state(), State::failed, kPatience);
        QCOMPARE(connectionText(fixture.inspect), QStringLiteral("no answer"));
        QPushButton* again = buttonNamed(page, QStringLiteral("Try again"));
        QVERIFY(again != nullptr);
        QTest::mouseClick(again, Qt::LeftButton);
        QCOMPARE(fixture.inspect.state(), State::connecting);
    }

    void theTitleNamesWhatIsLookedAt() {
        const PrivateRedis redis;
        InspectFixture fixture;
        fixture.open(nullptr);
        MainWindow& window = *fixture.window;
        const auto names = [&](const QString& what) {
            return window.windowTitle() == what + QStringLiteral(" — Cachescope");
        };
        fixture.lab.open(cachescope::ui::test::smallScenario());
        QCOMPARE(window.windowTitle(), QStringLiteral("Cachescope"));
        fixture.inspect.connectTo(QString::fromStdString(redis.url()), QStringLiteral("orders"));
        QTRY_VERIFY_WITH_TIMEOUT(names(QStringLiteral("orders")), kPatience);
        window.showLab();
        QTRY_VERIFY_WITH_TIMEOUT(names(QStringLiteral("small")), kPatience);
        window.showTune();
        QCOMPARE(window.windowTitle(), QStringLiteral("Cachescope"));
        TuneSource source;
        source.name = QStringLiteral("yesterday.csv");
        source.recording = cachescope::test::randomTrace({.requests = 500});
        fixture.tune.open(source);
        QTRY_VERIFY_WITH_TIMEOUT(names(QStringLiteral("yesterday.csv")), kPatience);
        window.showInspect();
        QVERIFY(names(QStringLiteral("orders")));
        fixture.inspect.disconnectFromCache();
        QCOMPARE(window.windowTitle(), QStringLiteral("Cachescope"));
    }

    void theChartIsNeverMostlyEmpty() {
        double before = 0;
        for (double known = 20; known <= 900; known += 0.5) {
            const double span = LivePanel::spanFor(known);
            QVERIFY(span >= known);
            QVERIFY2(known >= span * 0.6, qPrintable(QString::number(known)));
            QVERIFY(span >= before);
            before = span;
        }
        QCOMPARE(LivePanel::spanFor(5000), 900.0);
    }

    void whatLookingCostsIsNeverCut() {
        const PrivateRedis redis;
        for (const QSize size : {QSize(1280, 720), QSize(1440, 900), QSize(1900, 900)}) {
            InspectFixture fixture;
            InspectPage& page = fixture.open(&redis, size);
            QTRY_VERIFY_WITH_TIMEOUT(fixture.inspect.live().points().size() >= 1, kPatience);
            QVERIFY(costTexts(fixture.inspect).size() >= 3);
            const ElidedLabel* cost = nullptr;
            for (const auto* label :
                 page.findChild<InspectToolbar*>()->findChildren<ElidedLabel*>()) {
                cost = label->text().startsWith(QStringLiteral("our cost")) ? label : cost;
            }
            QVERIFY(cost != nullptr);
            QVERIFY2(cost->fontMetrics().horizontalAdvance(cost->shownText()) <= cost->width(),
                     qPrintable(cost->shownText()));
        }
    }

    void everythingFitsIntoTheSmallestWindow() {
        const PrivateRedis redis;
        fill(redis, 300);
        InspectFixture fixture;
        InspectPage& page = fixture.open(&redis, QSize(1280, 720));
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isSampled(), kPatience);
        fixture.pass(1);
        QCOMPARE(fixture.window->size(), QSize(1280, 720));
        QVERIFY(page.minimumSizeHint().width() <= 1280);
        QVERIFY2(page.minimumSizeHint().height() <= 720,
                 qPrintable(QString::number(page.minimumSizeHint().height())));
        QVERIFY(page.findChild<TimeSeriesChart*>()->height() > 100);
        QVERIFY(page.findChild<ForecastPanel*>()->height() > 100);
        QVERIFY(page.findChild<KeyPanel*>()->height() > 150);
    }
};

QTEST_MAIN(TestInspectPage)
#include "tst_inspect_page.moc"
