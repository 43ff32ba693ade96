// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSet>
#include <QTest>

#include "tests/ui/lane_options_fixture.h"
#include "ui/pages/invalidate_controls.h"
#include "ui/pages/lane_list.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/lane_card.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace cachescope::ui::test;
using namespace std::chrono_literals;

namespace {

sim::Scenario everyOption() {
    sim::Scenario scenario = smallScenario();
    sim::LaneSpec& lane = scenario.lanes[1];
    lane.options.sliding = true;
    lane.options.maxAge = 10min + 1ns;
    lane.options.jitter = 0.123456;
    lane.options.negativeTtl = 0s;
    lane.options.errorTtl = 3s;
    lane.options.singleFlight = false;
    lane.options.lease = 5s;
    lane.options.staleWhileRevalidate = 200 * 24h;
    lane.options.refreshAfter = 0.75;
    lane.options.xfetchBeta = 1.5;
    lane.options.staleIfError = 300 * 24h;
    lane.options.retryAfter = 0s;
    lane.options.softTimeout = 100us;
    lane.options.hardTimeout = 50min;
    lane.options.tags = {"with, comma", "b\x01"};
    lane.options.space = "shop";
    lane.options.marked = true;
    lane.namespaceTags = true;
    lane.breaker = true;
    lane.breakerFailures = 7;
    lane.breakerPause = 1ms + 1ns;
    lane.breakerMaxPause = 59min;
    lane.recovery = true;
    lane.varyByUser = true;
    lane.namespaceTtls = {{"prices", 6s}, {"b\x01", 15min}};
    lane.separator = "/";
    lane.store = "shop";
    return scenario;
}

}  // namespace

class TestLabLaneOptions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void everyOptionIsEditedFromTheKeyboard() {
        OptionsFixture fixture;
        QTRY_VERIFY(fixture.ready());
        const sim::LaneSpec before = fixture.lab.lane(2)->spec;
        type(fixture.box("store"), "shop");
        type(fixture.box("namespace_ttls"), " prices=6s,static = 15 min ,=1.5s");
        type(fixture.box("namespace_separator"), "/");
        press(fixture.check("sliding"));
        type(fixture.box("max_age"), "10 min");
        type(fixture.box("jitter"), "20%");
        type(fixture.box("negative_ttl"), "0");
        type(fixture.box("error_ttl"), "3s");
        press(fixture.check("single_flight"));
        type(fixture.box("lease"), "5s");
        type(fixture.box("stale_while_revalidate"), "30s");
        type(fixture.box("refresh_after"), "75");
        type(fixture.box("xfetch_beta"), "1.5");
        type(fixture.box("stale_if_error"), "1h");
        type(fixture.box("retry_after"), "at once");
        type(fixture.box("soft_timeout"), "100ms");
        type(fixture.box("hard_timeout"), "2s");
        press(fixture.check("vary_by_user"));
        press(fixture.check("breaker"));
        QTRY_VERIFY(!fixture.box("breaker_failures")->isHidden());
        type(fixture.box("breaker_failures"), "3");
        type(fixture.box("breaker_pause"), "500ms");
        type(fixture.box("breaker_max_pause"), "1min");
        press(fixture.check("recovery"));
        type(fixture.box("tags"), " red, blue,,red ");
        press(fixture.check("namespace_tags"));
        type(fixture.box("space"), "shop");
        press(fixture.check("marked"));

