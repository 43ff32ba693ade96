// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/printable_text.h"

#include <QList>
#include <QStringDecoder>

namespace cachescope::ui {

namespace {

QString escapedBytes(std::string_view bytes) {
    QString text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\') {
            text += QStringLiteral("\\\\");
        } else if (byte >= 0x20 && byte < 0x7f) {
            text += QLatin1Char(c);
        } else {
            text += QStringLiteral("\\x%1").arg(static_cast<int>(byte), 2, 16, QLatin1Char('0'));
        }
    }
    return text;
}

}  // namespace

QString printableText(std::string_view text) {
    // Stateless: a sequence that is cut off at the end is an error, not the start of more to come.
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString decoded =
        decoder.decode(QByteArrayView(text.data(), static_cast<qsizetype>(text.size())));
    if (decoder.hasError()) {
        return escapedBytes(text);
    }
    QString printable;
    for (const uint code : decoded.toUcs4()) {
        const char32_t c = code;
        const QString letter = QString::fromUcs4(&c, 1);
        // Format characters turn text around or hide it; separators of lines count as printable.
        const bool breaks = c == 0x2028 || c == 0x2029;
        printable += QChar::isPrint(c) && !breaks && c != U'\\'
                         ? letter
                         : escapedBytes(letter.toUtf8().toStdString());
    }
    return printable;
}

}  // namespace cachescope::ui
