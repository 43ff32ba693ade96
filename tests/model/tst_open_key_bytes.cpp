// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QLocale>
#include <QSignalSpy>
#include <QTemporaryDir>

#include "tests/model/open_key_fixture.h"
#include "ui/model/readable_lines.h"
#include "ui/model/value_text.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace cachescope::ui::test;
using cachescope::test::PrivateRedis;
using Stage = OpenedValue::Stage;

namespace {

// Odd bytes, as keys and as values.
void addOddBytes() {
    QTest::addColumn<QByteArray>("odd");
    QTest::newRow("NUL") << QByteArray("a\0b", 3);
    QTest::newRow("line ends") << QByteArray("a\nb\r\nc");
    QTest::newRow("HTML") << QByteArray("<b>bold</b><img src=x>&amp;");
    QTest::newRow("right to left") << QByteArray(
        "a\xe2\x80\xae"
        "b\xd7\xa9");
    QTest::newRow("no UTF-8") << QByteArray("\xff\xfe\x80");
    QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbftext");
    QTest::newRow("quotes") << QByteArray("\"'\\");
    QTest::newRow("empty") << QByteArray("");
}

}  // namespace

class TestOpenKeyBytes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void oddBytesAreCopiedExactly_data() { addOddBytes(); }
    void oddBytesAreCopiedExactly() {
        QFETCH(QByteArray, odd);
        const PrivateRedis server;
        NEEDS(server);
        const std::string bytes = odd.toStdString();
        server.commands({{"SET", "k" + bytes, bytes}, {"HSET", "h" + bytes, bytes, bytes}});
        Opened opened(server);
        QVERIFY(opened.open("k" + bytes));
        QCOMPARE(opened.value().stage, Stage::present);
        QCOMPARE(bytesOf(opened), bytes);
        QVERIFY(opened.open("h" + bytes));
        QCOMPARE(opened.value().rows.front()->element.name, bytes);
        QCOMPARE(bytesOf(opened), bytes);
        const auto mime = exactMime(bytesOf(opened));
        QCOMPARE(mime->data(QStringLiteral("application/octet-stream")), odd);
        if (inspect::isUtf8(bytes)) {
            QCOMPARE(mime->text().toUtf8(), odd);
        }
        // A line of a table is one line, and is read from left to right.
        const QString line = opened.value().rows.front()->preview;
        QVERIFY(!line.contains(u'\n') && !line.contains(QChar(0x202e)) && !line.contains(QChar(0)));
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("value"));
        const QSignalSpy saved(&opened.key, &OpenKey::saved);
        opened.key.save(path);
        QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 1, kPatience);
        QVERIFY2(saved[0][1].toString().isEmpty(), qPrintable(saved[0][1].toString()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), odd);
    }

    void aLongStringIsReadByWindows() {
        const PrivateRedis server;
        NEEDS(server);
        constexpr std::uint64_t kSize = std::uint64_t{20} << 20;
        server.command({"SETRANGE", "big", std::to_string(kSize - 7), "the end"});
        Opened opened(server, OpenKey::readerOptions());
        const std::uint64_t before = opened.link->own().bytes;
        QVERIFY(opened.open("big"));
        QCOMPARE(opened.value().head.length, kSize);
        QCOMPARE(opened.value().bytes->size(), opened.key.windowBytes());
        QVERIFY(opened.value().next.has_value());
        QVERIFY(opened.link->own().bytes - before < 2 * opened.key.windowBytes());
        // The whole window can be looked at.
        QVERIFY(opened.decoded(QStringLiteral("\n0003fff0  ")));
        QVERIFY(opened.key.decoded().note.isEmpty());
        opened.key.showBytesFrom(kSize - 10);
        QVERIFY(opened.rest());
        QCOMPARE(*opened.value().bytes, std::string("\0\0\0the end", 10));
        QVERIFY(!opened.value().next.has_value());
        // A window behind the end of what is left shows the beginning.
        server.command({"SET", "big", "short"});
        opened.key.refresh();
        QVERIFY(opened.rest());
        QCOMPARE(*opened.value().bytes, std::string("short"));
        QCOMPARE(opened.value().from, 0U);
    }

    void aLongStringIsSavedWhole() {
        const PrivateRedis server;
        NEEDS(server);
        const std::string whole(1'000'003, 'x');
        server.command({"SET", "big", whole});
        Opened opened(server, OpenKey::readerOptions());
        QVERIFY(opened.open("big"));
        QTemporaryDir folder;
        const QSignalSpy saved(&opened.key, &OpenKey::saved);
        opened.key.save(folder.filePath(QStringLiteral("nowhere/value")));
        QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 1, kPatience);
        QVERIFY(!saved[0][1].toString().isEmpty());
        QVERIFY(QTest::qWaitFor([&] { return !opened.key.saving(); }));
        opened.key.save(folder.filePath(QStringLiteral("value")));
        QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 2, kPatience);
        QFile file(folder.filePath(QStringLiteral("value")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().toStdString() == whole);
    }

    void elementsThatAreTooLargeAreRefused() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"RPUSH", "list", std::string(400'000, 'x')});
        inspect::ValueReaderOptions options;
        options.largestElement = 100'000;
        Opened opened(server, options);
        QVERIFY(opened.open("list"));
        QCOMPARE(opened.value().stage, Stage::present);
        QVERIFY(opened.value().rows.empty());
        QVERIFY(
            ValueTexts::notice(opened.value()).contains(QStringLiteral("cannot be read in part")));
    }

    void formatsAreChosenByHand() {
        const PrivateRedis server;
        NEEDS(server);
        server.command({"SET", "key", "{\"colour\":\"white\"}"});
        Opened opened(server);
        QVERIFY(opened.open("key"));
        QVERIFY(opened.decoded(QStringLiteral("  \"colour\": \"white\"")));
        QCOMPARE(opened.key.decoded().format, QStringLiteral("JSON"));
        opened.key.setFormat(inspect::ValueFormat::hex);
        QVERIFY(opened.decoded(QStringLiteral("7b 22")));
        opened.key.setFormat(inspect::ValueFormat::gzip);
        QTRY_VERIFY_WITH_TIMEOUT(!opened.key.decoded().note.isEmpty(), kPatience);
        opened.key.setFormat(std::nullopt);
        QVERIFY(opened.decoded(QStringLiteral("  \"colour\"")));
        QVERIFY(opened.key.decoded().note.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestOpenKeyBytes)
#include "tst_open_key_bytes.moc"
