// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/value_node.h"

#include <algorithm>

namespace cachescope::inspect {

namespace {

// How many bytes the code point has that begins here; 0 where none does.
std::size_t codePointAt(std::string_view bytes, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    const std::size_t length = first >= 0xc2 && first <= 0xdf   ? 2
                               : first >= 0xe0 && first <= 0xef ? 3
                               : first >= 0xf0 && first <= 0xf4 ? 4
                                                                : 0;
    if (length == 0 || length > bytes.size() - at) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) {
            return 0;
        }
    }
    const unsigned char second = byte(1);
    const bool isWrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                         (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
    return isWrong ? 0 : length;
}

}  // namespace

bool isUtf8(std::string_view bytes) noexcept {
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = codePointAt(bytes, at);
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

std::string briefText(const ValueNode& node, std::size_t most) {
    switch (node.kind) {
        case ValueNode::Kind::null:
            return "null";
        case ValueNode::Kind::list:
        case ValueNode::Kind::map:
        case ValueNode::Kind::object:
            break;
        default:
            return node.text.substr(0, most);
    }
    const bool isList = node.kind == ValueNode::Kind::list;
    std::string brief = node.text.substr(0, most / 2) + (isList ? "[" : "{");
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        const ValueNode& child = node.children[i];
        const std::string shown = !child.children.empty() ? "…" : child.text.substr(0, most);
        if (brief.size() + shown.size() + 6 > most) {
            brief += "…";
            break;
        }
        brief += (i == 0 ? "" : ", ") + shown;
    }
    return brief + (isList ? "]" : "}");
}

}  // namespace cachescope::inspect
