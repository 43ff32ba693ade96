// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/readable_lines.h"

#include <algorithm>

#include "engine/inspect/value_node.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

namespace {

constexpr QChar kMark(0xfeff);

// Most texts have nothing to escape: then they are converted at once, not letter by letter.
bool isPlainAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte >= 0x20 && byte < 0x7f) || c == '\n' || c == '\t';
    });
}

QString latin(std::string_view text) {
    return QString::fromLatin1(text.data(), static_cast<qsizetype>(text.size()));
}

}  // namespace

QString readableLines(std::string_view text) {
    if (isPlainAscii(text)) {
        return latin(text);
    }
    QString lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of("\n\t", at), text.size());
        std::string_view piece = text.substr(at, end - at);
        const bool isLine = end < text.size() && text[end] == '\n';
        if (isLine && piece.ends_with('\r')) {
            piece.remove_suffix(1);
        }
        lines += isPlainAscii(piece) ? latin(piece) : printableText(piece);
        if (end < text.size()) {
            lines += QLatin1Char(text[end]);
        }
        at = end + 1;
    }
    return lines;
}

QString quotedLetters(std::string_view text) {
    QString quoted;
    std::size_t from = 0;
    for (std::size_t at = text.find_first_of("\"\\\n\r\t"); at != std::string_view::npos;
         at = text.find_first_of("\"\\\n\r\t", from)) {
        quoted += printableText(text.substr(from, at - from));
        quoted += u'\\';
        quoted += text[at] == '\n'   ? u'n'
                  : text[at] == '\r' ? u'r'
                  : text[at] == '\t' ? u't'
                                     : QChar(QLatin1Char(text[at]));
        from = at + 1;
    }
    return quoted + printableText(text.substr(from));
}

std::unique_ptr<QMimeData> exactMime(std::string_view bytes) {
    auto mime = std::make_unique<QMimeData>();
    const auto size = static_cast<qsizetype>(bytes.size());
    if (inspect::isUtf8(bytes)) {
        QString text = QString::fromUtf8(bytes.data(), size);
        // Qt takes a mark at the beginning for no letter of the text.
        if (bytes.starts_with("\xef\xbb\xbf") && !text.startsWith(kMark)) {
            text.prepend(kMark);
        }
        mime->setText(text);
    } else {
        mime->setText(printableText(bytes));
    }
    mime->setData(QStringLiteral("application/octet-stream"), QByteArray(bytes.data(), size));
    return mime;
}

}  // namespace cachescope::ui
