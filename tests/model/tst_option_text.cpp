// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "ui/model/lane_text.h"
#include "ui/model/option_text.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace std::chrono_literals;

namespace {

sim::LaneSpec plain() {
    sim::LaneSpec spec;
    spec.name = "plain";
    spec.options.ttl = 30s;
    return spec;
}

sim::LaneSpec everything() {
    sim::LaneSpec spec = plain();
    CacheOptions& options = spec.options;
    options.sliding = true;
    options.maxAge = 10min;
    options.jitter = 0.2;
    options.negativeTtl = 5s;
    options.errorTtl = 3s;
    options.singleFlight = false;
    options.lease = 5s;
    options.staleWhileRevalidate = 1min;
    options.refreshAfter = 0.75;
    options.xfetchBeta = 1.5;
    options.staleIfError = 1h;
    options.retryAfter = 7s;
    options.softTimeout = 100ms;
    options.hardTimeout = 2s;
    options.tags = {"red", "blue"};
    options.space = "shop";
    options.marked = true;
    spec.namespaceTags = true;
    spec.breaker = true;
    spec.recovery = true;
    spec.namespaceTtls = {{"prices", 6s}, {"static", 15min}};
    spec.separator = "/";
    spec.store = "shop";
    return spec;
}

QString noteOf(const sim::LaneSpec& spec, const char* option) {
    return OptionText::notes(spec).value(QLatin1String(option)).text;
}

}  // namespace

