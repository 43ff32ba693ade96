// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "tests/support/tune_traces.h"
#include "tests/ui/lab_fixture.h"
#include "ui/charts/heat_map.h"
#include "ui/charts/ttl_chart.h"
#include "ui/dialogs/import_dialog.h"
#include "ui/pages/namespace_view.h"
#include "ui/pages/tune_page.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/inline_message.h"
#include "ui/widgets/value_slider.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::test::randomTrace;

namespace {

constexpr int kPatience = 60'000;

// A window on Tune with a study of its own.
struct TuneFixture : cachescope::ui::test::LabFixture {
    MainWindow& open(const std::shared_ptr<const Trace>& trace) {
        MainWindow& shown = makeWindow();
        shown.resize(1280, 720);
        shown.showTune();
        shown.show();
        if (trace != nullptr) {
            TuneSource source;
            source.name = QStringLiteral("a test");
            source.recording = trace;
            tune.open(source);
        }
        return shown;
    }
    bool finished() const {
        return !tune.busy() && tune.study().ages != nullptr && tune.surface().done &&
               !tune.stampede().outcomes.empty();
    }
};

QPushButton* buttonNamed(QWidget& parent, const QString& text) {
    for (QPushButton* button : parent.findChildren<QPushButton*>()) {
        if (button->text() == text && button->isVisibleTo(&parent)) {
            return button;
        }
    }
    return nullptr;
}

// What a child needs stands inside its parent.
bool fits(const QWidget& page) {
    for (const QWidget* child : page.findChildren<QWidget*>()) {
        if (child->isVisible() && qobject_cast<const QPushButton*>(child) != nullptr &&
            child->width() < child->minimumSizeHint().width()) {
            return false;
        }
    }
    return true;
}

// Nothing that is shown reaches beyond the page.
bool liesInside(const QWidget& page) {
    for (const QWidget* child : page.findChildren<QWidget*>()) {
        const bool scrolled = qobject_cast<const QScrollArea*>(child->parentWidget()) != nullptr;
        if (child->isVisible() && !scrolled &&
            child->mapTo(&page, QPoint(child->width(), 0)).x() > page.width()) {
            return false;
        }
    }
    return true;
}

}  // namespace

