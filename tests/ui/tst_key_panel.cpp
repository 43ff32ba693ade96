// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "tests/support/growing_keyspace.h"
#include "ui/pages/key_filter_bar.h"
#include "ui/pages/key_panel.h"
#include "ui/theme/theme.h"
#include "ui/widgets/empty_state.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace Qt::StringLiterals;
using cachescope::inspect::kNoExpiry;
using cachescope::test::GrowingKeyspace;
using cachescope::test::kHostileNames;

namespace {

constexpr int kPatience = 30'000;

struct Fixture {
    Theme theme{*qApp, ThemeChoice::dark};
    GrowingKeyspace keys;
    KeyTableModel model;
    KeyPanel panel{model};

    Fixture() {
        panel.resize(640, 420);
        panel.show();
    }
    void show(bool knowsIdle = false) {
        model.setKeyspace(keys.snapshot(knowsIdle));
        settle();
    }
    bool settle() {
        return QTest::qWaitFor([this] { return !model.busy(); }, kPatience);
    }
    // What the person typed is in the rows.
    bool filter(const QString& text) {
        panel.filters()->pattern()->setText(text);
        const std::string typed = text.toStdString();
        return QTest::qWaitFor([this, typed] { return model.query().pattern == typed; },
                               kPatience) &&
               settle();
    }
    QComboBox* box(const QString& name) const {
        for (QComboBox* box : panel.findChildren<QComboBox*>()) {
            if (box->accessibleName().contains(name)) {
                return box;
            }
        }
        return nullptr;
    }
    QLineEdit* edit(const QString& name) const {
        for (QLineEdit* edit : panel.findChildren<QLineEdit*>()) {
            if (edit->accessibleName().contains(name)) {
                return edit;
            }
        }
        return nullptr;
    }
    bool says(const QString& text) const {
        for (const QLabel* label : panel.findChildren<QLabel*>()) {
            if (label->isVisible() && label->text() == text) {
                return true;
            }
        }
        return false;
    }
    void click(int row, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTableView* table = panel.table();
        QTest::mouseClick(table->viewport(), Qt::LeftButton, modifiers,
                          table->visualRect(model.index(row, 0)).center());
    }
    void openMenu(int row) {
        QTableView* table = panel.table();
        Q_EMIT table->customContextMenuRequested(table->visualRect(model.index(row, 0)).center());
    }
    QAction* action(const QString& text) const {
        for (const QMenu* menu : panel.findChildren<QMenu*>()) {
            for (QAction* action : menu->actions()) {
                if (action->text().contains(text)) {
                    return action;
                }
            }
        }
        return nullptr;
    }
};

void addSome(GrowingKeyspace& keys) {
    for (int i = 0; i < 300; ++i) {
        const auto bytes = static_cast<std::uint64_t>(10 + i);
        keys.add("product:detail:" + std::to_string(i), 1'000 * (i + 1), bytes, "hash");
        keys.add("page:" + std::to_string(i), kNoExpiry, 2 * bytes, "string");
    }
    keys.add("lonely", -5, 5, "string");
}

}  // namespace

class TestKeyPanel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void beforeThereAreKeysItSaysWhatItIsFor() {
        Fixture fixture;
        const auto states = fixture.panel.findChildren<EmptyState*>();
        QVERIFY(std::any_of(states.begin(), states.end(),
                            [](const EmptyState* state) { return state->isVisible(); }));
        QVERIFY(!fixture.panel.table()->isVisible());
        fixture.show();
        QVERIFY(fixture.says(u"This database has no keys"_s));
        fixture.keys.add("a");
        fixture.show();
        QVERIFY(fixture.panel.table()->isVisible());
        QVERIFY(fixture.says(u"1 key"_s));
    }

    void typingFiltersAndNothingFoundOffersToClear() {
        Fixture fixture;
        addSome(fixture.keys);
        fixture.show();
        QVERIFY(fixture.filter(u"page:*"_s));
        QVERIFY(fixture.says(u"300 of 601"_s));
        QVERIFY(fixture.filter(u"nothing like it"_s));
        QVERIFY(!fixture.panel.table()->isVisible());
        fixture.panel.setPrefix(u"page:"_s, "page:");
        QSignalSpy removed(&fixture.panel, &KeyPanel::prefixRemoved);
        for (QPushButton* button : fixture.panel.findChildren<QPushButton*>()) {
            if (button->isVisible() && button->text() == u"Clear filters"_s) {
                button->click();
            }
        }
        QVERIFY(fixture.settle());
        QCOMPARE(fixture.model.shown(), 601);
        QCOMPARE(removed.size(), 1);
        QVERIFY(fixture.panel.table()->isVisible());
    }

