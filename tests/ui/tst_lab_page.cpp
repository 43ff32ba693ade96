// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QComboBox>
#include <QImage>
#include <QLabel>
#include <QScrollArea>
#include <QSet>
#include <QTabBar>
#include <QTest>
#include <QTranslator>

#include "tests/ui/lab_fixture.h"
#include "ui/charts/axis_scale.h"
#include "ui/pages/event_panel.h"
#include "ui/pages/lab_charts.h"
#include "ui/pages/lab_page.h"
#include "ui/pages/lab_toolbar.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/lane_card.h"
#include "ui/widgets/value_box.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace cachescope::ui::test;
using namespace std::chrono_literals;

namespace {

// Every text longer by 40 %, as translations into German are.
class LongTexts : public QTranslator {
public:
    bool isEmpty() const override { return false; }
    QString translate(const char*, const char* source, const char*, int) const override {
        const QString text = QString::fromUtf8(source);
        return text + QString(text.size() * 2 / 5, QChar(0xf6));
    }
};

QString describe(const QWidget* widget) {
    const auto* label = qobject_cast<const QLabel*>(widget);
    const auto* button = qobject_cast<const QAbstractButton*>(widget);
    return QStringLiteral("%1 \"%2\" is %3x%4, wants %5x%6")
        .arg(QLatin1String(widget->metaObject()->className()), label != nullptr ? label->text()
                                                               : button != nullptr
                                                                   ? button->text()
                                                                   : widget->accessibleName())
        .arg(widget->width())
        .arg(widget->height())
        .arg(widget->minimumSizeHint().width())
        .arg(widget->minimumSizeHint().height());
}

// What is too small for its own text, or reaches out of the window or of the column it lies in.
QStringList clipped(const QWidget& window) {
    QStringList found;
    for (const QWidget* widget : window.findChildren<QWidget*>()) {
        if (!widget->isVisible() || widget->visibleRegion().isEmpty()) {
            continue;
        }
        const auto* label = qobject_cast<const QLabel*>(widget);
        const bool text = label != nullptr || qobject_cast<const QAbstractButton*>(widget) ||
                          qobject_cast<const QComboBox*>(widget) ||
                          qobject_cast<const QLineEdit*>(widget);
        if (!text) {
            continue;
        }
        const bool wrapped = label != nullptr && label->wordWrap();
        const int height =
            wrapped ? label->heightForWidth(label->width()) : widget->minimumSizeHint().height();
        const int width = wrapped ? 0 : widget->minimumSizeHint().width();
        if (widget->width() < width || widget->height() < height) {
            found += describe(widget);
        }
        // Columns scroll up and down, never sideways.
        for (const QWidget* outer = widget->parentWidget(); outer != nullptr;
             outer = outer->parentWidget()) {
            const int left = widget->mapTo(outer, QPoint()).x();
            if (left < 0 || left + widget->width() > outer->width()) {
                found += describe(widget) + QStringLiteral(" and reaches out of ") +
                         QLatin1String(outer->metaObject()->className());
                break;
            }
        }
    }
    return found;
}

// Whose wishes make the contents of a scroll area too wide.
QString widest(const QWidget& contents) {
    QStringList list;
    for (const QWidget* widget : contents.findChildren<QWidget*>()) {
        if (widget->isVisible() && widget->minimumSizeHint().width() > contents.width() * 2 / 3) {
            list += describe(widget);
        }
    }
    return list.join(QLatin1Char('\n'));
}

// Some time into the demo, with three lanes, marks and everything unfolded.
struct PageFixture : LabFixture {
    bool openAt(QSize size) {
        makeWindow();
        if (!lab.openFile(QStringLiteral("demo"))) {
            return false;
        }
        lab.skipTo(TimePoint{45s});
        window->resize(size);
        window->show();
        for (auto* disclosure : window->findChild<LabPage*>()->findChildren<Disclosure*>()) {
            disclosure->setOpen(true);
        }
        return QTest::qWaitForWindowExposed(window.get());
    }
    bool arrived() {
        return lab.state().time >= TimePoint{45s} && lab.state().phase == sim::RunPhase::paused &&
               lab.events().rowCount() > 0;
    }
};

}  // namespace

class TestLabPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QApplication::setLayoutDirection(Qt::LeftToRight); }
    void cleanup() { QApplication::setLayoutDirection(Qt::LeftToRight); }

    void narrowWindowsFoldChartsAndEventsIntoTabs() {
        PageFixture fixture;
        QVERIFY(fixture.openAt({1280, 720}));
        auto* tabs = fixture.window->findChild<LabPage*>()->findChild<QTabBar*>();
        auto* charts = fixture.window->findChild<LabCharts*>();
        auto* events = fixture.window->findChild<EventPanel*>();
        QVERIFY(tabs->isVisible());
        QVERIFY(charts->isVisible());
        QVERIFY(!events->isVisible());
        tabs->setCurrentIndex(1);
        QVERIFY(!charts->isVisible());
        QVERIFY(events->isVisible());
        fixture.window->resize(1800, 900);
        QTRY_VERIFY(!tabs->isVisible());
        QVERIFY(charts->isVisible());
        QVERIFY(events->isVisible());
        fixture.window->resize(1280, 720);
        QTRY_VERIFY(tabs->isVisible());
        QVERIFY(!charts->isVisible());
        tabs->setCurrentIndex(0);
        QVERIFY(charts->isVisible());
    }

    void aWindowCannotBeMadeTooSmallForItsContents() {
        PageFixture fixture;
        QVERIFY(fixture.openAt({100, 100}));
        QTRY_VERIFY(fixture.arrived());
        // Layouts settle with the events that are posted for them.
        QTRY_COMPARE(clipped(*fixture.window).join(QLatin1Char('\n')), QString());
    }

    void nothingIsClipped_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("longTexts");
        QTest::addColumn<bool>("rightToLeft");
        for (const QSize size : {QSize(1280, 720), QSize(1440, 900), QSize(1920, 1080)}) {
            for (const bool longTexts : {false, true}) {
                for (const bool rightToLeft : {false, true}) {
                    QTest::addRow("%dx%d%s%s", size.width(), size.height(),
                                  longTexts ? ", long texts" : "",
                                  rightToLeft ? ", right to left" : "")
                        << size << longTexts << rightToLeft;
                }
            }
        }
    }
    void nothingIsClipped() {
        QFETCH(QSize, size);
        QFETCH(bool, longTexts);
        QFETCH(bool, rightToLeft);
        LongTexts translator;
        if (longTexts) {
            QApplication::installTranslator(&translator);
        }
        QApplication::setLayoutDirection(rightToLeft ? Qt::RightToLeft : Qt::LeftToRight);
        PageFixture fixture;
        QVERIFY(fixture.openAt(size));
        QTRY_VERIFY(fixture.arrived());
        QCOMPARE(fixture.window->size(), size);
        for (auto* area : fixture.window->findChild<LabPage*>()->findChildren<QScrollArea*>()) {
            QVERIFY2(area->widget()->width() <= area->viewport()->width(),
                     qPrintable(widest(*area->widget())));
        }
        // Layouts settle with the events that are posted for them.
        QTRY_COMPARE(clipped(*fixture.window).join(QLatin1Char('\n')), QString());
    }

    void nothingIsClippedWithEveryNoteShown_data() {
        QTest::addColumn<bool>("longTexts");
        QTest::newRow("texts as they are") << false;
        QTest::newRow("long texts") << true;
    }
    void nothingIsClippedWithEveryNoteShown() {
        QFETCH(bool, longTexts);
        LongTexts translator;
        if (longTexts) {
            QApplication::installTranslator(&translator);
        }
        PageFixture fixture;
        QVERIFY(fixture.openAt({1280, 720}));
        QTRY_VERIFY(fixture.arrived());
        sim::LaneSpec spec = fixture.lab.lane(2)->spec;
        spec.options.ttl.reset();
        spec.options.jitter = 0.2;
        spec.options.negativeTtl = 0s;
        spec.options.lease = 5s;
        spec.options.staleWhileRevalidate = 30s;
        spec.options.refreshAfter = 0.75;
        spec.options.xfetchBeta = 1;
        spec.options.staleIfError = 1h;
        spec.options.softTimeout = 2s;
        spec.options.hardTimeout = 2s;
        spec.options.tags = {"red", "blue"};
        spec.namespaceTags = true;
        fixture.lab.editLane(2, spec);
        QTRY_VERIFY(fixture.lab.lane(2)->spec == spec);
        QTRY_COMPARE(clipped(*fixture.window).join(QLatin1Char('\n')), QString());
        for (auto* disclosure :
             fixture.window->findChild<LabPage*>()->findChildren<Disclosure*>()) {
            disclosure->setOpen(false);
        }
        QTRY_COMPARE(clipped(*fixture.window).join(QLatin1Char('\n')), QString());
        for (auto* area : fixture.window->findChild<LabPage*>()->findChildren<QScrollArea*>()) {
            QVERIFY2(area->widget()->width() <= area->viewport()->width(),
                     qPrintable(widest(*area->widget())));
        }
    }

    void mirroredTheControlsAreOnTheRight() {
        QApplication::setLayoutDirection(Qt::RightToLeft);
        PageFixture fixture;
        QVERIFY(fixture.openAt({1440, 900}));
        auto* controls = fixture.window->findChild<LabPage*>()->findChild<QScrollArea*>();
        auto* charts = fixture.window->findChild<LabCharts*>();
        QVERIFY(controls->mapTo(fixture.window.get(), QPoint()).x() >
                charts->mapTo(fixture.window.get(), QPoint()).x());
    }

    void aTabThatWasHiddenShowsWhatHappenedMeanwhile() {
        PageFixture fixture;
        QVERIFY(fixture.openAt({1280, 720}));
        QTRY_VERIFY(fixture.arrived());
        auto* tabs = fixture.window->findChild<LabPage*>()->findChild<QTabBar*>();
        auto* charts = fixture.window->findChild<LabCharts*>();
        const QImage before = charts->picture().toImage();
        tabs->setCurrentIndex(1);
        fixture.lab.skipTo(TimePoint{80s});
        QTRY_VERIFY(fixture.lab.state().time >= TimePoint{80s} && !fixture.lab.running());
        tabs->setCurrentIndex(0);
        QVERIFY(charts->picture().toImage() != before);
    }

    void theTimeAxisHasLabelsAtEverySpeed() {
        for (const double speed :
             {0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0, 300.0, 1000.0}) {
            for (const int most : {2, 3, 4, 5, 6, 8}) {
                const auto ticks = timeTicks(60 * speed, most, QLocale());
                QVERIFY2(ticks.size() >= 2 && ticks.size() <= most + 1,
                         qPrintable(QStringLiteral("×%1, %2").arg(speed).arg(most)));
                QVERIFY(ticks.first().position >= -60 * speed - 1e-9);
                QVERIFY(ticks.first().position <= -30 * speed);
            }
        }
    }

    void noTwoLanesLookTheSame() {
        QSet<QString> styles;
        for (int lane = 0; lane < static_cast<int>(sim::kMaxLanes); ++lane) {
            const LaneStyle style = laneStyle(lightTokens(), lane);
            QString text = style.colour.name();
            for (const qreal dash : style.dashes) {
                text += QStringLiteral(" %1").arg(dash);
            }
            styles.insert(text);
        }
        QCOMPARE(styles.size(), static_cast<qsizetype>(sim::kMaxLanes));
    }

    void twelveLanesFit() {
        PageFixture fixture;
        QVERIFY(fixture.openAt({1280, 720}));
        for (int i = 0; i < 12; ++i) {
            fixture.lab.addLane();
        }
        QTRY_COMPARE(fixture.window->findChildren<LaneCard*>().size(), 12);
        QTRY_VERIFY(fixture.arrived());
        // Layouts settle with the events that are posted for them.
        QTRY_COMPARE(clipped(*fixture.window).join(QLatin1Char('\n')), QString());
        QCOMPARE(fixture.window->size(), QSize(1280, 720));
    }
};

QTEST_MAIN(TestLabPage)
#include "tst_lab_page.moc"
