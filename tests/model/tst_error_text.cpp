// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QList>
#include <QSet>
#include <QTest>

#include "ui/model/error_text.h"

using namespace cachescope;
using namespace cachescope::ui;

namespace {

// From the first to the last enumerator: there is no gap between them.
QList<ErrorCode> allCodes() {
    QList<ErrorCode> codes;
    for (int code = static_cast<int>(ErrorCode::syntax);
         code <= static_cast<int>(ErrorCode::unavailable); ++code) {
        codes.append(static_cast<ErrorCode>(code));
    }
    return codes;
}

bool isPlainLine(const QString& text) {
    for (const char32_t c : text.toUcs4()) {
        if (!QChar::isPrint(c)) {
            return false;
        }
    }
    return true;
}

}  // namespace

class TestErrorText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyCodeSaysWhatHappenedAndWhatToDo() {
        for (const ErrorCode code : allCodes()) {
            for (const Error& error :
                 {Error{code}, Error{code, "thing"}, Error{code, "thing", "the system's words"}}) {
                const ErrorText text(error);
                QVERIFY2(!text.what().trimmed().isEmpty(), errorCodeName(code));
                QVERIFY2(!text.remedy().trimmed().isEmpty(), errorCodeName(code));
                QVERIFY2(text.what().endsWith(QLatin1Char('.')), qPrintable(text.what()));
                QVERIFY2(text.remedy().endsWith(QLatin1Char('.')), qPrintable(text.remedy()));
                QVERIFY2(!text.oneLine().contains(QLatin1String("%1")), errorCodeName(code));
                QVERIFY2(!text.remedy().contains(QLatin1String("  ")) &&
                             !text.remedy().contains(QLatin1String(" .")),
                         qPrintable(text.remedy()));
            }
        }
    }

    // Most people fill fields and have never seen an address.
    void aRefusedLoginIsNoReasonToWriteAnAddress() {
        const ErrorText text(Error{ErrorCode::authentication, "redis:", "WRONGPASS"});
        QVERIFY(!text.remedy().contains(QLatin1String("://")));
        QVERIFY(text.remedy().contains(QLatin1String("password")));
    }

    void theSubjectIsNamed() {
        for (const ErrorCode code : allCodes()) {
            if (code != ErrorCode::unavailable) {
                QVERIFY2(ErrorText(Error{code, "lanes[1].ttl"})
                             .what()
                             .contains(QLatin1String("lanes[1].ttl")),
                         errorCodeName(code));
            }
        }
    }

    void eachReasonToRefuseACertificateHasASentence() {
        using Why = TlsRefusal::Why;
        QSet<QString> sentences;
        for (const Why why : {Why::expired, Why::notYetValid, Why::wrongName, Why::unknownAuthority,
                              Why::selfSigned, Why::clientCertificate, Why::other}) {
            const ErrorText text(TlsRefusal{why, "2024-05-01"}.toError().about("rediss://h"));
            QVERIFY2(text.what().contains(QLatin1String("rediss://h")), qPrintable(text.what()));
            QVERIFY2(text.what().contains(QLatin1String("(2024-05-01)")), qPrintable(text.what()));
            QVERIFY2(text.remedy().endsWith(QLatin1Char('.')), qPrintable(text.remedy()));
            sentences.insert(text.what());
        }
        QCOMPARE(sentences.size(), 7);
    }

    void encryptionOnOneSideAloneIsNamedAsThat() {
        const Error only{ErrorCode::notThisProtocol, "redis://h", kSpeaksOnlyTls};
        QVERIFY(ErrorText(only).remedy().contains(QLatin1String("rediss://")));
        const Error none{ErrorCode::notThisProtocol, "rediss://h",
                         std::string{kSpeaksNoTls} + ": HTTP/1.1 400"};
        QVERIFY(ErrorText(none).what().contains(QLatin1String("HTTP/1.1 400")));
        QVERIFY(ErrorText(none).remedy().contains(QLatin1String("redis://")));
    }

    void waitingBeforeTheNextAttemptTellsTheReason() {
        const Error error =
            Error{ErrorCode::unavailable, "redis"}.because(Error{ErrorCode::unreachable, "host"});
        QCOMPARE(ErrorText(error).what(), ErrorText(Error{ErrorCode::unreachable, "host"}).what());
    }

    void textFromOutsideIsOneBoundedPlainLine() {
        const std::string hostile =
            "a\r\n\tb\x1b[31m\xe2\x80\xae"
            "c\xe2\x80\xa8"
            "d\xff" +
            std::string(1, '\0') + "%1 %2 <b>x</b>" + std::string(100'000, 'y');
        for (const ErrorCode code : allCodes()) {
            const QString line = ErrorText(Error{code, hostile, hostile}).oneLine();
            QVERIFY2(isPlainLine(line), errorCodeName(code));
            QVERIFY2(line.size() < 2000, errorCodeName(code));
        }
        const QString what = ErrorText(Error{ErrorCode::io, "%1", "%1"}).what();
        QVERIFY2(what.contains(QLatin1String("(%1)")), "a percent sign from outside stays one");
    }
};

QTEST_GUILESS_MAIN(TestErrorText)
#include "tst_error_text.moc"
