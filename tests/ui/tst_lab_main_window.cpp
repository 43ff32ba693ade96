// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractSlider>
#include <QAccessible>
#include <QFileDialog>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSet>
#include <QSignalSpy>
#include <QTest>

#include "tests/ui/lab_fixture.h"
#include "ui/pages/invalidate_controls.h"
#include "ui/pages/lab_toolbar.h"
#include "ui/pages/lane_editor.h"
#include "ui/widgets/lane_card.h"
#include "ui/widgets/rail.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace cachescope::ui::test;
using namespace std::chrono_literals;
using sim::RunPhase;

namespace {

QString describe(const QWidget* widget) {
    return QStringLiteral("%1 \"%2\" in %3")
        .arg(QLatin1String(widget->metaObject()->className()), widget->accessibleName(),
             widget->parentWidget() == nullptr
                 ? QString()
                 : QLatin1String(widget->parentWidget()->metaObject()->className()));
}

bool takesTab(const QWidget* widget) {
    return widget->isVisible() && widget->isEnabled() && widget->focusProxy() == nullptr &&
           (widget->focusPolicy() & Qt::TabFocus) == Qt::TabFocus;
}

}  // namespace

class TestLabMainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QApplication::setAttribute(Qt::AA_DontUseNativeDialogs); }

    void opensAndShowsTheScenario() {
        LabFixture fixture;
        MainWindow& window = fixture.makeWindow();
        fixture.lab.open(smallScenario());
        window.show();
        QTRY_VERIFY(window.windowTitle().contains(QStringLiteral("small")));
        QTRY_COMPARE(window.findChildren<LaneCard*>().size(), 2);
        auto* rail = window.findChild<Rail*>();
        QVERIFY(rail != nullptr);
        QVERIFY(rail->button(rail->current())->isChecked());
    }

    void namesFromOutsideAreShownAsTheyAre() {
        LabFixture fixture;
        MainWindow& window = fixture.makeWindow();
        sim::Scenario scenario = smallScenario();
        scenario.name = "<b>R&D</b>\n%1";
        scenario.lanes[0].name = "<i>a & b</i>\x1b";
        fixture.lab.open(scenario);
        window.show();
        QTRY_VERIFY(window.windowTitle().contains(QStringLiteral("<b>R&D</b>\\x0a%1")));
        QTRY_VERIFY(!window.findChildren<LaneCard*>().isEmpty());
        QVERIFY(window.findChild<LaneCard*>()->accessibleName().contains(
            QStringLiteral("<i>a & b</i>\\x1b")));
        bool found = false;
        for (const auto* button : window.findChild<LabToolbar*>()->findChildren<QPushButton*>()) {
            found |= button->accessibleName().contains(QStringLiteral("<b>R&D</b>"));
        }
        QVERIFY(found);
    }

    void shortcutsRunStepAndOpenDialogs() {
        LabFixture fixture;
        MainWindow& window = fixture.makeWindow();
        fixture.lab.open(smallScenario());
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTRY_COMPARE(fixture.lab.state().phase, RunPhase::paused);

        QTest::keyClick(&window, Qt::Key_Right, Qt::ControlModifier);
        QTRY_COMPARE(fixture.lab.state().time, TimePoint{200ms});
        QTest::keyClick(&window, Qt::Key_Space, Qt::ControlModifier);
        QTRY_VERIFY(fixture.lab.running());
        QTest::keyClick(&window, Qt::Key_Space, Qt::ControlModifier);
        QTRY_VERIFY(!fixture.lab.running());

        QTest::keyClick(&window, Qt::Key_S, Qt::ControlModifier);
        auto* save = window.findChild<QFileDialog*>();
        QVERIFY(save != nullptr);
        QCOMPARE(save->acceptMode(), QFileDialog::AcceptSave);
        save->reject();
        QTRY_VERIFY(window.findChild<QFileDialog*>() == nullptr);
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_O, Qt::ControlModifier);
        auto* open = window.findChild<QFileDialog*>();
        QVERIFY(open != nullptr);
        QCOMPARE(open->acceptMode(), QFileDialog::AcceptOpen);
    }

    void framesAreDrawnOnlyWhileSomebodyCanSeeThem() {
        LabFixture fixture;
        MainWindow& window = fixture.makeWindow();
        fixture.lab.open(smallScenario());
        QVERIFY(!window.frameClock().isRunning());
        window.show();
        QVERIFY(window.frameClock().isRunning());
        window.showMinimized();
        QTRY_VERIFY(!window.frameClock().isRunning());
        window.showNormal();
        QTRY_VERIFY(window.frameClock().isRunning());
        window.hide();
        QVERIFY(!window.frameClock().isRunning());
        window.show();
        QVERIFY(window.frameClock().isRunning());
    }

    void aPausedRunIsNotDrawnAgainAndAgain() {
        LabFixture fixture;
        MainWindow& window = fixture.makeWindow();
        fixture.lab.open(smallScenario());
        window.show();
        QTRY_COMPARE(fixture.lab.state().phase, RunPhase::paused);
        const QSignalSpy advanced(&fixture.lab, &LabPresenter::advanced);
        // What was asked for while opening still comes in; then frame after frame brings nothing.
        qsizetype seen = -1;
        int calmFrames = 0;
        connect(&window.frameClock(), &FrameClock::frame, &window, [&] {
            calmFrames = advanced.size() == seen ? calmFrames + 1 : 0;
            seen = advanced.size();
        });
        QTRY_VERIFY(calmFrames >= 5);
        const qsizetype before = advanced.size();
        fixture.lab.step();
        QTRY_VERIFY(advanced.size() > before);
    }

    void canBeClosedAtAnyMoment() {
        for (int moment = 0; moment < 12; ++moment) {
            LabFixture fixture;
            MainWindow& window = fixture.makeWindow();
            sim::Scenario scenario = smallScenario();
            scenario.lanes.push_back({.name = "file", .backend = "file:"});
            scenario.lanes.push_back({.name = "dead", .backend = "redis+unix:/nowhere/redis.sock"});
            fixture.lab.open(scenario);
            fixture.lab.setSpeed(moment % 2 == 0 ? 1000 : 1);
            fixture.lab.run();
            window.show();
            if (moment > 3) {
                QTRY_VERIFY(fixture.lab.running());
            }
            if (moment > 7) {
                QTRY_VERIFY(!fixture.lab.history().samples().empty());
            }
            QVERIFY(window.close());
            if (moment % 3 == 0) {
                fixture.window.reset();
            }
        }
    }

    void remembersWhereItWas() {
        QTemporaryDir folder;
        LabFixture fixture;
        MainWindow& window = fixture.makeWindow();
        window.show();
        window.resize(1300, 760);
        window.close();
        QVERIFY(!fixture.settings.windowGeometry().isEmpty());
        fixture.window.reset();
        QCOMPARE(fixture.makeWindow().size(), QSize(1300, 760));
    }

    void nonsenseAsGeometryIsIgnored() {
        LabFixture fixture;
        fixture.settings.setWindowGeometry(QByteArray(50, '\x7f'));
        MainWindow& window = fixture.makeWindow();
        window.show();
        QVERIFY(window.width() > 500 && window.height() > 300);
    }

    void theWholeWindowIsReachedByTab() {
        LabFixture fixture;
        MainWindow& window = fixture.makeWindow();
        fixture.lab.open(smallScenario());
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTRY_COMPARE(window.findChildren<LaneCard*>().size(), 2);
        QSet<const QWidget*> reached;
        for (int press = 0; press < 200; ++press) {
            QTest::keyClick(
                QApplication::focusWidget() == nullptr ? &window : QApplication::focusWidget(),
                Qt::Key_Tab);
            if (const QWidget* focus = QApplication::focusWidget()) {
                reached.insert(focus);
            }
        }
        QVERIFY(reached.size() > 20);
        for (const QWidget* widget : window.findChildren<QWidget*>()) {
            const auto* card = qobject_cast<const LaneCard*>(widget);
            const bool byArrow = card != nullptr && !card->isChecked();
            const bool railItem = widget->parentWidget() == window.findChild<Rail*>();
            if (takesTab(widget) && !byArrow && !railItem) {
                QVERIFY2(reached.contains(widget), qPrintable(describe(widget)));
            }
        }
    }

    void everythingThatTakesTheFocusHasAName() {
        LabFixture fixture;
        MainWindow& window = fixture.makeWindow();
        sim::Scenario scenario = smallScenario();
        scenario.lanes.push_back({.name = "file", .backend = "file:"});
        scenario.lanes.push_back({.name = "redis", .backend = "redis+unix:/nowhere/s"});
        fixture.lab.open(scenario);
        window.show();
        QTRY_COMPARE(window.findChildren<LaneCard*>().size(), 4);
        for (LaneCard* card : window.findChildren<LaneCard*>()) {
            QTest::mouseClick(card, Qt::LeftButton);
            for (QWidget* widget : window.findChildren<QWidget*>()) {
                if (takesTab(widget)) {
                    QAccessibleInterface* face = QAccessible::queryAccessibleInterface(widget);
                    QVERIFY2(face != nullptr, qPrintable(describe(widget)));
                    QVERIFY2(!face->text(QAccessible::Name).isEmpty(),
                             qPrintable(describe(widget)));
                }
            }
        }
    }

    void theMenusOfTheWindowOpen() {
        LabFixture fixture;
        MainWindow& window = fixture.makeWindow();
        fixture.lab.open(smallScenario());
        window.show();
        QTRY_COMPARE(window.findChildren<LaneCard*>().size(), 2);
        auto* rail = window.findChild<Rail*>();
        QTest::mouseClick(rail->button(3), Qt::LeftButton);  // the settings
        QTRY_VERIFY(QApplication::activePopupWidget() != nullptr);
        QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Escape);
        auto* card = window.findChildren<LaneCard*>().last();
        QContextMenuEvent byKey(QContextMenuEvent::Keyboard, {});
        QApplication::sendEvent(card, &byKey);
        QTRY_VERIFY(qobject_cast<QMenu*>(QApplication::activePopupWidget()) != nullptr);
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        menu->actions().first()->trigger();
        menu->close();
        QTRY_COMPARE(window.findChildren<LaneCard*>().size(), 3);
    }
};

QTEST_MAIN(TestLabMainWindow)
#include "tst_lab_main_window.moc"
