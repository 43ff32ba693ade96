// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAccessible>
#include <QButtonGroup>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>
#include <QVBoxLayout>
#include <QWheelEvent>
#include <cmath>

#include "ui/widgets/inline_message.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/lane_card.h"
#include "ui/widgets/rail.h"
#include "ui/widgets/stat_tile.h"
#include "ui/widgets/value_slider.h"

using namespace cachescope::ui;

namespace {

void type(QWidget* box, const char* text) {
    static_cast<QLineEdit*>(box)->selectAll();
    QTest::keyClicks(box, QString::fromUtf8(text));
}

}  // namespace

class TestWidgets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void logRangeIsEvenInLogarithms() {
        const ValueRange range = ValueRange::log(0.001, 1000);
        QVERIFY(std::abs(range.share(1) - 0.5) < 1e-9);
        QCOMPARE(range.valueAt(0.5), 1.0);
        QCOMPARE(range.valueAt(0), 0.001);
        QCOMPARE(range.valueAt(1), 1000.0);
        QCOMPARE(range.next(1, 1), 1.2);
        QCOMPARE(range.next(1, -1), 0.8);
        QCOMPARE(range.next(1000, 1), 1000.0);
        QVERIFY2(range.next(1.1, 1) == 1.2, "from between two stops");
    }

    void logRangeMayStartWithZero() {
        const ValueRange range = ValueRange::log(1, 100, true);
        QCOMPARE(range.valueAt(0), 0.0);
        QVERIFY(range.contains(0));
        QCOMPARE(range.next(1, -1), 0.0);
        QCOMPARE(range.next(0, 1), 1.0);
    }

    void spansStopWherePeopleDo() {
        const ValueRange range = ValueRange::spans(1, 3600);
        QCOMPARE(range.next(30, 1), 40.0);
        QCOMPARE(range.next(60, 1), 90.0);
        QCOMPARE(range.next(1800, 1), 2700.0);
        QCOMPARE(range.next(3600, 1), 3600.0);
        QCOMPARE(range.valueAt(1), 3600.0);
    }

    void linearRangeStepsFromBetween() {
        const ValueRange range = ValueRange::linear(0, 100, 5);
        QCOMPARE(range.next(7, 1), 10.0);
        QCOMPARE(range.next(7, -1), 5.0);
        QCOMPARE(range.valueAt(0.52), 50.0);
    }

    void typingWithUnitsChangesTheValue() {
        ValueSlider slider(QStringLiteral("TTL"), spanFormat(), ValueRange::spans(0.001, 86400), 5);
        const QSignalSpy changed(&slider, &ValueSlider::valueChanged);
        type(slider.box(), "1h30m");
        QCOMPARE(slider.value(), 5.0);
        QTest::keyClick(slider.box(), Qt::Key_Return);
        QCOMPARE(slider.value(), 5400.0);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(slider.box()->text(), formatSpan(5400));
        // The handle went along.
        const double share = slider.slider()->value() / 10'000.0;
        QVERIFY(std::abs(share - slider.box()->range().share(5400)) < 1e-3);
    }

    void typedValuesNeedNotBeRound() {
        ValueSlider slider(QStringLiteral("TTL"), spanFormat(), ValueRange::spans(1, 3600), 5);
        type(slider.box(), "7.3s");
        QTest::keyClick(slider.box(), Qt::Key_Return);
        QCOMPARE(slider.value(), 7.3);
    }

    void invalidTypingIsExplainedAndEscRestores() {
        ValueSlider slider(QStringLiteral("TTL"), spanFormat(), ValueRange::spans(1, 3600), 5);
        const QSignalSpy changed(&slider, &ValueSlider::valueChanged);
        type(slider.box(), "fast");
        QTest::keyClick(slider.box(), Qt::Key_Return);
        QVERIFY(!slider.box()->problem().isEmpty());
        QCOMPARE(slider.box()->text(), QStringLiteral("fast"));
        QCOMPARE(slider.value(), 5.0);
        slider.setValue(6);
        QVERIFY2(slider.box()->text() == QStringLiteral("fast"), "what was typed is not lost");
        QTest::keyClick(slider.box(), Qt::Key_Escape);
        QVERIFY(slider.box()->problem().isEmpty());
        QCOMPARE(slider.box()->text(), formatSpan(6));
        QCOMPARE(changed.count(), 0);
    }

    void outOfRangeNamesTheRange() {
        ValueField field(QStringLiteral("TTL"), spanFormat(), ValueRange::spans(1, 3600), 5);
        type(field.box(), "2h");
        QTest::keyClick(field.box(), Qt::Key_Return);
        QVERIFY(field.box()->problem().contains(formatSpan(3600)));
        QCOMPARE(field.value(), 5.0);
        type(field.box(), "20m");
        QVERIFY2(field.box()->problem().isEmpty(), "typing on takes the message away");
        QTest::keyClick(field.box(), Qt::Key_Return);
        QCOMPARE(field.value(), 1200.0);
    }

    void setValueIsHeldInsideAndSilent() {
        ValueSlider slider(QStringLiteral("x"), numberFormat(), ValueRange::linear(0, 10), 5);
        const QSignalSpy changed(&slider, &ValueSlider::valueChanged);
        slider.setValue(99);
        QCOMPARE(slider.value(), 10.0);
        slider.setRange(ValueRange::linear(0, 4));
        QCOMPARE(slider.value(), 4.0);
        QCOMPARE(changed.count(), 0);
    }

    void arrowKeysGoToTheNextRoundValue() {
        ValueSlider slider(QStringLiteral("TTL"), spanFormat(), ValueRange::spans(1, 3600), 5);
        const QSignalSpy changed(&slider, &ValueSlider::valueChanged);
        QTest::keyClick(slider.slider(), Qt::Key_Right);
        QCOMPARE(slider.value(), 6.0);
        QTest::keyClick(slider.slider(), Qt::Key_Left);
        QTest::keyClick(slider.slider(), Qt::Key_Left);
        QCOMPARE(slider.value(), 4.0);
        QTest::keyClick(slider.slider(), Qt::Key_End);
        QCOMPARE(slider.value(), 3600.0);
        QCOMPARE(changed.count(), 4);
        QTest::keyClick(slider.box(), Qt::Key_Down);
        QCOMPARE(slider.value(), 2700.0);
    }

    // Each stop must be reachable from its neighbour, or the keyboard sticks somewhere.
    void everyRoundValueIsReachedByKey() {
        ValueSlider slider(QStringLiteral("TTL"), spanFormat(),
                           ValueRange::spans(0.001, 604800, true), 0);
        double previous = -1;
        int presses = 0;
        while (slider.value() > previous && presses < 500) {
            previous = slider.value();
            QTest::keyClick(slider.slider(), Qt::Key_Right);
            ++presses;
        }
        QCOMPARE(slider.value(), 604800.0);
        QVERIFY(presses > 60);
    }

    void wheelNeedsTheFocus() {
        ValueSlider slider(QStringLiteral("x"), numberFormat(), ValueRange::linear(0, 100), 50);
        slider.show();
        QVERIFY(QTest::qWaitForWindowActive(&slider));
        slider.box()->setFocus();
        const auto turn = [&slider] {
            QWheelEvent event({5, 5}, slider.slider()->mapToGlobal(QPointF(5, 5)), {}, {0, 120},
                              Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
            QApplication::sendEvent(slider.slider(), &event);
        };
        turn();
        QCOMPARE(slider.value(), 50.0);
        slider.slider()->setFocus();
        turn();
        QVERIFY(slider.value() > 50);
    }

    void disabledFieldsSayWhy() {
        ValueSlider slider(QStringLiteral("Jitter"), percentFormat(), ValueRange::linear(0, 1), 0);
        slider.setDisabledReason(QStringLiteral("Only with a TTL"));
        QVERIFY(!slider.isEnabled());
        QCOMPARE(slider.toolTip(), QStringLiteral("Only with a TTL"));
        slider.setDisabledReason({});
        QVERIFY(slider.isEnabled());
    }

    void laneCardTellsScreenReadersEverything() {
        LaneCard card({1, QStringLiteral("TTL 5 s"), QStringLiteral("61.4 %"),
                       QStringLiteral("memory"), LaneCardContent::Trouble::error,
                       QStringLiteral("Redis does not answer")});
        QAccessibleInterface* face = QAccessible::queryAccessibleInterface(&card);
        QVERIFY(face != nullptr);
        const QString name = face->text(QAccessible::Name);
        QVERIFY(name.contains(QStringLiteral("2")));
        QVERIFY(name.contains(QStringLiteral("TTL 5 s")));
        QVERIFY(name.contains(QStringLiteral("61.4 %")));
        QVERIFY(
            face->text(QAccessible::Description).contains(QStringLiteral("Redis does not answer")));
        QVERIFY(face->state().checkable);
        card.setChecked(true);
        QVERIFY(face->state().checked);
    }

    void laneCardsAreChosenByKeyAndByMouse() {
        QWidget window;
        auto* layout = new QVBoxLayout(&window);
        QButtonGroup group;
        QList<LaneCard*> cards;
        for (int lane = 0; lane < 3; ++lane) {
            cards.append(new LaneCard({lane, QStringLiteral("lane"), {}, {}, {}, {}}));
            group.addButton(cards.last());
            layout->addWidget(cards.last());
        }
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::mouseClick(cards[0], Qt::LeftButton);
        QVERIFY(cards[0]->isChecked());
        cards[0]->setFocus();
        QTest::keyClick(cards[0], Qt::Key_Down);
        QVERIFY(cards[1]->isChecked());
        QVERIFY(!cards[0]->isChecked());
    }

    void laneCardGrowsForItsTrouble() {
        LaneCardContent content{0, QStringLiteral("a"), {}, QStringLiteral("b"), {}, {}};
        LaneCard card(content);
        const int calm = card.heightForWidth(200);
        content.trouble = LaneCardContent::Trouble::warning;
        content.troubleText = QStringLiteral("Redis does not answer; every request is a miss");
        card.setContent(content);
        QVERIFY(card.heightForWidth(200) > calm);
        QVERIFY(card.heightForWidth(140) > card.heightForWidth(400));
    }

    void railChoosesAndTriggers() {
        Rail rail;
        rail.addItem(10, IconName::lab, QStringLiteral("Lab"));
        rail.addItem(11, IconName::tune, QStringLiteral("Tune"));
        rail.addAction(99, IconName::settings, QStringLiteral("Settings"));
        QCOMPARE(rail.current(), 10);
        const QSignalSpy chosen(&rail, &Rail::chosen);
        const QSignalSpy triggered(&rail, &Rail::triggered);
        QTest::mouseClick(rail.button(11), Qt::LeftButton);
        QCOMPARE(rail.current(), 11);
        QTest::mouseClick(rail.button(99), Qt::LeftButton);
        QCOMPARE(rail.current(), 11);
        rail.setCurrent(10);
        rail.setCurrent(12345);
        QCOMPARE(rail.current(), 10);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(triggered.count(), 1);
        QCOMPARE(rail.button(11)->accessibleName(), QStringLiteral("Tune"));
    }

    void statTileDescribesItsRows() {
        StatTile tile(QStringLiteral("Hit ratio"));
        tile.setRows({{0, QStringLiteral("No cache"), {}, {}},
                      {1, QStringLiteral("TTL 5 s"), QStringLiteral("61.4 %"), {0.5, 0.6}}});
        QCOMPARE(tile.accessibleDescription(), QString::fromUtf8("No cache: —; TTL 5 s: 61.4 %"));
        const int four = [&tile] {
            tile.setRows(QList<StatRow>(4));
            return tile.sizeHint().height();
        }();
        tile.setRows(QList<StatRow>(5));
        QVERIFY2(tile.sizeHint().height() < four * 5 / 4, "rows are smaller from five on");
    }

    void messagesShowMarkupAsText() {
        InlineMessage message;
        QVERIFY(message.isHidden());
        message.showMessage(InlineMessage::Kind::error, QStringLiteral("<b>key</b> failed"),
                            QStringLiteral("Try again"));
        QVERIFY(!message.isHidden());
        QCOMPARE(message.findChild<QLabel*>()->textFormat(), Qt::PlainText);
        const QSignalSpy requested(&message, &InlineMessage::actionRequested);
        message.button()->click();
        QCOMPARE(requested.count(), 1);
    }

    void elidedLabelGivesWay() {
        ElidedLabel label(QStringLiteral("product:detail:88121:a-very-long-key"), Qt::ElideMiddle);
        QVERIFY(label.minimumSizeHint().width() < label.sizeHint().width() / 4);
        QCOMPARE(label.textFormat(), Qt::PlainText);
    }

    void elidedLabelSaysItShorterBeforeItCuts() {
        ElidedLabel label;
        const QStringList wordings{QStringLiteral("our cost: 12,204 commands, 0.6 % of the time"),
                                   QStringLiteral("our cost: 0.6 % of the time"),
                                   QStringLiteral("our cost: 0.6 %")};
        label.setWordings(wordings);
        QCOMPARE(label.text(), wordings[0]);
        for (const QString& wording : wordings) {
            label.resize(label.fontMetrics().horizontalAdvance(wording) + 1, label.height());
            QCOMPARE(label.shownText(), wording);
        }
        label.resize(label.minimumSizeHint());
        QCOMPARE(label.shownText(), wordings[2]);
        label.resize(1, label.height());
        QCOMPARE(label.shownText(), wordings[2]);
    }
};

QTEST_MAIN(TestWidgets)
#include "tst_widgets.moc"
