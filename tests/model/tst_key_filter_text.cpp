// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "ui/model/formats.h"
#include "ui/model/key_filter_text.h"

using namespace cachescope::ui;
using namespace Qt::StringLiterals;

class TestKeyFilterText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rangesAreReadAsPeopleWriteThem_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("from");
        QTest::addColumn<double>("to");
        const double open = -1;
        QTest::newRow("empty") << u"  "_s << open << open;
        QTest::newRow("above") << u"> 1 MB"_s << 1048576.0 << open;
        QTest::newRow("at least") << u">=96"_s << 96.0 << open;
        QTest::newRow("below") << u"< 64k"_s << open << 65536.0;
        QTest::newRow("at most") << u"≤ 2 KiB"_s << open << 2048.0;
        QTest::newRow("between") << u"1 KB – 64 KB"_s << 1024.0 << 65536.0;
        QTest::newRow("a plain dash") << u"1 KB-2 KB"_s << 1024.0 << 2048.0;
        QTest::newRow("bare") << u"1 KB"_s << 1024.0 << open;
    }
    void rangesAreReadAsPeopleWriteThem() {
        QFETCH(QString, text);
        QFETCH(double, from);
        QFETCH(double, to);
        const auto range = parseRange(text, [](const QString& value) { return parseBytes(value); });
        QVERIFY(range);
        QCOMPARE(range->from.value_or(-1), from);
        QCOMPARE(range->to.value_or(-1), to);
    }

    void whatIsNoRangeIsNotTaken() {
        const auto spans = [](const QString& value) { return parseSpan(value); };
        for (const QString& text :
             {u"> "_s, u"many"_s, u"1 h – "_s, u"2 h – 1 h"_s, u"1 - 2 - 3"_s}) {
            QVERIFY2(!parseRange(text, spans), qPrintable(text));
        }
        QCOMPARE(parseRange(u"5 min – 1 h"_s, spans)->to, 3600.0);
    }

    void bytesThatCannotBeTypedAreWrittenAsTheyAreShown() {
        QCOMPARE(patternOf(u"plain"_s), std::string("plain"));
        QCOMPARE(patternOf(u"é*"_s), std::string("\xc3\xa9*"));
        QCOMPARE(patternOf(u"a\\x00\\xFFb"_s), std::string("a\0\xff"
                                                           "b",
                                                           4));
        // A star that was written as a byte is no glob's.
        QCOMPARE(patternOf(u"\\x2a*"_s), std::string("\\**"));
        QCOMPARE(patternOf(u"\\x2a"_s), std::string("*"));
        QCOMPARE(patternOf(u"\\x2\\y\\"_s), std::string("\\x2\\y\\"));
        // What is shown of a name finds it: a backslash before x00 is no NUL.
        QCOMPARE(patternOf(u"\\\\x00"_s), std::string("\\x00"));
        QCOMPARE(patternOf(u"\\\\*"_s), std::string("\\\\*"));
    }
};

QTEST_GUILESS_MAIN(TestKeyFilterText)
#include "tst_key_filter_text.moc"