    void everyFilterIsUnderstood() {
        Fixture fixture;
        addSome(fixture.keys);
        fixture.show();
        QComboBox* types = fixture.box(u"type"_s);
        QComboBox* ttls = fixture.box(u"TTL"_s);
        QLineEdit* size = fixture.edit(u"size"_s);
        QLineEdit* span = fixture.edit(u"TTL"_s);
        QCOMPARE(types->count(), 3);
        const auto shown = [&] {
            (void)QTest::qWaitFor(
                [&] { return fixture.model.query() == fixture.panel.filters()->query(); },
                kPatience);
            fixture.settle();
            return fixture.model.shown();
        };
        types->setCurrentText(u"hash"_s);
        QCOMPARE(shown(), 300);
        types->setCurrentIndex(0);
        const QList<qint64> expected{601, 300, 301, 59, 300, 0, 1};
        for (int choice = 0; choice < expected.size(); ++choice) {
            ttls->setCurrentIndex(choice);
            QCOMPARE(shown(), expected[choice]);
        }
        ttls->setCurrentIndex(7);
        QVERIFY(span->isVisible());
        span->setText(u"10 s – 20 s"_s);
        QCOMPARE(shown(), 11);
        span->setText(u"soon"_s);
        QCOMPARE(shown(), 601);
        ttls->setCurrentIndex(0);
        QVERIFY(!span->isVisible());
        size->setText(u"> 600 B"_s);
        QCOMPARE(shown(), 10);
        size->setText(u"20 B – 30 B"_s);
        QCOMPARE(shown(), 17);
    }

    void aNamespaceIsAChipThatCanBeTakenAway() {
        Fixture fixture;
        addSome(fixture.keys);
        fixture.show();
        fixture.panel.setPrefix(u"product:"_s, "product:");
        QVERIFY(fixture.settle());
        QCOMPARE(fixture.model.shown(), 300);
        QVERIFY(fixture.says(u"product:"_s));
        const QSignalSpy removed(&fixture.panel, &KeyPanel::prefixRemoved);
        for (QToolButton* button : fixture.panel.filters()->findChildren<QToolButton*>()) {
            if (button->accessibleName() == u"Show keys of all namespaces"_s) {
                button->click();
            }
        }
        QVERIFY(fixture.settle());
        QCOMPARE(removed.size(), 1);
        QCOMPARE(fixture.model.shown(), 601);
        fixture.panel.setPrefix(u"(no namespace)"_s, {}, true);
        QVERIFY(fixture.settle());
        QCOMPARE(fixture.model.shown(), 1);
    }

    void aClickOrEnterOpensAKeyAndMovingDoesNot() {
        Fixture fixture;
        addSome(fixture.keys);
        fixture.show();
        QSignalSpy opened(&fixture.panel, &KeyPanel::opened);
        fixture.click(2);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.takeFirst().first().value<KeyRef>().name, fixture.model.keyAt(2).name);
        QTest::keyClick(fixture.panel.table(), Qt::Key_Down);
        QTest::keyClick(fixture.panel.table(), Qt::Key_Down, Qt::ShiftModifier);
        fixture.click(6, Qt::ControlModifier);
        QCOMPARE(opened.size(), 0);
        QTest::keyClick(fixture.panel.table(), Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        QVERIFY(fixture.filter(u"page:*"_s));
        QCOMPARE(opened.size(), 1);
    }

