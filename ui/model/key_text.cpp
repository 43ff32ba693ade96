// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/key_text.h"

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

QString keyText(std::string_view key) {
    // Stateless: a sequence that is cut off at the end is an error, not the start of more to come.
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString decoded =
        decoder.decode(QByteArrayView(key.data(), static_cast<qsizetype>(key.size())));
    if (decoder.hasError()) {
        return escapedBytes(key);
    }
    QString text;
    const QList<uint> letters = decoded.toUcs4();
    for (qsizetype i = 0; i < letters.size(); ++i) {
        const char32_t c = letters[i];
        const QString letter = QString::fromUcs4(&c, 1);
        // Format characters turn text around or hide it; separators of lines count as printable.
        const bool breaks = c == 0x2028 || c == 0x2029;
        // At the ends nobody would see it.
        const bool atEnd = c == U' ' && (i == 0 || i + 1 == letters.size());
        const bool shown = QChar::isPrint(c) && !breaks && !atEnd && c != U'\\';
        text += shown   ? letter
                : atEnd ? QStringLiteral("\\x20")
                        : escapedBytes(letter.toUtf8().toStdString());
    }
    return text;
}

}  // namespace cachescope::ui
