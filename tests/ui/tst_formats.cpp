// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>

#include "ui/model/formats.h"

using namespace cachescope::ui;

namespace {
const QLocale kEnglish(QLocale::English, QLocale::UnitedStates);
const QLocale kGerman(QLocale::German, QLocale::Germany);

/// Expected texts are written with plain spaces; the real ones do not break.
QString plain(QString text) {
    return text.replace(QChar(0x00a0), u' ');
}
}  // namespace

class TestFormats : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void latencyHasThreeDigits_data() {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("english");
        QTest::addColumn<QString>("german");
        const auto row = [](const char* name, double seconds, const char* en, const char* de) {
            QTest::newRow(name) << seconds << QString::fromUtf8(en) << QString::fromUtf8(de);
        };
        row("seconds", 2.314, "2.31 s", "2,31 s");
        row("four microseconds", 4e-6, "4.00 µs", "4,00 µs");
        row("milliseconds", 0.41, "410 ms", "410 ms");
        row("tens", 0.0123, "12.3 ms", "12,3 ms");
        row("rounds up to ten", 9.996, "10.0 s", "10,0 s");
        row("rounds up to a second", 0.99996, "1.00 s", "1,00 s");
        row("minutes", 189, "3 min 09 s", "3 min 09 s");
        row("rounds up to a minute", 59.97, "1 min", "1 min");
        row("hours", 4320, "1 h 12 min", "1 h 12 min");
        row("days", 529200, "6 d 3 h", "6 d 3 h");
        row("nothing", 0, "0 ms", "0 ms");
        row("below a microsecond", 1e-7, "100 ns", "100 ns");
        row("not a number", std::nan(""), "—", "—");
        row("for ever", INFINITY, "—", "—");
    }
    void latencyHasThreeDigits() {
        QFETCH(double, seconds);
        QTEST(plain(formatLatency(seconds, kEnglish)), "english");
        QTEST(plain(formatLatency(seconds, kGerman)), "german");
    }

    void whatIsShownReadsBack_data() {
        QTest::addColumn<double>("seconds");
        for (const double seconds : {0.0, 0.000'001, 0.25, 0.0005, 1.0, 1.5, 5.0, 59.5, 60.0, 90.0,
                                     3600.0, 5400.0, 86399.0, 90061.0, 604800.0}) {
            QTest::newRow(qPrintable(QString::number(seconds))) << seconds;
        }
    }
    void whatIsShownReadsBack() {
        QFETCH(double, seconds);
        for (const QLocale& locale : {kEnglish, kGerman, QLocale(QLocale::French)}) {
            const auto back = parseSpan(formatSpan(seconds, locale), locale);
            QVERIFY2(back.has_value(), qPrintable(formatSpan(seconds, locale)));
            QVERIFY(std::abs(*back - seconds) < 1e-9 * std::max(1.0, seconds));
        }
    }

    void spansAreReadAsPeopleWriteThem_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("seconds");
        QTest::newRow("s") << QStringLiteral("90s") << 90.0;
        QTest::newRow("bare") << QStringLiteral("90") << 90.0;
        QTest::newRow("mixed") << QStringLiteral("1h30m") << 5400.0;
        QTest::newRow("space") << QStringLiteral(" 250 ms ") << 0.25;
        QTest::newRow("capitals") << QStringLiteral("2 S") << 2.0;
        QTest::newRow("German comma") << QStringLiteral("1,5 s") << 1.5;
        QTest::newRow("point in German") << QStringLiteral("1.5 s") << 1.5;
        QTest::newRow("micro") << QStringLiteral("10 µs") << 1e-5;
        QTest::newRow("Greek mu") << QString::fromUtf8("10 μs") << 1e-5;
    }
    void spansAreReadAsPeopleWriteThem() {
        QFETCH(QString, text);
        const auto read = parseSpan(text, kGerman);
        QVERIFY(read.has_value());
        QTEST(*read, "seconds");
    }

    void nonsenseIsRefused() {
        for (const char* text :
             {"", " ", "fast", "1h30", "5 parsecs", "--3", "1e999", "nan", "1 2"}) {
            QVERIFY2(!parseSpan(QString::fromUtf8(text), kEnglish), text);
        }
        QVERIFY(!parseCount(QStringLiteral("64q"), kEnglish));
        QVERIFY(!parseBytes(QStringLiteral("KiB"), kEnglish));
        QVERIFY(!parsePercent(QStringLiteral("%"), kEnglish));
        QVERIFY(!parseRate(QStringLiteral("5/fortnight"), kEnglish));
    }

    void countsTakePrefixes() {
        QCOMPARE(parseCount(QStringLiteral("64k"), kEnglish), std::optional(64'000.0));
        QCOMPARE(parseCount(QStringLiteral("1M"), kEnglish), std::optional(1e6));
        QCOMPARE(parseCount(QStringLiteral("2.5 G"), kEnglish), std::optional(2.5e9));
        QCOMPARE(parseCount(QStringLiteral("1,234"), kEnglish), std::optional(1234.0));
        QCOMPARE(parseCount(QStringLiteral("1.234"), kGerman), std::optional(1234.0));
        QCOMPARE(parseBytes(QStringLiteral("64 KiB"), kEnglish), std::optional(65536.0));
        QCOMPARE(parseBytes(QStringLiteral("64k"), kEnglish), std::optional(65536.0));
        QCOMPARE(parseBytes(QStringLiteral("2GB"), kEnglish), std::optional(2147483648.0));
        QCOMPARE(parseBytes(QStringLiteral("96 B"), kEnglish), std::optional(96.0));
        QCOMPARE(parsePercent(QStringLiteral("5%"), kEnglish), std::optional(0.05));
        QCOMPARE(parsePercent(QString::fromUtf8("2,5 %"), kGerman), std::optional(0.025));
        QCOMPARE(parseRate(QStringLiteral("1.5k /s"), kEnglish), std::optional(1500.0));
        QCOMPARE(parseRate(QStringLiteral("30/min"), kEnglish), std::optional(0.5));
    }

    void countsAndRatesFitTheirSize() {
        QCOMPARE(plain(formatCount(487, kEnglish)), QStringLiteral("487"));
        QCOMPARE(plain(formatCount(412208, kEnglish)), QStringLiteral("412,208"));
        QCOMPARE(plain(formatCompact(1'234'567, kEnglish)), QStringLiteral("1.2 M"));
        QCOMPARE(plain(formatCompact(999'600, kEnglish)), QStringLiteral("1.0 M"));
        QCOMPARE(plain(formatRate(77.24, kEnglish)), QStringLiteral("77.2 /s"));
        QCOMPARE(plain(formatRate(200, kEnglish)), QStringLiteral("200 /s"));
        QCOMPARE(plain(formatRate(0.0167, kEnglish)), QStringLiteral("0.02 /s"));
        QCOMPARE(plain(formatRate(77.24, kGerman)), QStringLiteral("77,2 /s"));
        QCOMPARE(plain(formatBytes(65536, kEnglish)), QStringLiteral("64 KiB"));
        QCOMPARE(plain(formatBytes(4300, kEnglish)), QStringLiteral("4.2 KiB"));
        QCOMPARE(plain(formatBytes(96, kEnglish)), QStringLiteral("96 B"));
        QCOMPARE(plain(formatBytes(1.5 * 1073741824, kGerman)), QStringLiteral("1,5 GiB"));
    }

    void percentNeverRoundsToAllOrNothing() {
        QCOMPARE(plain(formatPercent(0.931, kEnglish)), QStringLiteral("93.1 %"));
        QCOMPARE(plain(formatPercent(0.931, kGerman)), QStringLiteral("93,1 %"));
        QCOMPARE(plain(formatPercent(1, kEnglish)), QStringLiteral("100 %"));
        QCOMPARE(plain(formatPercent(0, kEnglish)), QStringLiteral("0 %"));
        QCOMPARE(plain(formatPercent(0.9997, kEnglish)), QStringLiteral("99.97 %"));
        QCOMPARE(plain(formatPercent(0.9999999, kEnglish)), QStringLiteral(">99.99 %"));
        QCOMPARE(plain(formatPercent(0.0000001, kEnglish)), QStringLiteral("<0.01 %"));
    }

    void elapsedCountsLikeAWatch() {
        QCOMPARE(formatElapsed(42, kEnglish), QStringLiteral("00:42"));
        QCOMPARE(formatElapsed(3753, kEnglish), QStringLiteral("1:02:33"));
        QCOMPARE(formatElapsed(-5, kEnglish), QStringLiteral("00:00"));
        QCOMPARE(formatElapsed(std::nan(""), kEnglish), QStringLiteral("00:00"));
    }

    void agoIsSigned() {
        QCOMPARE(plain(formatAgo(13.4, kEnglish)), QString::fromUtf8("−13.4 s"));
        QCOMPARE(plain(formatAgo(0, kEnglish)), QStringLiteral("now"));
        QCOMPARE(plain(formatAgo(245, kEnglish)), QString::fromUtf8("−4 min 05 s"));
    }

    void whatIsAheadIsASpanAndNeverItsBeginning() {
        const auto ahead = [](double from, double to) { return plain(formatAhead(from, to)); };
        QCOMPARE(ahead(3 * 60, 4 * 60), QStringLiteral("in 3 min to 4 min"));
        QCOMPARE(ahead(192, 252), QStringLiteral("in 3 min to 4 min"));
        QCOMPARE(ahead(-20, 40), QStringLiteral("within 1 min"));
        QCOMPARE(ahead(0, 60), QStringLiteral("within 1 min"));
        QCOMPARE(ahead(20, 80), QStringLiteral("within 2 min"));
        QCOMPARE(ahead(41.6, 42.6), QStringLiteral("in 42 s to 43 s"));
        QCOMPARE(ahead(7200, 10'800), QStringLiteral("in 2 h to 3 h"));
        QCOMPARE(ahead(-1200, 2400), QStringLiteral("within 40 min"));
    }

    void aValueCanHaveAWord() {
        const ValueFormat format = wordFormat(0, QStringLiteral("off"), spanFormat(kEnglish));
        QCOMPARE(format.format(0), QStringLiteral("off"));
        QCOMPARE(plain(format.format(5)), QStringLiteral("5 s"));
        QCOMPARE(format.parse(QStringLiteral(" Off ")), std::optional(0.0));
        QCOMPARE(format.parse(QStringLiteral("0")), std::optional(0.0));
        QCOMPARE(format.parse(QStringLiteral("5s")), std::optional(5.0));
        QVERIFY(!format.parse(QStringLiteral("offf")));
    }
};

QTEST_GUILESS_MAIN(TestFormats)
#include "tst_formats.moc"