    void aHeaderSortsAndASecondClickTurnsItAround() {
        Fixture fixture;
        addSome(fixture.keys);
        fixture.show();
        QHeaderView* header = fixture.panel.table()->horizontalHeader();
        const auto click = [&] {
            const int section = fixture.model.sectionOf(KeyTableModel::keyColumn);
            QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
                              QPoint(header->sectionPosition(section) + 20, header->height() / 2));
            fixture.settle();
            return fixture.model.index(0, 0).data().toString();
        };
        QCOMPARE(click(), u"lonely"_s);
        QCOMPARE(click(), u"product:detail:99"_s);
    }

    void whoReadsStaysWhileAWalkGoesOn() {
        Fixture fixture;
        addSome(fixture.keys);
        fixture.show();
        QTableView* table = fixture.panel.table();
        table->verticalScrollBar()->setValue(3'000);
        table->selectRow(150);
        const std::string first = fixture.model.keyAt(table->rowAt(0)).name;
        const std::string selected = fixture.model.keyAt(150).name;
        const int offset = table->rowViewportPosition(table->rowAt(0));
        const QSignalSpy opened(&fixture.panel, &KeyPanel::opened);
        for (int i = 0; i < 100; ++i) {
            fixture.keys.add("new:" + std::to_string(i), kNoExpiry, 10'000);
            fixture.keys.add("small:" + std::to_string(i), kNoExpiry, 1);
        }
        fixture.show();
        QCOMPARE(fixture.model.keyAt(table->rowAt(0)).name, first);
        QCOMPARE(table->rowViewportPosition(table->rowAt(0)), offset);
        QCOMPARE(fixture.panel.selectedRows(), std::vector<int>{250});
        QCOMPARE(fixture.model.keyAt(table->currentIndex().row()).name, selected);
        QVERIFY(fixture.filter(u"small:*"_s));
        QCOMPARE(table->verticalScrollBar()->value(), 0);
        QVERIFY(!table->currentIndex().isValid());
        QCOMPARE(opened.size(), 0);
    }

    void theMenuActsOnWhatIsSelected() {
        Fixture fixture;
        addSome(fixture.keys);
        fixture.show();
        QSignalSpy removed(&fixture.panel, &KeyPanel::removeRequested);
        QSignalSpy ttl(&fixture.panel, &KeyPanel::ttlRequested);
        QSignalSpy all(&fixture.panel, &KeyPanel::changeAllRequested);
        fixture.click(1);
        fixture.click(3, Qt::ShiftModifier);
        fixture.openMenu(2);
        QVERIFY(fixture.action(u"Delete 3 keys"_s) != nullptr);
        fixture.action(u"Delete 3 keys"_s)->trigger();
        fixture.action(u"Set TTL of 3 keys"_s)->trigger();
        fixture.action(u"Change all 601 shown"_s)->trigger();
        QCOMPARE(removed.size(), 1);
        const auto keys = removed.first().first().value<QList<KeyRef>>();
        QCOMPARE(keys.size(), 3);
        for (qsizetype i = 0; i < 3; ++i) {
            QCOMPARE(keys[i].name, fixture.model.keyAt(static_cast<int>(i) + 1).name);
        }
        QCOMPARE(ttl.first().first().value<QList<KeyRef>>(), keys);
        QCOMPARE(all.size(), 1);
        QTest::keyClick(fixture.panel.table(), Qt::Key_Delete);
        QCOMPARE(removed.size(), 2);
    }

    void hostileKeysAreDrawnAndCopiedExactly() {
        Fixture fixture;
        for (const std::string& name : kHostileNames) {
            fixture.keys.add(name);
        }
        fixture.show();
        QVERIFY(!fixture.panel.grab().isNull());
        QTableView* table = fixture.panel.table();
        for (int row = 0; row < fixture.model.rowCount(); ++row) {
            KeyRef key;
            key.name = kHostileNames[row];
            fixture.panel.reveal(key);
            QTRY_COMPARE(fixture.panel.selectedRows(), std::vector<int>{row});
            QApplication::clipboard()->setText(u"before"_s);
            QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
            const QString bytes = u"application/octet-stream"_s;
            QTRY_VERIFY(QApplication::clipboard()->mimeData()->hasFormat(bytes));
            const QMimeData* copied = QApplication::clipboard()->mimeData();
            const std::string& name = kHostileNames[row];
            QCOMPARE(copied->data(bytes).toStdString(), name);
            if (QByteArray::fromStdString(name).isValidUtf8()) {
                QCOMPARE(copied->text().toStdString(), name);
            } else {
                QCOMPARE(copied->text(), u"broken \\xff\\xfe utf-8 \\xc3"_s);
            }
        }
    }

    void aSampleSaysSoAndOffersAWalk() {
        Fixture fixture;
        addSome(fixture.keys);
        fixture.model.setKeyspace(fixture.keys.snapshot(false, 1'012'344));
        fixture.settle();
        QVERIFY(fixture.says(u"a sample of 601 of 1,012,344 keys"_s));
        const QSignalSpy wanted(&fixture.panel, &KeyPanel::walkRequested);
        for (QPushButton* button : fixture.panel.findChildren<QPushButton*>()) {
            if (button->isVisible() && button->text() == u"Walk all keys"_s) {
                button->click();
            }
        }
        QCOMPARE(wanted.size(), 1);
        fixture.show();
        QVERIFY(!fixture.says(u"a sample of 601 of 1,012,344 keys"_s));
    }

    void aKeyFromElsewhereIsRevealed() {
        Fixture fixture;
        addSome(fixture.keys);
        fixture.show();
        KeyRef key;
        key.name = "lonely";
        fixture.panel.reveal(key);
        QTRY_COMPARE(fixture.panel.selectedRows(), std::vector<int>{600});
        QVERIFY(fixture.panel.table()->verticalScrollBar()->value() > 0);
    }

    void nothingIsCutInANarrowColumn() {
        Fixture fixture;
        addSome(fixture.keys);
        fixture.show(true);
        fixture.panel.setPrefix(u"product:"_s, "product:");
        fixture.box(u"TTL"_s)->setCurrentIndex(7);
        fixture.settle();
        fixture.panel.resize(fixture.panel.minimumSizeHint().width(), 300);
        QVERIFY(fixture.panel.width() <= 620);
        for (const QWidget* child : fixture.panel.findChildren<QWidget*>()) {
            const bool inTable = fixture.panel.table()->isAncestorOf(child);
            if (!child->isVisible() || inTable || child->isWindow()) {
                continue;
            }
            QVERIFY2(child->mapTo(&fixture.panel, QPoint(child->width(), 0)).x() <=
                         fixture.panel.width(),
                     child->metaObject()->className());
        }
        QVERIFY(fixture.panel.table()->columnWidth(0) >=
                fixture.panel.fontMetrics().averageCharWidth() * 12);
    }
};

QTEST_MAIN(TestKeyPanel)
#include "tst_key_panel.moc"