class TestTunePage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anEmptyPageOffersTheLabsRequests() {
        TuneFixture fixture;
        MainWindow& window = fixture.open(nullptr);
        QVERIFY(fixture.lab.openFile(QStringLiteral("demo")).ok());
        fixture.lab.skipTo(TimePoint{} + std::chrono::seconds{60});
        QTRY_VERIFY_WITH_TIMEOUT(fixture.lab.state().time >= TimePoint{} + std::chrono::seconds{60},
                                 kPatience);
        auto* empty = window.findChild<TunePage*>()->findChild<EmptyState*>();
        QVERIFY(empty != nullptr && empty->isVisible());
        empty->button()->click();
        QTRY_VERIFY_WITH_TIMEOUT(fixture.finished(), kPatience);
        QVERIFY(!empty->isVisible());
        QVERIFY(fixture.tune.outlook().requests({}) > 1000);
        // The Lab's lanes were measured with these requests: they stand in the chart.
        QVERIFY(!fixture.tuneLive.measured().isEmpty());
    }

    void aLabWithoutRequestsSaysSo() {
        TuneFixture fixture;
        MainWindow& window = fixture.open(nullptr);
        const QSignalSpy empty(&fixture.tuneLive, &TuneLive::labIsEmpty);
        fixture.tuneLive.takeLab();
        QTRY_COMPARE(empty.size(), 1);
        auto* message = window.findChild<TunePage*>()->findChild<InlineMessage*>();
        QVERIFY(message->isVisible());
    }

    void draggingTheMarkerMovesFiguresInTheSameTurn() {
        TuneFixture fixture;
        MainWindow& window = fixture.open(randomTrace({}));
        QTRY_VERIFY_WITH_TIMEOUT(fixture.finished(), kPatience);
        auto* chart = window.findChild<TtlChart*>();
        const std::size_t before = fixture.tune.point({});
        const QPoint at = chart->pixelOf(fixture.tune.outlook().longest() / 3, 0.5).toPoint();
        QTest::mouseClick(chart->plot(), Qt::LeftButton, {}, at);
        QVERIFY(fixture.tune.point({}) != before);
        QVERIFY(std::abs(std::log(fixture.tune.planned({}).ttl /
                                  (fixture.tune.outlook().longest() / 3))) < 0.1);
        QCOMPARE(chart->marker(), fixture.tune.planned({}).ttl);
    }

    void aNamespaceIsChosenDraggedAndTyped() {
        TuneFixture fixture;
        MainWindow& window = fixture.open(randomTrace({}));
        QTRY_VERIFY_WITH_TIMEOUT(fixture.finished(), kPatience);
        auto* view = window.findChild<NamespaceView*>();
        QCOMPARE(view->model()->rowCount(), 4);
        const QModelIndex row = view->model()->index(2, 0);
        const QRect card = view->visualRect(row);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, card.topLeft() + QPoint(20, 16));
        QCOMPARE(fixture.tune.selected(), TuneGroup(1));
        const std::size_t advised = fixture.tune.point(1);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {},
                          QPoint(card.right() - 20, card.center().y()));
        QVERIFY(fixture.tune.point(1) > advised);
        QTest::keyClick(view, Qt::Key_Left);
        const std::size_t dragged = fixture.tune.point(1);
        view->edit(row);
        auto* box = view->findChild<ValueBox*>();
        QVERIFY(box != nullptr);
        box->setText(QStringLiteral("5s"));
        QTest::keyClick(box, Qt::Key_Return);
        QTRY_COMPARE(fixture.tune.planned(1).ttl, 5.0);
        QVERIFY(fixture.tune.point(1) != dragged);
        QTRY_VERIFY(buttonNamed(window, QStringLiteral("Take the advice")) != nullptr);
        buttonNamed(window, QStringLiteral("Take the advice"))->click();
        QCOMPARE(fixture.tune.point(1), advised);
    }

    void aSliderOfStaleAnswersMovesTheAdvice() {
        TuneFixture fixture;
        MainWindow& window = fixture.open(randomTrace({}));
        QTRY_VERIFY_WITH_TIMEOUT(fixture.finished(), kPatience);
        fixture.tune.setChangeInterval({}, 100);
        const double before = fixture.tune.together().misses;
        for (ValueSlider* slider : window.findChild<TunePage*>()->findChildren<ValueSlider*>()) {
            if (slider->box()->accessibleName() == QStringLiteral("Stale answers, at most")) {
                slider->slider()->setValue(slider->slider()->maximum());
            }
        }
        QCOMPARE(fixture.tune.wishes().staleShare, 0.5);
        QVERIFY(fixture.tune.together().misses < before);
    }

    void aCellOfTheSurfaceSetsTtlAndCapacity() {
        TuneFixture fixture;
        MainWindow& window = fixture.open(randomTrace({}));
        QTRY_VERIFY_WITH_TIMEOUT(fixture.finished(), kPatience);
        auto* map = window.findChild<HeatMap*>();
        QTest::mouseClick(map, Qt::LeftButton, {}, map->cellRect(5, 6).center().toPoint());
        QVERIFY(fixture.tune.capacity().has_value());
        QTRY_VERIFY_WITH_TIMEOUT(fixture.tune.band().has_value(), kPatience);
    }

    void adviceRunsInTheLabAndComesOutAsPredicted() {
        // The Lab has the requests from a file, so that both see the same.
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("requests.csv"));
        const auto trace = randomTrace({.requests = 6000, .perSecond = 100});
        {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            QByteArray text = "time,key\n";
            for (std::size_t i = 0; i < trace->size(); ++i) {
                text +=
                    QByteArray::number(static_cast<double>(trace->times[i].count()) / 1e9, 'f', 3) +
                    "," + QByteArray::fromStdString(trace->names.name(trace->keys[i])) + "\n";
            }
            file.write(text);
        }
        TuneFixture fixture;
        MainWindow& window = fixture.open(nullptr);
        TuneSource source;
        source.name = QStringLiteral("requests.csv");
        source.path = path;
        fixture.tune.open(source);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.finished(), kPatience);
        TuneWishes wishes = fixture.tune.wishes();
        wishes.load = 0.001;  // a TTL counts from the end of a load
        fixture.tune.setWishes(wishes);
        fixture.tune.setTtl({}, 3);
        fixture.tune.setTtl(0, 2);
        fixture.tune.setTtl(1, 10);
        const double one = fixture.tune.planned({}).hitRatio();
        const double each = fixture.tune.together().hitRatio();
        buttonNamed(window, QStringLiteral("Run it in the Lab"))->click();
        const TimePoint end = TimePoint{} + trace->span() + std::chrono::seconds{5};
        fixture.lab.skipTo(end);
        QTRY_VERIFY_WITH_TIMEOUT(
            fixture.lab.state().lanes.size() == 2 && fixture.lab.state().time >= end, kPatience);
        const auto hitRatio = [&](std::size_t lane) {
            const StatsSnapshot& stats = fixture.lab.state().lanes[lane].totals.stats;
            return static_cast<double>(stats.hits) / static_cast<double>(stats.hits + stats.misses);
        };
        QCOMPARE(fixture.lab.state().requests, trace->size());
        // Loads take a millisecond, in which a request or two may wait instead of hitting.
        QVERIFY2(std::abs(hitRatio(0) - one) < 0.002, qPrintable(fixture.tuneLive.comparison()));
        QVERIFY2(std::abs(hitRatio(1) - each) < 0.002, qPrintable(fixture.tuneLive.comparison()));
        QCOMPARE(fixture.tuneLive.measured().size(), 1);
        QVERIFY(std::abs(fixture.tuneLive.measured()[0].originShare - (1 - one)) < 0.002);
        QVERIFY(!fixture.tuneLive.comparison().isEmpty());
    }

    void aTraceWithoutTimesOffersARate() {
        auto untimed = std::make_shared<Trace>(*randomTrace({}));
        untimed->times.clear();
        TuneFixture fixture;
        MainWindow& window = fixture.open(untimed);
        auto* message = window.findChild<TunePage*>()->findChild<InlineMessage*>();
        QTRY_VERIFY(message->isVisible());
        QVERIFY(message->button()->isVisible());
        message->button()->click();
        QTRY_VERIFY_WITH_TIMEOUT(fixture.finished(), kPatience);
    }

    void theImportAsksWhereANamespaceEnds() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("a.csv"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("time,key\n0,a/1\n1,b/2\n");
        file.close();
        ImportDialog dialog(path);
        dialog.askSeparator(QStringLiteral("/"));
        QCOMPARE(dialog.separator(), QStringLiteral("/"));
        const QSignalSpy previewed(&dialog, &ImportDialog::previewed);
        QTRY_VERIFY(!previewed.isEmpty());
    }

    void everythingFitsInBothSizesAndThemes() {
        TuneFixture fixture;
        MainWindow& window = fixture.open(randomTrace({.namespaces = 12}));
        QTRY_VERIFY_WITH_TIMEOUT(fixture.finished(), kPatience);
        auto* page = window.findChild<TunePage*>();
        for (const ThemeChoice theme : {ThemeChoice::light, ThemeChoice::dark}) {
            fixture.theme.setChoice(theme);
            for (const QSize size : {QSize(1440, 900), QSize(1280, 720), window.minimumSize()}) {
                window.resize(size);
                QVERIFY(fits(*page));
                QVERIFY(!window.grab().isNull());
                QTRY_VERIFY(liesInside(*page));
            }
        }
    }
};

QTEST_MAIN(TestTunePage)
#include "tst_tune_page.moc"
