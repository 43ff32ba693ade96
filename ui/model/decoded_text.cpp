// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/decoded_text.h"

#include <QStringList>
#include <algorithm>

#include "ui/model/formats.h"
#include "ui/model/key_text.h"
#include "ui/model/printable_text.h"
#include "ui/model/readable_lines.h"

namespace cachescope::ui {

using inspect::DecodedValue;
using inspect::ValueNode;

namespace {

constexpr int kIndent = 2;
// What a preview looks at: as much as most values have, and little enough for hundreds of them.
constexpr std::size_t kPreviewBytes = std::size_t{64} << 10;

// Writes a tree up to a number of letters, over lines or in one.
class TreeText {
public:
    TreeText(bool isJson, bool onLines, qsizetype most)
        : m_isJson(isJson), m_onLines(onLines), m_most(most) {}

    void write(const ValueNode& node, int depth = 0) {
        switch (node.kind) {
            case ValueNode::Kind::null:
                m_text += u"null";
                return;
            case ValueNode::Kind::boolean:
            case ValueNode::Kind::number:
                put(node.text);
                return;
            case ValueNode::Kind::text:
                quote(node.text);
                break;
            case ValueNode::Kind::bytes:
                m_text += u'b';
                quote(node.text);
                break;
            case ValueNode::Kind::reference:
                m_text += u"→ ";
                put(node.text);
                return;
            case ValueNode::Kind::list:
            case ValueNode::Kind::map:
            case ValueNode::Kind::object:
                writeChildren(node, depth);
                return;
        }
        if (node.isCut) {
            m_text += u" …";
        }
    }

    bool isFull() const { return m_text.size() >= m_most; }
    QString take() {
        m_text.truncate(m_most);
        return std::move(m_text);
    }

private:
    void put(std::string_view text) { m_text += printableText(text.substr(0, room())); }
    // Four bytes a letter at most, so that much more is never converted than is shown.
    std::size_t room() const {
        return static_cast<std::size_t>(std::max<qsizetype>(m_most - m_text.size(), 0)) * 4 + 4;
    }
    void quote(std::string_view text) {
        m_text += u'"';
        m_text += quotedLetters(text.substr(0, room()));
        m_text += u'"';
    }

    void writeChildren(const ValueNode& node, int depth) {
        const bool isList = node.kind == ValueNode::Kind::list;
        if (!node.text.empty()) {
            put(node.text);
            m_text += u' ';
        }
        m_text += isList ? u'[' : u'{';
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            if (i > 0) {
                m_text += m_onLines ? u"," : u", ";
            }
            if (isFull()) {
                return;
            }
            breakLine(depth + 1);
            const ValueNode& child = node.children[i];
            if (!isList) {
                m_isJson ? quote(child.name) : put(child.name);
                m_text += u": ";
            }
            write(child, depth + 1);
        }
        if (node.isCut) {
            breakLine(depth + 1);
            m_text += u"…";
        }
        if (!node.children.empty() || node.isCut) {
            breakLine(depth);
        }
        m_text += isList ? u']' : u'}';
    }

    void breakLine(int depth) {
        if (m_onLines) {
            m_text += u'\n';
            m_text += QString(static_cast<qsizetype>(depth) * kIndent, u' ');
        }
    }

    const bool m_isJson;
    const bool m_onLines;
    const qsizetype m_most;
    QString m_text;
};

QString cutAt(QString text, qsizetype most) {
    if (text.size() <= most) {
        return text;
    }
    text.truncate(most - (text[most - 1].isHighSurrogate() ? 2 : 1));
    return text + QChar(u'…');
}

// The beginning of UTF-8 without a letter that is cut in two.
std::string_view beginning(std::string_view bytes, std::size_t most) {
    if (bytes.size() <= most) {
        return bytes;
    }
    std::size_t end = most;
    while (end > 0 && most - end < 4 && (static_cast<unsigned char>(bytes[end]) & 0xc0U) == 0x80) {
        --end;
    }
    return bytes.substr(0, end);
}

}  // namespace

QString DecodedTexts::formatName(inspect::ValueFormat format) {
    switch (format) {
        case inspect::ValueFormat::text:
            return tr("text");
        case inspect::ValueFormat::hex:
            return tr("hex");
        case inspect::ValueFormat::json:
            return QStringLiteral("JSON");
        case inspect::ValueFormat::messagePack:
            return QStringLiteral("MessagePack");
        case inspect::ValueFormat::php:
            return QStringLiteral("PHP");
        case inspect::ValueFormat::java:
            return QStringLiteral("Java");
        case inspect::ValueFormat::pickle:
        case inspect::ValueFormat::gzip:
        case inspect::ValueFormat::zlib:
        case inspect::ValueFormat::zstd:
            break;
    }
    const std::string_view name = valueFormatName(format);
    return QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size()));
}