        sim::LaneSpec expected = before;
        CacheOptions& options = expected.options;
        options.sliding = true;
        options.maxAge = 10min;
        options.jitter = 0.2;
        options.negativeTtl = 0s;
        options.errorTtl = 3s;
        options.singleFlight = false;
        options.lease = 5s;
        options.staleWhileRevalidate = 30s;
        options.refreshAfter = 0.75;
        options.xfetchBeta = 1.5;
        options.staleIfError = 1h;
        options.retryAfter = 0s;
        options.softTimeout = 100ms;
        options.hardTimeout = 2s;
        options.tags = {"red", "blue"};
        options.space = "shop";
        options.marked = true;
        expected.namespaceTags = true;
        expected.breaker = true;
        expected.breakerFailures = 3;
        expected.breakerPause = 500ms;
        expected.breakerMaxPause = 1min;
        expected.varyByUser = true;
        expected.recovery = true;
        expected.namespaceTtls = {{"prices", 6s}, {"static", 15min}, {"", 1500ms}};
        expected.separator = "/";
        expected.store = "shop";
        QTRY_VERIFY(fixture.lane([&](const auto& spec) { return spec == expected; }));
    }

    void whatIsOffSaysSoAndIsSwitchedOffByTheWord() {
        OptionsFixture fixture;
        QTRY_VERIFY(fixture.ready());
        for (const char* name :
             {"max_age", "jitter", "error_ttl", "lease", "stale_while_revalidate", "refresh_after",
              "xfetch_beta", "stale_if_error", "soft_timeout", "hard_timeout"}) {
            QCOMPARE(fixture.box(name)->text(), QStringLiteral("off"));
            type(fixture.box(name), "0.5");
            QVERIFY2(fixture.box(name)->text() != QStringLiteral("off"), name);
            type(fixture.box(name), "off");
            QCOMPARE(fixture.box(name)->text(), QStringLiteral("off"));
        }
        QCOMPARE(fixture.box("negative_ttl")->text(), QStringLiteral("as others"));
        QCOMPARE(fixture.box("tags")->placeholderText(), QStringLiteral("off"));
        const sim::LaneSpec plain = smallScenario().lanes[1];
        QTRY_VERIFY(fixture.lane([&](const auto& spec) { return spec == plain; }));
    }

    void everyOptionHasANameAndAnExplanationForScreenReaders() {
        OptionsFixture fixture;
        QTRY_VERIFY(fixture.ready());
        const auto rows = fixture.editor->findChildren<OptionRow*>();
        QCOMPARE(rows.size(), 32);
        QSet<QString> names;
        for (OptionRow* row : rows) {
            auto* edit = row->findChild<QLineEdit*>();
            auto* check = row->findChild<QCheckBox*>();
            auto* choice = row->findChild<QComboBox*>();
            QWidget* control = edit != nullptr    ? static_cast<QWidget*>(edit)
                               : check != nullptr ? static_cast<QWidget*>(check)
                                                  : choice;
            const QString name = check != nullptr ? check->text() : control->accessibleName();
            const QString description = control->accessibleDescription();
            QVERIFY2(!name.isEmpty() && !description.isEmpty(), qPrintable(row->name()));
            names.insert(name);
            QVERIFY2(control->focusPolicy() & Qt::TabFocus, qPrintable(row->name()));
        }
        QCOMPARE(names.size(), rows.size());
    }

    void anEditLeavesEveryOtherOptionAsItIs() {
        const sim::Scenario scenario = everyOption();
        OptionsFixture fixture(scenario);
        QTRY_VERIFY(fixture.ready());
        sim::LaneSpec expected = scenario.lanes[1];
        QCOMPARE(fixture.box("negative_ttl")->text(), QStringLiteral("not kept"));
        QVERIFY2(fixture.box("tags")->isReadOnly(), "a comma in a tag cannot be typed");
        QVERIFY2(fixture.box("namespace_ttls")->isReadOnly(), "nor can a control character");
        QVERIFY(!fixture.box("space")->isReadOnly());
        type(fixture.box("error_ttl"), "4s");
        expected.options.errorTtl = 4s;
        QTRY_VERIFY(fixture.lane([&](const auto& spec) { return spec == expected; }));
        press(fixture.check("breaker"));
        expected.breaker = false;
        QTRY_VERIFY(fixture.lane([&](const auto& spec) { return spec == expected; }));
        type(fixture.box("tags"), "x");
        fixture.lab.tick();
        QCOMPARE(fixture.lab.lane(2)->spec.options.tags, expected.options.tags);
    }

    void ttlsOfNamespacesThatAreNotUnderstoodStayToBeCorrected() {
        OptionsFixture fixture;
        QTRY_VERIFY(fixture.ready());
        QLineEdit* box = fixture.box("namespace_ttls");
        type(box, "prices=6s");
        QTRY_VERIFY(fixture.lane([](const auto& spec) { return spec.namespaceTtls.size() == 1; }));
        type(box, "prices=6s, static=soon");
        QVERIFY(fixture.note("namespace_ttls").contains(QStringLiteral("static=soon")));
        QVERIFY(box->accessibleDescription().contains(QStringLiteral("static=soon")));
        // Another option's edit shows the lane again, and leaves the text alone.
        type(fixture.box("jitter"), "20%");
        QTRY_VERIFY(fixture.lane([](const auto& spec) { return spec.options.jitter == 0.2; }));
        QCOMPARE(box->text(), QStringLiteral("prices=6s, static=soon"));
        QCOMPARE(fixture.lab.lane(2)->spec.namespaceTtls.size(), 1U);
        box->setFocus();
        QTest::keyClick(box, Qt::Key_Escape);
        QCOMPARE(box->text(), QStringLiteral("prices=6\u00a0s"));
        QCOMPARE(fixture.note("namespace_ttls"), QString());
        type(box, "prices=6s, static");
        QVERIFY(!fixture.note("namespace_ttls").isEmpty());
        type(box, "prices=6s, static=15min");
        QCOMPARE(fixture.note("namespace_ttls"), QString());
        const std::vector<sim::NamespaceTtl> expected{{"prices", 6s}, {"static", 15min}};
        QTRY_VERIFY(fixture.lane([&](const auto& spec) { return spec.namespaceTtls == expected; }));
        box->setFocus();
        box->selectAll();
        QTest::keyClick(box, Qt::Key_Delete);
        QTest::keyClick(box, Qt::Key_Return);
        QTRY_VERIFY(fixture.lane([](const auto& spec) { return spec.namespaceTtls.empty(); }));
    }

    void ttlsOfNamespacesThatALaneCannotHaveAreNotApplied() {
        OptionsFixture fixture;
        QTRY_VERIFY(fixture.ready());
        type(fixture.box("namespace_ttls"), "prices=6s, prices=7s");
        const QString note = fixture.note("namespace_ttls");
        QVERIFY2(note.contains(QStringLiteral("each name once; \"prices\"")), qPrintable(note));
        type(fixture.box("namespace_ttls"), "prices=7s");
        QCOMPARE(fixture.note("namespace_ttls"), QString());
        QTRY_VERIFY(fixture.lane([](const auto& spec) {
            return spec.namespaceTtls == std::vector<sim::NamespaceTtl>{{"prices", 7s}};
        }));
    }

    void twoEditsWithinOneFrameBothCount() {
        OptionsFixture fixture;
        QTRY_VERIFY(fixture.ready());
        type(fixture.box("jitter"), "30%");
        type(fixture.box("stale_if_error"), "5 min");
        QTRY_VERIFY(fixture.lane([](const auto& spec) {
            return spec.options.jitter == 0.3 && spec.options.staleIfError == 5min;
        }));
    }

    void anOptionWithoutEffectSaysWhyAndIsTaken() {
        OptionsFixture fixture;
        QTRY_VERIFY(fixture.ready());
        type(fixture.box("soft_timeout"), "100ms");
        QTRY_VERIFY(
            fixture.lane([](const auto& spec) { return spec.options.softTimeout == 100ms; }));
        QVERIFY(fixture.note("soft_timeout").contains(QStringLiteral("Stale if error")));
        QVERIFY(fixture.box("soft_timeout")
                    ->accessibleDescription()
                    .contains(QStringLiteral("Stale if error")));
        type(fixture.box("stale_if_error"), "1h");
        QCOMPARE(fixture.note("soft_timeout"), QString());
    }

    void aFoldedGroupSaysWhatOfItIsOn() {
        OptionsFixture fixture;
        QTRY_VERIFY(fixture.ready());
        type(fixture.box("jitter"), "20%");
        Disclosure* group = nullptr;
        for (auto* fold : fixture.editor->findChildren<Disclosure*>()) {
            if (fold->isAncestorOf(fixture.row("jitter"))) {
                group = fold;
            }
        }
        const auto shown = [&] {
            QString text;
            for (const QLabel* label : group->findChildren<QLabel*>()) {
                text += label->isVisible() ? label->text() : QString();
            }
            return text;
        };
        group->setOpen(false);
        QCOMPARE(shown(), QStringLiteral("jitter 20\u00a0%"));
        type(fixture.box("jitter"), "off");
        fixture.editor->setLane(1);
        fixture.editor->setLane(2);
        QCOMPARE(shown(), QString());
    }

    void aLaneWithoutACacheHasNoOptions() {
        OptionsFixture fixture;
        QTRY_VERIFY(fixture.ready());
        auto* options = fixture.editor->findChild<LaneOptions*>();
        QVERIFY(options->isVisible());
        fixture.editor->setLane(1);
        QVERIFY(!options->isVisible());
    }

    void aBackendIsLetHangFromTheLanesMenuAndTheCardSaysSo() {
        OptionsFixture fixture;
        LaneList lanes(fixture.lab);
        lanes.show();
        QTRY_VERIFY(fixture.ready());
        QTRY_COMPARE(lanes.findChildren<LaneCard*>().size(), 2);
        LaneCard* card = lanes.findChildren<LaneCard*>().last();
        const auto choose = [&](const QString& text) {
            Q_EMIT card->menuRequested(card->mapToGlobal(card->rect().center()));
            auto* menu = lanes.findChild<QMenu*>();
            bool found = false;
            for (QAction* action : menu->actions()) {
                if (action->text() == text) {
                    found = true;
                    action->trigger();
                }
            }
            menu->close();
            delete menu;
            return found;
        };
        QVERIFY(choose(QStringLiteral("Let the backend hang")));
        QTRY_VERIFY(fixture.after([&](const auto&) {
            return fixture.lab.lane(2)->backendDown && fixture.lab.lane(2)->backendHangs;
        }));
        QVERIFY(card->content().troubleText.contains(QStringLiteral("250")));
        QVERIFY2(!choose(QStringLiteral("Let the backend hang")), "it does already");
        QVERIFY(choose(QStringLiteral("Bring the backend back")));
        QTRY_VERIFY(fixture.after([&](const auto&) { return !fixture.lab.lane(2)->backendDown; }));
        QTRY_VERIFY(card->content().troubleText.isEmpty());
    }

    void aCardShowsTheFiguresOfTheOptionsThatAreOn() {
        OptionsFixture fixture;
        LaneList lanes(fixture.lab);
        lanes.show();
        QTRY_VERIFY(fixture.ready());
        QTRY_COMPARE(lanes.findChildren<LaneCard*>().size(), 2);
        const LaneCard* card = lanes.findChildren<LaneCard*>().last();
        QVERIFY(card->content().detail.isEmpty());
        const int height = card->sizeHint().height();
        type(fixture.box("stale_while_revalidate"), "30s");
        QTRY_VERIFY(fixture.after([&](const auto&) { return !card->content().detail.isEmpty(); }));
        QVERIFY(card->sizeHint().height() > height);
        QVERIFY(card->accessibleDescription().contains(card->content().detail));
        QVERIFY(card->toolTip().contains(card->content().detail));
    }

    void marksAreOfferedWhereALaneHeedsThem() {
        OptionsFixture fixture;
        InvalidateControls controls(fixture.lab);
        controls.show();
        QTRY_VERIFY(fixture.ready());
        QComboBox* kind = nullptr;
        for (auto* combo : controls.findChildren<QComboBox*>()) {
            kind = combo->accessibleName() == QLatin1String("What to invalidate") ? combo : kind;
        }
        QVERIFY(kind != nullptr);
        QVERIFY(!kind->isVisible());
        press(fixture.check("namespace_tags"));
        QTRY_VERIFY(fixture.lane([](const auto& spec) { return spec.namespaceTags; }));
        QVERIFY(kind->isVisible());

        const auto lastMark = [&fixture]() -> const sim::Action* {
            const auto& marks = fixture.lab.history().marks();
            return marks.empty() ? nullptr : &marks.back().action;
        };
        kind->setCurrentIndex(1);
        QCOMPARE(controls.pattern()->text(), QString());
        type(controls.pattern(), "product");
        QTRY_VERIFY(fixture.after([&](const auto&) {
            const auto* tag =
                lastMark() == nullptr ? nullptr : std::get_if<sim::InvalidateTag>(lastMark());
            return tag != nullptr && tag->tag == "product";
        }));
        kind->setCurrentIndex(3);
        QVERIFY(!controls.pattern()->isVisible());
        for (auto* button : controls.findChildren<QPushButton*>()) {
            if (button->isVisible()) {
                QTest::mouseClick(button, Qt::LeftButton);
            }
        }
        QTRY_VERIFY(fixture.after([&](const auto&) {
            return std::holds_alternative<sim::InvalidateAllByMark>(*lastMark());
        }));
        press(fixture.check("namespace_tags"));
        QTRY_VERIFY(fixture.lane([](const auto& spec) { return !spec.namespaceTags; }));
        QVERIFY(!kind->isVisible());
        QVERIFY(controls.pattern()->isVisible());
        QVERIFY(!controls.pattern()->text().isEmpty());
    }
};

QTEST_MAIN(TestLabLaneOptions)
#include "tst_lab_lane_options.moc"
