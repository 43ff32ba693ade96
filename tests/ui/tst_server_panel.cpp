// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTabBar>
#include <QTableView>
#include <QTest>

#include "tests/support/needs_redis.h"
#include "tests/support/private_redis.h"
#include "ui/model/server_panel_models.h"
#include "ui/model/server_panels_presenter.h"
#include "ui/pages/server_panel.h"
#include "ui/theme/theme.h"
#include "ui/widgets/inline_message.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::test::PrivateRedis;

namespace {

constexpr int kPatience = 20'000;

struct Shown {
    std::shared_ptr<inspect::InspectLink> link;
    ServerPanelsPresenter presenter;
    ServerPanel panel{presenter};

    explicit Shown(const PrivateRedis& server) : link(server.link()) {
        presenter.setLink(link);
        presenter.setWatched(true);
        panel.resize(1000, 420);
        panel.show();
    }
    QTabBar& tabs() const { return *panel.findChild<QTabBar*>(); }
    QTableView* table() const {
        for (auto* each : panel.findChildren<QTableView*>()) {
            if (each->isVisibleTo(&panel)) {
                return each;
            }
        }
        return nullptr;
    }
    bool says(const QString& part) const {
        for (const auto* label : panel.findChildren<QLabel*>()) {
            if (label->isVisibleTo(&panel) && label->text().contains(part)) {
                return true;
            }
        }
        return false;
    }
};

}  // namespace

class TestServerPanel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void withoutAConnectionItSaysSo() {
        ServerPanelsPresenter presenter;
        ServerPanel panel(presenter);
        panel.show();
        bool says = false;
        for (const auto* label : panel.findChildren<QLabel*>()) {
            says = says ||
                   (label->isVisibleTo(&panel) && label->text() == QStringLiteral("Not connected"));
        }
        QVERIFY(says);
    }

    void tabsShowATableEach() {
        const PrivateRedis server;
        NEEDS(server);
        const Theme theme(*qApp, ThemeChoice::light);
        Shown shown(server);
        QTRY_VERIFY_WITH_TIMEOUT(shown.says(QStringLiteral("No command took longer than 10")),
                                 kPatience);
        QVERIFY(shown.table() == nullptr);
        QVERIFY(!shown.panel.findChild<QComboBox*>()->isVisible());
        shown.tabs().setCurrentIndex(1);
        QTRY_VERIFY_WITH_TIMEOUT(shown.table() != nullptr, kPatience);
        QCOMPARE(shown.table()->accessibleName(), QStringLiteral("Clients"));
        QVERIFY(shown.says(QStringLiteral("of them ours")));
        shown.tabs().setCurrentIndex(2);
        QTRY_VERIFY_WITH_TIMEOUT(shown.table() != nullptr && shown.table()->accessibleName() ==
                                                                 QStringLiteral("Configuration"),
                                 kPatience);
        // Sentences are read whole.
        const QTableView& table = *shown.table();
        shown.panel.resize(620, 420);
        for (int row = 0; row < table.model()->rowCount(); ++row) {
            const QModelIndex cell = table.model()->index(row, ConfigurationModel::meaningColumn);
            const QRect needed = table.fontMetrics().boundingRect(
                QRect(0, 0, table.columnWidth(cell.column()) - 16, 10'000),
                static_cast<int>(Qt::TextWordWrap), cell.data().toString());
            QTRY_VERIFY2(table.rowHeight(row) >= needed.height(),
                         qPrintable(cell.data().toString()));
        }
    }

    void headersSort() {
        const PrivateRedis server;
        NEEDS(server);
        server.commands({{"CONFIG", "SET", "slowlog-log-slower-than", "0"},
                         {"SET", "a", "1"},
                         {"EVAL", "for i=1,20000 do redis.sha1hex('x') end", "0"},
                         {"CONFIG", "SET", "slowlog-log-slower-than", "-1"}});
        Shown shown(server);
        QTRY_VERIFY_WITH_TIMEOUT(shown.table() != nullptr, kPatience);
        QTableView& table = *shown.table();
        table.sortByColumn(SlowLogModel::tookColumn, Qt::DescendingOrder);
        const auto took = [&](int row) {
            return table.model()->index(row, SlowLogModel::tookColumn).data(kSortRole).toLongLong();
        };
        for (int row = 1; row < table.model()->rowCount(); ++row) {
            QVERIFY(took(row - 1) >= took(row));
        }
        QVERIFY(table.model()
                    ->index(0, SlowLogModel::commandColumn)
                    .data()
                    .toString()
                    .startsWith(QStringLiteral("EVAL")));
        table.sortByColumn(-1, Qt::AscendingOrder);
        QVERIFY(table.model()
                    ->index(0, SlowLogModel::commandColumn)
                    .data()
                    .toString()
                    .startsWith(QStringLiteral("EVAL")));
    }

    void aMissingRuleIsNamedInItsTabAlone() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"ACL", "SETUSER", "default", "-client|list"});
        Shown shown(server);
        const auto& message = *shown.panel.findChild<InlineMessage*>();
        shown.tabs().setCurrentIndex(1);
        QTRY_VERIFY_WITH_TIMEOUT(message.isVisible(), kPatience);
        QVERIFY(message.text().contains(QStringLiteral("+client|list")));
        shown.tabs().setCurrentIndex(2);
        QTRY_VERIFY_WITH_TIMEOUT(shown.table() != nullptr, kPatience);
        QVERIFY(!message.isVisible());
    }

    void everythingFits() {
        const PrivateRedis server;
        NEEDS(server);
        Theme theme(*qApp, ThemeChoice::light);
        Shown shown(server);
        for (int tab = 0; tab < 3; ++tab) {
            shown.tabs().setCurrentIndex(tab);
            QTRY_VERIFY_WITH_TIMEOUT(!shown.presenter.busy(), kPatience);
            for (const ThemeChoice choice : {ThemeChoice::light, ThemeChoice::dark}) {
                theme.setChoice(choice);
                for (const QSize size : {QSize(1000, 420), QSize(560, 300)}) {
                    shown.panel.resize(size);
                    QVERIFY(!shown.panel.grab().isNull());
                    for (const QWidget* child : shown.panel.findChildren<QWidget*>()) {
                        const bool isOwn = child->parentWidget() == &shown.panel;
                        QVERIFY(!child->isVisible() || !isOwn ||
                                child->geometry().right() < shown.panel.width());
                    }
                    QVERIFY(shown.panel.minimumSizeHint().width() <= size.width());
                }
            }
        }
    }
};

QTEST_MAIN(TestServerPanel)
#include "tst_server_panel.moc"
