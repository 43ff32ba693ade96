// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/key_text.h"

#include <QStringDecoder>

namespace cachescope::ui {

namespace {

QString escapedBytes(std::string_view bytes) {
    QString text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            text += QLatin1Char(c);
        } else {
            text += QStringLiteral("\\x%1").arg(static_cast<int>(byte), 2, 16, QLatin1Char('0'));
        }
    }
    return text;
}

}  // namespace

QString keyText(std::string_view key) {
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString decoded =
        decoder.decode(QByteArrayView(key.data(), static_cast<qsizetype>(key.size())));
    if (decoder.hasError()) {
        return escapedBytes(key);
    }
    QString text;
    for (const QChar c : decoded) {
        // Format characters turn text around or hide it.
        if (c.isPrint() || c.isSurrogate()) {
            text += c;
        } else {
            text += escapedBytes(QString(c).toUtf8().toStdString());
        }
    }
    return text;
}

}  // namespace cachescope::ui
