// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QTreeView>
#include <cmath>

#include "tests/support/growing_keyspace.h"
#include "ui/pages/namespace_panel.h"
#include "ui/theme/theme.h"
#include "ui/widgets/treemap.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace Qt::StringLiterals;
using cachescope::inspect::kNoExpiry;
using cachescope::test::GrowingKeyspace;
using cachescope::test::kHostileNames;

namespace {

void addSome(GrowingKeyspace& keys) {
    for (int i = 0; i < 300; ++i) {
        const auto bytes = static_cast<std::uint64_t>(10 + i);
        keys.add("product:detail:" + std::to_string(i), 1'000 * (i + 1), bytes, "hash");
        keys.add("page:" + std::to_string(i), kNoExpiry, 2 * bytes, "string");
    }
    keys.add("lonely", -5, 5, "string");
}

QAction* actionNamed(const QWidget& parent, const QString& text) {
    for (const QMenu* menu : parent.findChildren<QMenu*>()) {
        for (QAction* action : menu->actions()) {
            if (action->text() == text) {
                return action;
            }
        }
    }
    return nullptr;
}

}  // namespace

class TestNamespacePanel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namespacesAreChosenInTheTreeAndOnTheMap() {
        const Theme theme(*qApp, ThemeChoice::light);
        GrowingKeyspace keys;
        addSome(keys);
        NamespaceTreeModel model;
        NamespacePanel panel(model);
        panel.resize(255, 400);
        panel.show();
        QSignalSpy chosen(&panel, &NamespacePanel::prefixChosen);
        model.setKeyspace(keys.snapshot());
        QTRY_COMPARE(model.rowCount(), 3);
        QTreeView* tree = panel.tree();
        const QModelIndex product = model.index(1, 0);
        QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, tree->visualRect(product).center());
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.takeFirst().first().value<std::string>(), std::string("product:"));
        tree->expand(product);
        QTRY_COMPARE(model.rowCount(product), 1);
        QVERIFY(tree->visualRect(model.index(0, 0, product)).height() > 0);
        keys.add("product:detail:deeper:1");
        model.setKeyspace(keys.snapshot());
        QTRY_VERIFY(model.hasChildren(model.index(0, 0, model.indexOf("product:"))));
        QVERIFY(tree->isExpanded(model.indexOf("product:")));
        QVERIFY(tree->selectionModel()->isSelected(model.indexOf("product:")));

        panel.setShowsMap(true);
        Treemap* map = panel.map();
        QVERIFY(map->isVisible());
        QCOMPARE(map->items().size(), 3);
        QVERIFY(map->accessibleDescription().contains(u"page:"_s));
        QTest::mouseClick(map, Qt::LeftButton, {}, map->itemRect(1).center().toPoint());
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.takeFirst().first().value<std::string>(), std::string("product:"));
        QTest::mouseClick(map, Qt::LeftButton, {}, map->itemRect(1).center().toPoint());
        QTRY_COMPARE(map->items().first().name, u"detail:"_s);
        QTest::keyClick(map, Qt::Key_Right);
        QTest::keyClick(map, Qt::Key_Return);
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.takeFirst().first().value<std::string>(), std::string("product:detail:"));
        for (QToolButton* button : panel.findChildren<QToolButton*>()) {
            if (button->isVisible() && button->accessibleName() == u"One level up"_s) {
                button->click();
            }
        }
        QCOMPARE(map->items().size(), 3);
    }

    void aChosenNamespaceThatGoesLeavesNoneChosen() {
        GrowingKeyspace keys;
        addSome(keys);
        NamespaceTreeModel model;
        NamespacePanel panel(model);
        panel.show();
        model.setKeyspace(keys.snapshot());
        QTRY_COMPARE(model.rowCount(), 3);
        panel.tree()->setCurrentIndex(model.indexOf("page:"));
        const auto next = std::make_shared<Keyspace>(*keys.snapshot());
        std::vector<inspect::KeyRevision> gone;
        for (std::uint32_t key = 0; key < next->view.size(); ++key) {
            if (next->view.name(key).starts_with("page:")) {
                gone.push_back({key, inspect::kKeyGone});
            }
        }
        next->present = next->view.revised(gone).value();
        next->isRevised = true;
        model.setKeyspace(next);
        QTRY_COMPARE(model.rowCount(), 2);
        QVERIFY(!panel.tree()->currentIndex().isValid());
        QVERIFY(panel.tree()->selectionModel()->selectedIndexes().isEmpty());
    }

    void areasAreInProportionAndCoverTheMap() {
        const QList<double> values{60, 25, 10, 4, 1};
        const QRectF area(0, 0, 300, 200);
        const QList<QRectF> rects = squarified(values, area);
        double covered = 0;
        for (qsizetype i = 0; i < values.size(); ++i) {
            const double size = rects[i].width() * rects[i].height();
            QVERIFY(std::abs(size - values[i] * 600) < 1e-6 * 60'000);
            QVERIFY(area.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(rects[i]));
            covered += size;
            for (qsizetype other = 0; other < i; ++other) {
                const QRectF both = rects[i].intersected(rects[other]);
                QVERIFY(both.width() * both.height() < 1e-6);
            }
        }
        QVERIFY(std::abs(covered - 60'000) < 1e-3);
        QVERIFY(squarified({0, 0}, area).at(1).isEmpty());
        QVERIFY(squarified({5}, QRectF()).at(0).isEmpty());
    }

    void theMenuAsksForChangesOfAWholeNamespace() {
        const Theme theme(*qApp, ThemeChoice::dark);
        GrowingKeyspace keys;
        addSome(keys);
        NamespaceTreeModel model;
        NamespacePanel panel(model);
        panel.resize(255, 400);
        panel.show();
        model.setKeyspace(keys.snapshot());
        QTRY_COMPARE(model.rowCount(), 3);
        const QSignalSpy removed(&panel, &NamespacePanel::removeRequested);
        const QSignalSpy ttl(&panel, &NamespacePanel::ttlRequested);
        QTreeView* tree = panel.tree();
        Q_EMIT tree->customContextMenuRequested(tree->visualRect(model.index(0, 0)).center());
        actionNamed(panel, u"Delete all keys below…"_s)->trigger();
        actionNamed(panel, u"Set TTL of all keys below…"_s)->trigger();
        QCOMPARE(removed.first().first().value<std::string>(), std::string("page:"));
        QCOMPARE(ttl.first().first().value<std::string>(), std::string("page:"));
    }

    void theMeasureIsChosen() {
        const Theme theme(*qApp, ThemeChoice::dark);
        GrowingKeyspace keys;
        addSome(keys);
        keys.add("product:7", kNoExpiry, 1);
        NamespaceTreeModel model;
        NamespacePanel panel(model);
        panel.show();
        model.setKeyspace(keys.snapshot());
        QTRY_COMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(0, 0).data(), u"page:"_s);
        panel.findChild<QComboBox*>()->setCurrentIndex(1);
        QCOMPARE(model.index(0, 0).data(), u"product:"_s);
        panel.findChild<QComboBox*>()->setCurrentIndex(2);
        QCOMPARE(model.index(0, 0).data(NamespaceTreeModel::figureRole), u"300"_s);
    }

    void hostileNamespacesAreDrawnInBothForms() {
        const Theme theme(*qApp, ThemeChoice::light);
        GrowingKeyspace keys;
        for (const std::string& name : kHostileNames) {
            keys.add(name + ":deep:1");
        }
        NamespaceTreeModel model;
        NamespacePanel panel(model);
        panel.resize(300, 400);
        panel.show();
        model.setKeyspace(keys.snapshot());
        QTRY_COMPARE(model.rowCount(), int(std::size(kHostileNames)));
        QVERIFY(!panel.grab().isNull());
        panel.setShowsMap(true);
        QCOMPARE(panel.map()->items().size(), qsizetype(std::size(kHostileNames)));
        QVERIFY(!panel.grab().isNull());
        QVERIFY(panel.map()->accessibleDescription().size() < 20'000);
        // Another cache has nothing of it.
        model.setKeyspace(nullptr);
        QVERIFY(!panel.map()->isVisible());
    }
};

QTEST_MAIN(TestNamespacePanel)
#include "tst_namespace_panel.moc"
