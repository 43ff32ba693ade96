// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>

#include "tests/ui/lane_options_fixture.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace cachescope::ui::test;

class TestLabLaneLevels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void copiesAboveAnotherBackendAreSetUpWhereALaneHasThem() {
        sim::Scenario scenario = smallScenario();
        scenario.lanes[1].backend = "tiered:file:?bytes=1000000";
        OptionsFixture fixture(scenario);
        QTRY_VERIFY(fixture.ready());
        const auto is = [&](const char* backend) {
            return fixture.lane([&](const auto& spec) { return spec.backend == backend; });
        };
        for (const char* name : {"upper_ttl", "upper_entries", "upper_policy", "tiered_breaker",
                                 "tiered_recovery", "store"}) {
            QVERIFY2(fixture.row(name)->isVisible(), name);
        }
        QVERIFY(fixture.check("tiered_breaker")->isChecked());
        QCOMPARE(fixture.box("upper_ttl")->text(), QStringLiteral("default"));
        type(fixture.box("upper_ttl"), "10s");
        QTRY_VERIFY(is("tiered:file:?bytes=1000000&upper_ttl=10s"));
        type(fixture.box("upper_entries"), "500");
        QTRY_VERIFY(is("tiered:file:?bytes=1000000&upper_ttl=10s&upper_entries=500"));
        auto* policy = fixture.row("upper_policy")->findChild<QComboBox*>();
        policy->setFocus();
        while (policy->currentData().toString() != QLatin1String("lru")) {
            const int before = policy->currentIndex();
            QTest::keyClick(policy, Qt::Key_Down);
            QVERIFY(policy->currentIndex() != before);
        }
        press(fixture.check("tiered_breaker"));
        press(fixture.check("tiered_recovery"));
        const std::string copies =
            "upper_ttl=10s&upper_entries=500&upper_policy=lru&breaker=off&recovery=off";
        QTRY_VERIFY(is(("tiered:file:?bytes=1000000&" + copies).c_str()));
        // Another folder below changes nothing of that.
        QLineEdit* folder = nullptr;
        for (auto* edit : fixture.editor->findChildren<QLineEdit*>()) {
            folder = edit->accessibleName().startsWith(QLatin1String("Folder")) ? edit : folder;
        }
        QVERIFY(folder != nullptr);
        type(folder, qPrintable(fixture.folder.filePath(QStringLiteral("elsewhere"))));
        const std::string elsewhere =
            fixture.folder.filePath(QStringLiteral("elsewhere")).toStdString();
        QTRY_VERIFY(is(("tiered:file:" + elsewhere + "?bytes=1000000&" + copies).c_str()));
        QCOMPARE(fixture.box("upper_ttl")->text(), QStringLiteral("10\u00a0s"));
        type(fixture.box("upper_ttl"), "default");
        type(fixture.box("upper_entries"), "0");
        press(fixture.check("tiered_breaker"));
        QTRY_VERIFY(is(
            ("tiered:file:" + elsewhere + "?bytes=1000000&upper_policy=lru&recovery=off").c_str()));
    }

    void anOptionIsRevealedByItsNameInFiles() {
        LaneEditorFixture fixture;
        QTRY_VERIFY(fixture.ready());
        for (const char* name : {"backend", "ttl", "capacity", "policy", "jitter", "space"}) {
            const QWidget* row = fixture.editor->reveal(QLatin1String(name));
            QVERIFY2(row != nullptr && row->isVisible(), name);
        }
        QVERIFY(fixture.editor->reveal(QStringLiteral("jiter")) == nullptr);
    }

    void oneLevelHasNoCopiesToSetUp() {
        OptionsFixture fixture;
        QTRY_VERIFY(fixture.ready());
        for (const char* name :
             {"upper_ttl", "upper_entries", "upper_policy", "tiered_breaker", "tiered_recovery"}) {
            QVERIFY2(!fixture.row(name)->isVisible(), name);
        }
        type(fixture.box("store"), "shop");
        QVERIFY(fixture.note("store").contains(QStringLiteral("keeps to its own lane")));
        type(fixture.box("store"), "no room");
        QVERIFY(fixture.note("store").startsWith(QStringLiteral("Not applied")));
        type(fixture.box("namespace_separator"), "/");
        QVERIFY(fixture.note("namespace_separator").contains(QStringLiteral("no namespace")));
    }
};

QTEST_MAIN(TestLabLaneLevels)
#include "tst_lab_lane_levels.moc"