QString DecodedTexts::steps(const DecodedValue& value) {
    QStringList all;
    for (const inspect::DecodeStep& step : value.steps) {
        const QString size = formatBytes(static_cast<double>(step.bytesOut));
        // The last step alone meets the bound, and what came out then was not all.
        const bool more = &step == &value.steps.back() && value.truncated && value.note &&
                          value.note->detail() == "output";
        all += tr("%1, %2 → %3")
                   .arg(formatName(step.format), formatBytes(static_cast<double>(step.bytesIn)),
                        more ? tr("more than %1").arg(size) : size);
    }
    return all.join(QStringLiteral(", "));
}

QString DecodedTexts::note(const DecodedValue& value, bool isCut) {
    if (value.note && value.note->code() == ErrorCode::damaged) {
        const QString where = printableText(value.note->subject());
        const QString why = printableText(value.note->detail());
        const QString reason = where.isEmpty() ? why
                               : why.isEmpty() ? where
                                               : tr("%1: %2").arg(where, why);
        return reason.isEmpty() ? tr("Damaged; what came before is shown.")
                                : tr("Damaged (%1); what came before is shown.").arg(reason);
    }
    if (value.note && value.note->code() != ErrorCode::tooLarge) {
        const QString why = printableText(value.note->detail());
        return why.isEmpty() ? tr("Not of this format.") : tr("Not of this format: %1.").arg(why);
    }
    return isCut || value.truncated ? tr("Only the beginning is shown.") : QString();
}

DecodedText DecodedTexts::of(const DecodedValue& value, qsizetype most) {
    if (most <= 0) {
        most = value.format == inspect::ValueFormat::hex ? kMostHex : kMost;
    }
    DecodedText shown;
    const QString inner = formatName(value.format);
    shown.format = value.steps.empty() ? inner : tr("%1, %2").arg(steps(value), inner);
    bool isCut = false;
    if (value.tree) {
        TreeText tree(value.format == inspect::ValueFormat::json, true, most);
        tree.write(*value.tree);
        isCut = tree.isFull();
        shown.text = tree.take();
    } else {
        const auto bytes = static_cast<std::size_t>(most);
        isCut = value.text.size() > bytes;
        shown.text = readableLines(beginning(value.text, bytes));
        isCut = isCut || shown.text.size() > most;
        shown.text.truncate(most);
    }
    shown.note = note(value, isCut);
    return shown;
}

QString DecodedTexts::preview(std::string_view bytes, qsizetype most) {
    if (bytes.empty()) {
        return QStringLiteral("\"\"");
    }
    inspect::DecodeOptions options;
    options.limits.nodes = 200;
    options.limits.textBytes = 4096;
    options.isWhole = bytes.size() <= kPreviewBytes;
    DecodedValue value = inspect::decodeValue(bytes.substr(0, kPreviewBytes), options);
    if (!value.steps.empty() && !options.isWhole) {
        // Compression is undone as a whole, because its size is what is shown.
        options.isWhole = true;
        value = inspect::decodeValue(bytes, options);
    }
    if (!value.steps.empty()) {
        return steps(value);
    }
    if (value.tree) {
        TreeText tree(value.format == inspect::ValueFormat::json, false, most + 1);
        tree.write(*value.tree);
        const bool isMarked = value.format != inspect::ValueFormat::json;
        const QString line = cutAt(tree.take(), most);
        return isMarked ? tr("%1 %2").arg(formatName(value.format), line) : line;
    }
    if (value.format == inspect::ValueFormat::text) {
        // Four bytes a letter at most: a text with more than that is cut below.
        const std::string_view shown = beginning(value.text, static_cast<std::size_t>(most) * 4);
        QString line = printableText(shown);
        if (shown.size() < value.text.size()) {
            line += QChar(u'…');
        }
        line = cutAt(std::move(line), most);
        const bool isBlank = line.startsWith(u' ') || line.endsWith(u' ');
        return isBlank ? QStringLiteral("\"%1\"").arg(line) : line;
    }
    return tr("binary, %1").arg(formatBytes(static_cast<double>(bytes.size())));
}

QString DecodedTexts::shortened(std::string_view bytes, std::size_t most) {
    const std::string_view shown = beginning(bytes, most);
    return shown.size() == bytes.size() ? keyText(bytes) : keyText(shown) + QChar(u'…');
}

}  // namespace cachescope::ui
