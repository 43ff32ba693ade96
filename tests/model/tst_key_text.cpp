// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "ui/model/key_text.h"
#include "ui/model/printable_text.h"

using namespace cachescope::ui;

class TestKeyText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readableTextStaysAsItIs() {
        QCOMPARE(keyText("product:17"), QStringLiteral("product:17"));
        QCOMPARE(keyText(""), QString());
        QCOMPARE(keyText("<b>bold</b> %1 &amp;"), QStringLiteral("<b>bold</b> %1 &amp;"));
        QCOMPARE(keyText("prix: 5 €"), QString::fromUtf8("prix: 5 €"));
        QCOMPARE(keyText("шапка:帽子"), QString::fromUtf8("шапка:帽子"));
        QCOMPARE(keyText("🦊:1"), QString::fromUtf8("🦊:1"));
    }

    void spacesAtTheEndsOfANameAreSeen() {
        QCOMPARE(keyText(" a b "), QStringLiteral("\\x20a b\\x20"));
        QCOMPARE(keyText(" "), QStringLiteral("\\x20"));
        QCOMPARE(keyText(" \xff"), QStringLiteral("\\x20\\xff"));
        QCOMPARE(printableText(" a b "), QStringLiteral(" a b "));
    }

    void linesAreNotBroken() {
        QCOMPARE(keyText("a\nb\r\tc"), QStringLiteral("a\\x0ab\\x0d\\x09c"));
        QCOMPARE(keyText("a\xe2\x80\xa8"
                         "b"),
                 QStringLiteral("a\\xe2\\x80\\xa8b"));
    }

    void binaryIsEscapedByteByByte() {
        QCOMPARE(keyText(std::string_view("a\0b", 3)), QStringLiteral("a\\x00b"));
        QCOMPARE(keyText("a\\x00b"), QStringLiteral("a\\\\x00b"));
        QCOMPARE(keyText("\\\xff"), QStringLiteral("\\\\\\xff"));
        QCOMPARE(keyText("\xff\xfe k"), QStringLiteral("\\xff\\xfe k"));
        QCOMPARE(keyText("\xf0\x9f\xa6"), QStringLiteral("\\xf0\\x9f\\xa6"));
    }

    void nothingHidesOrTurnsTheTextAround() {
        // Right-to-left override, zero-width space, and an invisible tag beyond the basic plane.
        QCOMPARE(keyText("a\xe2\x80\xae"
                         "b"),
                 QStringLiteral("a\\xe2\\x80\\xaeb"));
        QCOMPARE(keyText("a\xe2\x80\x8b"
                         "b"),
                 QStringLiteral("a\\xe2\\x80\\x8bb"));
        QCOMPARE(keyText("a\xf3\xa0\x81\x81"
                         "b"),
                 QStringLiteral("a\\xf3\\xa0\\x81\\x81b"));
    }

    void terminalsAreNotCommanded() {
        QVERIFY(!keyText("\x1b[31mred").contains(QChar(0x1b)));
        QVERIFY(!keyText("\xc2\x9b"
                         "31m")
                     .contains(QChar(0x9b)));
    }
};

QTEST_GUILESS_MAIN(TestKeyText)
#include "tst_key_text.moc"
