// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/error_text.h"

#include "ui/model/printable_text.h"

namespace cachescope::ui {

namespace {

// Text from outside, on one line and of bounded length.
QString plain(const std::string& text) {
    constexpr qsizetype kLongest = 600;
    QString result =
        QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).simplified();
    if (result.size() > kLongest) {
        result = result.left(kLongest - 1) + QChar(0x2026);
    }
    // What remains may still command a terminal or turn the line around.
    return printableText(result.toStdString());
}

// "subject: sentence", or the sentence alone.
QString about(const QString& subject, const QString& sentence) {
    if (subject.isEmpty()) {
        return sentence;
    }
    // A scheme such as "redis:" brings its colon with it.
    const bool colon = subject.endsWith(QLatin1Char(':'));
    return subject + (colon ? QStringLiteral(" ") : QStringLiteral(": ")) + sentence;
}

}  // namespace

ErrorText::ErrorText(const Error& error) {
    const QString subject = plain(error.subject());
    const QString detail = plain(error.detail());
    const QString because = detail.isEmpty() ? QString() : tr(" (%1)").arg(detail);
    switch (error.code()) {
        case ErrorCode::syntax:
            m_what = about(subject, tr("cannot be understood."));
            m_remedy =
                detail.isEmpty() ? tr("Correct the text there.") : tr("Expected: %1.").arg(detail);
            break;
        case ErrorCode::missing:
            m_what = about(subject, tr("is missing."));
            m_remedy = detail.isEmpty() ? tr("Add it.") : tr("Add %1.").arg(detail);
            break;
        case ErrorCode::unknownName:
            m_what = about(subject, tr("is not known."));
            m_remedy = detail.isEmpty() ? tr("Check the spelling.") : tr("Use %1.").arg(detail);
            break;
        case ErrorCode::wrongType:
        case ErrorCode::outOfRange:
            m_what =
                about(subject, error.code() == ErrorCode::wrongType ? tr("is of the wrong kind.")
                                                                    : tr("is out of range."));
            m_remedy = detail.isEmpty() ? tr("Correct the value.") : tr("Use %1.").arg(detail);
            break;
        case ErrorCode::unsupported:
            m_what = about(subject, tr("is not supported%1.").arg(because));
            m_remedy = tr("Choose another option.");
            break;
        case ErrorCode::notFound:
            m_what = about(subject, tr("was not found%1.").arg(because));
            m_remedy = tr("Check the name and the folder.");
            break;
        case ErrorCode::notPermitted:
            m_what = about(subject, tr("the system does not permit access%1.").arg(because));
            m_remedy = tr("Choose another place or change its permissions.");
            break;
        case ErrorCode::diskFull:
            m_what = about(subject, tr("there is no space left%1.").arg(because));
            m_remedy = tr("Free some space or choose another place.");
            break;
        case ErrorCode::io:
            m_what = about(subject, tr("reading or writing failed%1.").arg(because));
            m_remedy = tr("Check the device and the path, then try again.");
            break;
        case ErrorCode::damaged:
            m_what = about(subject, tr("the stored data is damaged%1.").arg(because));
            m_remedy = tr("It was set aside and is built anew; nothing to do.");
            break;
        case ErrorCode::unreachable:
            m_what = about(subject, tr("no server answers%1.").arg(because));
            m_remedy = tr("Start the server, or check host, port and socket path.");
            break;
        case ErrorCode::timedOut:
            m_what = about(subject, tr("no answer in time%1.").arg(because));
            m_remedy = tr("Check that the server is up and not overloaded, or allow more time.");
            break;
        case ErrorCode::disconnected:
            m_what = about(subject, tr("the connection was lost%1.").arg(because));
            m_remedy = tr("It is tried again by itself; check the server if this stays.");
            break;
        case ErrorCode::authentication:
            m_what = about(subject, tr("the server refused the user or password%1.").arg(because));
            m_remedy = tr("Correct the user and the password of this connection.");
            break;
        case ErrorCode::untrusted:
            explainRefusal(subject, TlsRefusal::of(error).value_or(TlsRefusal{}));
            break;
        case ErrorCode::noPermission:
            m_what = about(subject, tr("the user lacks a permission%1.").arg(because));
            m_remedy = tr("Grant the command to this user (ACL SETUSER), or use another user.");
            break;
        case ErrorCode::readOnly:
            m_what = about(subject, tr("the server takes no writes%1.").arg(because));
            m_remedy = tr("Connect to the primary, or make the server writable.");
            break;
        case ErrorCode::outOfMemory:
            m_what = about(subject, tr("the server is out of memory%1.").arg(because));
            m_remedy = tr("Raise maxmemory, or set an eviction policy such as allkeys-lru.");
            break;
        case ErrorCode::loading:
            m_what = about(subject, tr("the server cannot answer yet%1.").arg(because));
            m_remedy = tr("Wait; it is tried again by itself.");
            break;
        case ErrorCode::notThisProtocol:
            if (error.detail().starts_with(kSpeaksOnlyTls)) {
                m_what = about(subject, tr("the server wants an encrypted connection."));
                m_remedy = tr("Write rediss:// instead of redis:// in the address.");
            } else if (error.detail().starts_with(kSpeaksNoTls)) {
                m_what = about(subject, tr("what answers there does not encrypt%1.").arg(because));
                m_remedy = tr("Write redis:// instead of rediss://, or check the port.");
            } else {
                m_what =
                    about(subject, tr("what answers there is no Redis server%1.").arg(because));
                m_remedy = tr("Check the port.");
            }
            break;
        case ErrorCode::serverError:
            m_what = about(subject, tr("the server reported an error%1.").arg(because));
            m_remedy = tr("Look it up in the server's documentation and log.");
            break;
        case ErrorCode::loadFailed:
            m_what = about(subject, tr("the origin failed%1.").arg(because));
            m_remedy = tr("Look at the origin.");
            break;
        case ErrorCode::reentrantLoad:
            m_what = about(subject, tr("the load waits for itself."));
            m_remedy = tr("A handler must not ask for the very value that it computes.");
            break;
        case ErrorCode::cancelled:
            m_what = about(subject, tr("was cancelled."));
            m_remedy = tr("Start it again if it is still wanted.");
            break;
        case ErrorCode::closed:
            m_what = about(subject, tr("is closed%1.").arg(because));
            m_remedy = tr("Open it again.");
            break;
        case ErrorCode::tooLarge:
            m_what = about(subject, tr("is too large%1.").arg(because));
            m_remedy = tr("Raise the limit, or use something smaller.");
            break;
        case ErrorCode::unavailable:
            if (const Error* cause = error.cause()) {
                // Waiting before the next attempt: the reason to wait is the news.
                const ErrorText behind(*cause);
                m_what = behind.what();
                m_remedy = behind.remedy();
            } else {
                m_what = about(subject, tr("is switched off."));
                m_remedy = tr("Bring it back when you have seen enough.");
            }
            break;
    }
}