class TestOptionText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void aPlainLaneHasNothingOn() {
        QVERIFY(OptionText::on(plain()).isEmpty());
        QVERIFY(OptionText::notes(plain()).isEmpty());
        QVERIFY(OptionText::figures(plain(), nullptr).isEmpty());
    }

    void everyOptionThatIsOnIsNamedOnce() {
        const QStringList on = OptionText::on(everything());
        QCOMPARE(on.size(), 23);
        QCOMPARE(QSet<QString>(on.begin(), on.end()).size(), on.size());
        for (const QString& text : on) {
            QVERIFY2(!text.isEmpty() && !text.contains(QStringLiteral("%1")), qPrintable(text));
        }
        qsizetype grouped = 0;
        for (const OptionGroup group : {OptionGroup::where, OptionGroup::fresh, OptionGroup::load,
                                        OptionGroup::failure, OptionGroup::invalidation}) {
            QVERIFY(!OptionText::on(everything(), group).isEmpty());
            grouped += OptionText::on(everything(), group).size();
        }
        QCOMPARE(grouped, on.size());
    }

    void aFewTtlsOfNamespacesAreNamedAndManyAreCounted() {
        sim::LaneSpec spec = plain();
        spec.namespaceTtls = {{"prices", 6s}, {"static", 15min}};
        QCOMPARE(OptionText::on(spec),
                 QStringList{QStringLiteral("prices=6\u00a0s, static=15\u00a0min")});
        spec.namespaceTtls.push_back({"", 1s});
        QCOMPARE(OptionText::on(spec), QStringList{QStringLiteral("TTLs of 3 namespaces")});
    }

    void ttlsOfNamespacesThatCannotBeAreRefusedBesideTheirField() {
        sim::LaneSpec spec = plain();
        spec.namespaceTtls = {{"a:b", 6s}};
        const OptionNote note = OptionText::notes(spec).value(QStringLiteral("namespace_ttls"));
        QVERIFY(note.refused);
        QVERIFY(note.text.contains(QStringLiteral("separator")));
    }

    void whatIsSaidOfCopiesIsNamedWhereThereAreTwoLevels() {
        sim::LaneSpec spec = plain();
        spec.backend =
            "tiered:file:/a?upper_ttl=10s&upper_entries=500&upper_policy=lru&breaker=off&"
            "recovery=off";
        QCOMPARE(OptionText::on(spec, OptionGroup::where),
                 QStringList({QStringLiteral("copies for 10\u00a0s"), QStringLiteral("500 copies"),
                              QStringLiteral("copies by lru"), QStringLiteral("no breaker below"),
                              QStringLiteral("no recovery below")}));
        spec.backend = "tiered:file:/a?upper_ttl=0s&breaker=on";
        QVERIFY(OptionText::on(spec, OptionGroup::where).isEmpty());
        spec.backend = "file:/a?upper_ttl=10s";
        QVERIFY(OptionText::on(spec, OptionGroup::where).isEmpty());
    }

    void aSharedStoreIsNamedAndSaysWhereItHasNoEffect() {
        sim::LaneSpec spec = plain();
        spec.store = "shop";
        QCOMPARE(OptionText::on(spec, OptionGroup::where),
                 QStringList({QStringLiteral("shares “shop”")}));
        QVERIFY(noteOf(spec, "store").contains(QStringLiteral("keeps to its own lane")));
        for (const char* backend : {"file:", "dir:", "redis://h", "tiered:redis://h"}) {
            spec.backend = backend;
            QVERIFY2(noteOf(spec, "store").isEmpty(), backend);
        }
        spec.store = "a/b";
        QVERIFY(OptionText::notes(spec).value(QStringLiteral("store")).refused);
    }

    void anotherSeparatorIsNamedWhereItHasAnEffect() {
        sim::LaneSpec spec = plain();
        spec.separator = "/";
        QVERIFY(OptionText::on(spec, OptionGroup::fresh).isEmpty());
        QVERIFY(!noteOf(spec, "namespace_separator").isEmpty());
        spec.namespaceTtls = {{"prices", 6s}};
        QVERIFY(OptionText::on(spec, OptionGroup::fresh)
                    .contains(QStringLiteral("namespaces end at “/”")));
        QVERIFY(noteOf(spec, "namespace_separator").isEmpty());
        spec.separator = "";
        QVERIFY(OptionText::on(spec, OptionGroup::fresh).contains(QStringLiteral("no namespaces")));
    }

    void leasesAreThoseOfTheLowerLevel() {
        sim::LaneSpec spec = plain();
        spec.options.lease = 5s;
        spec.backend = "tiered:redis://h";
        QVERIFY(noteOf(spec, "lease").isEmpty());
        spec.backend = "tiered:file:";
        QVERIFY(!noteOf(spec, "lease").isEmpty());
    }

    void optionsThatNeedATtlHaveOneWhereANamespaceHas() {
        sim::LaneSpec spec = plain();
        spec.options.ttl = std::nullopt;
        spec.options.jitter = 0.2;
        spec.options.sliding = true;
        QVERIFY(!noteOf(spec, "jitter").isEmpty());
        spec.namespaceTtls = {{"prices", 6s}};
        QVERIFY(noteOf(spec, "jitter").isEmpty());
        QVERIFY2(!noteOf(spec, "sliding").isEmpty(), "it does not move that TTL");
    }

    void theSummaryOfALaneNamesItsOptionsBeforeWhatMayBeCutOff() {
        sim::LaneSpec spec = plain();
        spec.capacity = 500;
        spec.options.jitter = 0.2;
        const QString summary = LaneText::summary(spec);
        QVERIFY(summary.contains(QStringLiteral("jitter")));
        QVERIFY(summary.indexOf(QStringLiteral("jitter")) <
                summary.indexOf(QStringLiteral("keys")));
    }

    void absencesThatAreNotKeptAreNotCalledOff() {
        sim::LaneSpec spec = plain();
        spec.options.negativeTtl = 0s;
        QCOMPARE(OptionText::on(spec).size(), 1);
        spec.options.negativeTtl = 5s;
        QVERIFY(OptionText::on(spec).first().contains(QStringLiteral("5\u00a0s")));
    }

    void namesFromOutsideAreEscaped() {
        sim::LaneSpec spec = plain();
        spec.options.tags = {"a\x1b"};
        spec.options.space = "b\n";
        const QString text = OptionText::on(spec).join(QLatin1Char(' '));
        QVERIFY2(text.contains(QStringLiteral("a\\x1b")), qPrintable(text));
        QVERIFY(!text.contains(QLatin1Char('\n')));
    }

    void whatWorksHasNoNote() {
        sim::LaneSpec spec = everything();
        spec.backend = "file:";
        spec.options.lease = {};
        spec.options.singleFlight = true;
        QCOMPARE(OptionText::notes(spec).keys(), QStringList());
    }

    void whatNeedsATtlSaysSo() {
        sim::LaneSpec never = everything();
        never.namespaceTtls.clear();
        never.options.ttl.reset();
        sim::LaneSpec nothing = never;
        nothing.options.ttl = 0s;
        for (const char* option : {"sliding", "jitter", "stale_while_revalidate", "refresh_after",
                                   "xfetch_beta", "stale_if_error"}) {
            QVERIFY2(!noteOf(never, option).isEmpty(), option);
            QVERIFY2(!noteOf(nothing, option).isEmpty(), option);
        }
        QVERIFY(noteOf(never, "sliding") != noteOf(nothing, "sliding"));
    }

    void pairsThatDoNotWorkTogetherAreExplained() {
        sim::LaneSpec spec = plain();
        spec.options.maxAge = 1h;
        QVERIFY(!noteOf(spec, "max_age").isEmpty());
        spec.options.sliding = true;
        QVERIFY(noteOf(spec, "max_age").isEmpty());
        spec.options.maxAge = 10s;
        QVERIFY2(!noteOf(spec, "max_age").isEmpty(), "shorter than the TTL");

        spec = plain();
        spec.options.softTimeout = 1s;
        spec.options.retryAfter = 5s;
        QVERIFY(!noteOf(spec, "soft_timeout").isEmpty());
        QVERIFY(!noteOf(spec, "retry_after").isEmpty());
        spec.options.staleIfError = 1min;
        QVERIFY(noteOf(spec, "soft_timeout").isEmpty());
        QVERIFY(noteOf(spec, "retry_after").isEmpty());
        spec.options.hardTimeout = 500ms;
        QVERIFY(!noteOf(spec, "soft_timeout").isEmpty());

        spec = plain();
        spec.options.lease = 5s;
        QVERIFY(!noteOf(spec, "lease").isEmpty());
        spec.backend = "redis://host";
        QVERIFY(noteOf(spec, "lease").isEmpty());
        spec.options.singleFlight = false;
        QVERIFY(!noteOf(spec, "lease").isEmpty());
    }

    void whatTheCacheRefusesIsToldFromWhatHasNoEffect() {
        sim::LaneSpec spec = plain();
        spec.options.ttl = -1s;
        const auto notes = OptionText::notes(spec);
        QVERIFY(notes.value(QStringLiteral("ttl")).refused);
        QVERIFY(!notes.value(QStringLiteral("ttl")).text.isEmpty());
        spec.options.ttl.reset();
        spec.options.jitter = 0.5;
        QVERIFY(!OptionText::notes(spec).value(QStringLiteral("jitter")).refused);
    }

    void figuresBelongToTheOptionsThatAreOn() {
        sim::LaneSample sample;
        sample.expiredRatio = 0.125;
        sample.refreshes = 4;
        sim::LaneSpec spec = plain();
        spec.options.staleWhileRevalidate = 1min;
        const QStringList figures = OptionText::figures(spec, &sample);
        QCOMPARE(figures.size(), 2);
        QVERIFY(figures[0].contains(QStringLiteral("12.5")));
        QVERIFY(figures[1].contains(QStringLiteral("4.0")));
        QVERIFY(OptionText::figures(spec, nullptr)[0].contains(QChar(0x2014)));
        QCOMPARE(OptionText::figures(everything(), &sample).size(), 5);
        spec.backend = "none";
        QVERIFY(OptionText::figures(spec, &sample).isEmpty());
    }

    void marksAreNamed() {
        QSet<QString> texts;
        for (const sim::Action& action : std::initializer_list<sim::Action>{
                 sim::InvalidateTag{2, "red"}, sim::InvalidateSpace{{}, "shop"},
                 sim::InvalidateAllByMark{}, sim::BackendOutage{2, true, true},
                 sim::BackendOutage{2, true}, sim::BackendOutage{2, false}}) {
            texts.insert(LaneText::mark({TimePoint{}, action, 0, std::nullopt}));
        }
        QCOMPARE(texts.size(), 6);
        QVERIFY(texts.contains(QStringLiteral("mark tag red, lane 2")));
    }
};

QTEST_GUILESS_MAIN(TestOptionText)
#include "tst_option_text.moc"
