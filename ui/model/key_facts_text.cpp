// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/key_facts_text.h"

#include <algorithm>

#include "ui/model/formats.h"
#include "ui/model/key_text.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

namespace {

constexpr std::size_t kLineBytes = 512;
constexpr std::size_t kToolTipBytes = 4096;
constexpr qsizetype kToolTipLine = 80;

const QString& dash() {
    static const QString text = QStringLiteral("—");
    return text;
}

bool continues(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

// Cuts between letters, not inside one, which would be shown as damage. A letter has four bytes at
// most; beyond that the bytes are no text anyway.
std::string_view head(std::string_view bytes, std::size_t most) {
    std::size_t end = std::min(most, bytes.size());
    for (int i = 0; i < 3 && end > 0 && end < bytes.size() && continues(bytes[end]); ++i) {
        --end;
    }
    return bytes.substr(0, end);
}

std::string_view tail(std::string_view bytes, std::size_t most) {
    std::size_t begin = bytes.size() - std::min(most, bytes.size());
    for (int i = 0; i < 3 && begin > 0 && begin < bytes.size() && continues(bytes[begin]); ++i) {
        ++begin;
    }
    return bytes.substr(begin);
}

}  // namespace

QString KeyFactsText::ttl(std::int64_t expiry, std::int64_t now) {
    if (expiry == inspect::kExpiryUnknown) {
        return dash();
    }
    if (expiry == inspect::kNoExpiry) {
        return tr("no expiry");
    }
    if (expiry <= now) {
        return tr("expired");
    }
    const std::int64_t seconds = (expiry - now + 999) / 1000;
    const auto left = static_cast<double>(seconds);
    return left < 60 ? formatSpan(left) : formatLatency(left);
}

QString KeyFactsText::size(std::uint64_t bytes) {
    return bytes == inspect::kSizeUnknown ? dash() : formatBytes(static_cast<double>(bytes));
}

QString KeyFactsText::idle(std::uint32_t idle, bool isFrequency) {
    if (idle == inspect::kIdleUnknown) {
        return dash();
    }
    if (isFrequency) {
        return formatCount(idle);
    }
    return idle < 60 ? formatSpan(idle) : formatLatency(idle);
}

QString KeyFactsText::type(std::string_view type) {
    return type.empty() ? dash() : printableText(type);
}

QString KeyFactsText::name(std::string_view key) {
    if (key.empty()) {
        return tr("(empty name)");
    }
    if (key.size() <= kLineBytes) {
        return keyText(key);
    }
    return keyText(head(key, kLineBytes / 2)) + QChar(0x2026) + keyText(tail(key, kLineBytes / 2));
}

QString KeyFactsText::toolTip(std::string_view key) {
    const QString text = keyText(head(key, kToolTipBytes));
    QString lines;
    for (qsizetype at = 0; at < text.size();) {
        qsizetype end = std::min(at + kToolTipLine, text.size());
        if (end < text.size() && text[end].isLowSurrogate()) {
            ++end;
        }
        lines +=
            (at > 0 ? QStringLiteral("<br>") : QString()) + text.mid(at, end - at).toHtmlEscaped();
        at = end;
    }
    if (key.size() > kToolTipBytes) {
        lines += QChar(0x2026) + QStringLiteral("<br>") +
                 tr("%1 bytes in all").arg(formatCount(static_cast<double>(key.size())));
    }
    return QStringLiteral("<span>%1</span>").arg(lines);
}

}  // namespace cachescope::ui