void ErrorText::explainRefusal(const QString& subject, const TlsRefusal& refusal) {
    const QString detail = plain(refusal.about);
    const QString because = detail.isEmpty() ? QString() : tr(" (%1)").arg(detail);
    m_remedy = tr("Give the server a certificate that is good, or switch verification off.");
    switch (refusal.why) {
        case TlsRefusal::Why::expired:
            m_what = about(subject, tr("the server's certificate has expired%1.").arg(because));
            m_remedy = tr("Renew the certificate, or check this computer's date.");
            break;
        case TlsRefusal::Why::notYetValid:
            m_what =
                about(subject, tr("the server's certificate is not valid yet%1.").arg(because));
            m_remedy = tr("Check this computer's date.");
            break;
        case TlsRefusal::Why::wrongName:
            m_what =
                about(subject, tr("the server's certificate is for another name%1.").arg(because));
            m_remedy = tr("Connect by a name that it has, or give the server name to expect.");
            break;
        case TlsRefusal::Why::unknownAuthority:
            m_what = about(subject,
                           tr("nobody known here signed the server's certificate%1.").arg(because));
            m_remedy = tr("Give the file of the authority that signed it.");
            break;
        case TlsRefusal::Why::selfSigned:
            m_what = about(subject, tr("the server signed its certificate itself%1.").arg(because));
            m_remedy = tr("If you trust it, give that certificate as the authority.");
            break;
        case TlsRefusal::Why::clientCertificate:
            m_what = about(subject, tr("the server wants a certificate of yours%1.").arg(because));
            m_remedy = tr("Give a certificate and its key that the server accepts.");
            break;
        case TlsRefusal::Why::other:
            m_what = about(subject, tr("the certificate was refused%1.").arg(because));
            break;
    }
}

QString ErrorText::oneLine() const {
    return m_what + QLatin1Char(' ') + m_remedy;
}

}  // namespace cachescope::ui
