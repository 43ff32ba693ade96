// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include "tests/support/needs_redis.h"
#include "tests/support/private_redis.h"
#include "ui/model/open_key.h"
#include "ui/pages/value_panel.h"
#include "ui/theme/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/inline_message.h"
#include "ui/widgets/key_label.h"
#include "ui/widgets/ttl_bar.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::test::PrivateRedis;

namespace {

constexpr int kPatience = 20'000;

struct Shown {
    std::shared_ptr<inspect::InspectLink> link;
    OpenKey key;
    ValuePanel panel{key};

    explicit Shown(const PrivateRedis& server) : link(server.link()) {
        key.setLink(link);
        key.setWatched(true);
        panel.resize(panel.fontMetrics().averageCharWidth() * 44, 560);
        panel.show();
    }
    bool open(const std::string& name) {
        key.open({name, 0, {}});
        return QTest::qWaitFor([this] { return !key.busy(); }, kPatience);
    }
    template <class Widget>
    Widget& child() const {
        return *panel.findChild<Widget*>();
    }
    QString box() const { return child<QPlainTextEdit>().toPlainText(); }
    // A control by the name that screen readers say.
    QAbstractButton* button(const QString& name) const {
        for (auto* each : panel.findChildren<QAbstractButton*>()) {
            if ((each->accessibleName() == name || each->text() == name) &&
                each->isVisibleTo(&panel)) {
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
        for (const auto* label : panel.findChildren<KeyLabel*>()) {
            if (label->isVisibleTo(&panel) && label->text().contains(part)) {
                return true;
            }
        }
        return false;
    }
    void choose(int row) const {
        auto& table = child<QTableView>();
        QTest::mouseClick(table.viewport(), Qt::LeftButton, {},
                          table.visualRect(table.model()->index(row, 1)).center());
    }
};

QByteArray copied() {
    return QGuiApplication::clipboard()->mimeData()->data(
        QStringLiteral("application/octet-stream"));
}

// What is shown lies inside the panel, and is as wide as it has to be.
QString clipped(const QWidget& panel) {
    for (const QWidget* child : panel.findChildren<QWidget*>()) {
        if (!child->isVisible()) {
            continue;
        }
        const bool isButton = qobject_cast<const QAbstractButton*>(child) != nullptr;
        const bool isInView =
            qobject_cast<const QAbstractScrollArea*>(child->parentWidget()) ||
            qobject_cast<const QAbstractScrollArea*>(child->parentWidget()->parentWidget());
        if (isButton && child->width() < child->minimumSizeHint().width()) {
            return child->accessibleName() + QStringLiteral(" is too narrow");
        }
        const QPoint corner = child->mapTo(&panel, QPoint(child->width(), child->height()));
        if (!isInView && (corner.x() > panel.width() || corner.y() > panel.height())) {
            return QString::fromLatin1(child->metaObject()->className()) +
                   QStringLiteral(" reaches out");
        }
    }
    return {};
}

}  // namespace

class TestValuePanel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void anEmptyPanelAsksForAKey() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"SET", "key", "x"});
        Shown shown(server);
        QVERIFY(shown.child<EmptyState>().isVisible());
        QVERIFY(shown.open("key"));
        QVERIFY(!shown.child<EmptyState>().isVisible());
        shown.key.setLink(nullptr);
        QVERIFY(shown.child<EmptyState>().isVisible());
    }

    void aChosenElementIsDecoded() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"HSET", "hash", "name", "cup", "attrs", "{\"colour\":\"white\"}"});
        Shown shown(server);
        QVERIFY(shown.open("hash"));
        QCOMPARE(shown.child<QTableView>().model()->rowCount(), 2);
        QTRY_COMPARE(shown.box(), QStringLiteral("cup"));
        shown.choose(1);
        QTRY_COMPARE(shown.box(), QStringLiteral("{\n  \"colour\": \"white\"\n}"));
        QVERIFY(shown.says(QStringLiteral("attrs · JSON")));
        auto& formats = shown.child<QComboBox>();
        QTest::keyClicks(&formats, QStringLiteral("hex"));
        QTRY_VERIFY(shown.box().contains(QStringLiteral("7b 22")));
        shown.button(QStringLiteral("Copy value"))->click();
        QCOMPARE(copied(), QByteArray("{\"colour\":\"white\"}"));
        QVERIFY(shown.says(QStringLiteral("hash, 2 fields")));
        QVERIFY(shown.says(QStringLiteral("does not expire")));
    }

    void anEmptyStringIsSaidToBeOne() {
        const PrivateRedis server;
        NEEDS(server);
        server.commands({{"SET", "nothing", ""}, {"SET", "blank", " "}});
        Shown shown(server);
        QVERIFY(shown.open("nothing"));
        const auto& box = shown.child<QPlainTextEdit>();
        QTRY_COMPARE(box.placeholderText(), QStringLiteral("Empty string"));
        QVERIFY(box.isVisible());
        QVERIFY(shown.open("blank"));
        QTRY_VERIFY(box.placeholderText().isEmpty());
    }

    void idsAndScoresAreReadToTheirEnd() {
        const PrivateRedis server;
        NEEDS(server);
        server.commands({{"XADD", "stream", "1700000000123-15", "field", "value"},
                         {"ZADD", "zset", "1700000000123.25", "member"}});
        Shown shown(server);
        for (const char* key : {"stream", "zset"}) {
            QVERIFY(shown.open(key));
            auto& table = shown.child<QTableView>();
            const QModelIndex name = table.model()->index(0, 0);
            QTRY_VERIFY(table.isVisible());
            QTRY_VERIFY2(static_cast<QAbstractItemView&>(table).sizeHintForIndex(name).width() <=
                             table.columnWidth(0),
                         key);
        }
    }

    void whatOthersChangeIsShownInItsPlace() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"HSET", "hash", "a", "1", "b", "2", "c", "3"});
        Shown shown(server);
        QVERIFY(shown.open("hash"));
        shown.choose(1);
        QTRY_COMPARE(shown.box(), QStringLiteral("2"));
        QTRY_VERIFY_WITH_TIMEOUT(
            (shown.panel.refreshTick(), shown.says(QStringLiteral("Follows changes"))), kPatience);
        server.commands({{"HDEL", "hash", "a"}, {"HSET", "hash", "b", "new"}});
        QTRY_COMPARE_WITH_TIMEOUT(shown.box(), QStringLiteral("new"), kPatience);
        QCOMPARE(shown.child<QTableView>().currentIndex().row(), 0);
        QCOMPARE(shown.child<QTableView>().model()->rowCount(), 2);
    }

    void keysAreShownPlainAndCopiedExactly() {
        const PrivateRedis server;
        NEEDS(server);
        const std::string name("<b>k</b>\n\0\xff", 11);
        server.command({"SET", name, "x"});
        Shown shown(server);
        QVERIFY(shown.open(name));
        QCOMPARE(shown.child<KeyLabel>().text(), QStringLiteral("<b>k</b>\\x0a\\x00\\xff"));
        shown.button(QStringLiteral("Copy key"))->click();
        QCOMPARE(copied(), QByteArray::fromStdString(name));
        for (const auto* label : shown.panel.findChildren<QLabel*>()) {
            QCOMPARE(label->textFormat(), Qt::PlainText);
        }
        // As long as Redis permits is as quickly shown as any other.
        const std::string longName(500'000, 'k');
        server.command({"SET", longName, "y"});
        QVERIFY(shown.open(longName));
        QTRY_COMPARE(shown.box(), QStringLiteral("y"));
        QVERIFY(shown.child<KeyLabel>().text().size() < 5000);
        QVERIFY(shown.child<KeyLabel>().height() < shown.panel.height() / 4);
        shown.button(QStringLiteral("Copy key"))->click();
        QCOMPARE(copied().size(), 500'000);
    }

    void timeRunsDown() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"SET", "key", "x", "EX", "1000"});
        Shown shown(server);
        QVERIFY(shown.open("key"));
        QVERIFY(shown.child<TtlBar>().isVisible());
        const double full = shown.child<TtlBar>().share();
        QVERIFY(full > 0.99);
        server.command({"EXPIRE", "key", "500"});
        QTRY_VERIFY_WITH_TIMEOUT(shown.child<TtlBar>().share() < 0.51, kPatience);
        QVERIFY(shown.says(QStringLiteral("expires in 8")));
        server.command({"PERSIST", "key"});
        QTRY_VERIFY_WITH_TIMEOUT(!shown.child<TtlBar>().isVisible(), kPatience);
    }

    void buttonsSayWhatIsWanted() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"SET", "key", "x"});
        Shown shown(server);
        QVERIFY(shown.open("key"));
        QSignalSpy removed(&shown.panel, &ValuePanel::removeRequested);
        QSignalSpy timed(&shown.panel, &ValuePanel::ttlRequested);
        shown.button(QStringLiteral("Delete…"))->click();
        shown.button(QStringLiteral("Set TTL…"))->click();
        QCOMPARE(removed.size(), 1);
        QCOMPARE(removed[0][0].value<KeyRef>().name, std::string("key"));
        QCOMPARE(timed.size(), 1);
        QCOMPARE(server.command({"EXISTS", "key"}).integer, 1);
        server.command({"DEL", "key"});
        QTRY_VERIFY_WITH_TIMEOUT(shown.child<InlineMessage>().isVisible(), kPatience);
        QVERIFY(shown.child<InlineMessage>().text().contains(QStringLiteral("gone")));
        QVERIFY(!shown.button(QStringLiteral("Delete…"))->isEnabled());
        QVERIFY(!shown.child<QPlainTextEdit>().isVisible());
    }

    void moreComesOnDemand() {
        const PrivateRedis server;
        NEEDS(server);
        std::vector<RedisCommand> fill;
        for (int i = 0; i < 450; ++i) {
            fill.push_back({"RPUSH", "list", std::to_string(i)});
        }
        fill.push_back({"SETRANGE", "big", "599999", "z"});
        server.commands(fill);
        Shown shown(server);
        QVERIFY(shown.open("list"));
        QVERIFY(shown.says(QStringLiteral("200 of 450 elements")));
        shown.button(QStringLiteral("Load more"))->click();
        QTRY_COMPARE(shown.child<QTableView>().model()->rowCount(), 400);
        QTRY_VERIFY(shown.button(QStringLiteral("Load more"))->isEnabled());
        shown.button(QStringLiteral("Load more"))->click();
        QTRY_VERIFY(shown.button(QStringLiteral("Load more")) == nullptr);
        QVERIFY(shown.open("big"));
        QVERIFY(!shown.button(QStringLiteral("Previous"))->isEnabled());
        shown.button(QStringLiteral("Next"))->click();
        QTRY_COMPARE(shown.key.value().from, shown.key.windowBytes());
        QTRY_VERIFY(shown.button(QStringLiteral("Previous"))->isEnabled());
        QVERIFY(shown.button(QStringLiteral("Copy this part of the value")) != nullptr);
    }

    void whyNothingIsFollowedIsSaid() {
        const PrivateRedis server;
        NEEDS(server);
        server.commands({{"SET", "key", "x"}, {"ACL", "SETUSER", "default", "-client|tracking"}});
        Shown shown(server);
        QVERIFY(shown.open("key"));
        QTRY_VERIFY_WITH_TIMEOUT(
            (shown.panel.refreshTick(), shown.says(QStringLiteral("+client|tracking is missing"))),
            kPatience);
        server.command({"SET", "key", "y"});
        shown.button(QStringLiteral("Read again"))->click();
        QTRY_COMPARE(shown.box(), QStringLiteral("y"));
    }

    void everythingFitsInColumnsAndTabs() {
        const PrivateRedis server;
        NEEDS(server);
        server.commands({{"HSET", "hash:" + std::string(300, 'x'), std::string(400, 'f'),
                          std::string(5000, 'v'), "b", "2"},
                         {"EXPIRE", "hash:" + std::string(300, 'x'), "1000"},
                         {"SETRANGE", "big", "599999", "z"}});
        Theme theme(*qApp, ThemeChoice::light);
        Shown shown(server);
        const int letter = shown.panel.fontMetrics().averageCharWidth();
        for (const std::string& name :
             {"hash:" + std::string(300, 'x'), std::string("big"), std::string("not there")}) {
            QVERIFY(shown.open(name));
            for (const ThemeChoice choice : {ThemeChoice::light, ThemeChoice::dark}) {
                theme.setChoice(choice);
                for (const QSize size : {QSize(1200, 420), QSize(letter * 44, 480)}) {
                    shown.panel.resize(size);
                    QVERIFY(!shown.panel.grab().isNull());
                    QTRY_VERIFY2(clipped(shown.panel).isEmpty(), qPrintable(clipped(shown.panel)));
                    QVERIFY(shown.panel.minimumSizeHint().width() <= size.width());
                }
            }
        }
    }
};

QTEST_MAIN(TestValuePanel)
#include "tst_value_panel.moc"
