// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// MessagePack: a byte that says the type, perhaps a length, and the content. Keys of maps may be
// anything.

#include <bit>

#include "engine/inspect/value_parsing.h"

namespace cachescope::inspect {

namespace {

using Kind = ValueNode::Kind;

class Parser {
public:
    Parser(std::string_view bytes, const ValueLimits& limits) : m_in(bytes, limits) {}

    ParsedValue parse() {
        std::optional<ValueNode> root;
        unsigned char first = 0;
        if (m_in.peek(first)) {
            value(root.emplace(), 0);
        }
        return m_in.end(std::move(root));
    }

private:
    bool value(ValueNode& node, unsigned depth) {
        std::uint8_t type = 0;
        if (!m_in.mayGoTo(depth) || !m_in.mayAddNode() || !m_in.bigEndian(type)) {
            return false;
        }
        if (type <= 0x7f) {
            return number(node, std::to_string(type));
        }
        if (type <= 0x8f) {
            return map(node, type & 0x0fU, depth);
        }
        if (type <= 0x9f) {
            return list(node, type & 0x0fU, depth);
        }
        if (type <= 0xbf) {
            return text(node, type & 0x1fU);
        }
        if (type >= 0xe0) {
            return number(node, std::to_string(static_cast<std::int8_t>(type)));
        }
        return typed(node, type, depth);
    }

    bool typed(ValueNode& node, std::uint8_t type, unsigned depth) {
        std::uint64_t size = 0;
        switch (type) {
            case 0xc0:
                node.kind = Kind::null;
                return true;
            case 0xc2:
            case 0xc3:
                node.kind = Kind::boolean;
                node.text = type == 0xc3 ? "true" : "false";
                return true;
            case 0xc4:
            case 0xc5:
            case 0xc6:
                return length(type - 0xc4U, size) && binary(node, size);
            case 0xc7:
            case 0xc8:
            case 0xc9:
                return length(type - 0xc7U, size) && extension(node, size);
            case 0xca:
                return real32(node);
            case 0xcb:
                return real64(node);
            case 0xcc:
            case 0xcd:
            case 0xce:
            case 0xcf:
                return length(type - 0xccU, size) && number(node, std::to_string(size));
            case 0xd0:
            case 0xd1:
            case 0xd2:
            case 0xd3:
                return length(type - 0xd0U, size) && negative(node, type - 0xd0U, size);
            case 0xd4:
            case 0xd5:
            case 0xd6:
            case 0xd7:
            case 0xd8:
                return extension(node, std::uint64_t{1} << (type - 0xd4U));
            case 0xd9:
            case 0xda:
            case 0xdb:
                return length(type - 0xd9U, size) && text(node, size);
            case 0xdc:
            case 0xdd:
                return length(type - 0xdcU + 1, size) && list(node, size, depth);
            case 0xde:
            case 0xdf:
                return length(type - 0xdeU + 1, size) && map(node, size, depth);
            default:
                return m_in.damaged("no type");
        }
    }

    // A number of 1, 2, 4 or 8 bytes.
    bool length(unsigned power, std::uint64_t& size) {
        switch (power) {
            case 0:
                return sized<std::uint8_t>(size);
            case 1:
                return sized<std::uint16_t>(size);
            case 2:
                return sized<std::uint32_t>(size);
            default:
                return sized<std::uint64_t>(size);
        }
    }
    template <class Number>
    bool sized(std::uint64_t& size) {
        Number number = 0;
        const bool there = m_in.bigEndian(number);
        size = number;
        return there;
    }

    bool number(ValueNode& node, std::string_view text) {
        node.kind = Kind::number;
        m_in.setBytes(node, text);
        return !m_in.hasFailed();
    }
    bool negative(ValueNode& node, unsigned power, std::uint64_t bits) {
        const unsigned unused = 64U - (8U << power);
        return number(node, std::to_string(static_cast<std::int64_t>(bits << unused) >> unused));
    }
    bool real32(ValueNode& node) {
        std::uint32_t bits = 0;
        return m_in.bigEndian(bits) &&
               number(node, numberText(static_cast<double>(std::bit_cast<float>(bits))));
    }
    bool real64(ValueNode& node) {
        std::uint64_t bits = 0;
        return m_in.bigEndian(bits) && number(node, numberText(std::bit_cast<double>(bits)));
    }
    bool text(ValueNode& node, std::uint64_t size) {
        std::string_view content;
        if (!m_in.take(size, content)) {
            return false;
        }
        m_in.setText(node, content);
        return !m_in.hasFailed();
    }
    bool binary(ValueNode& node, std::uint64_t size) {
        std::string_view content;
        if (!m_in.take(size, content)) {
            return false;
        }
        node.kind = Kind::bytes;
        m_in.setBytes(node, content);
        return !m_in.hasFailed();
    }
    // A type of the application's own: its number, and bytes.
    bool extension(ValueNode& node, std::uint64_t size) {
        std::uint8_t type = 0;
        if (!m_in.bigEndian(type) || !m_in.mayAddNode()) {
            return false;
        }
        node.kind = Kind::object;
        node.text = "extension " + std::to_string(static_cast<std::int8_t>(type));
        return binary(node.children.emplace_back(), size);
    }
    bool list(ValueNode& node, std::uint64_t size, unsigned depth) {
        node.kind = Kind::list;
        for (std::uint64_t i = 0; i < size; ++i) {
            if (!value(node.children.emplace_back(), depth + 1)) {
                return false;
            }
        }
        return true;
    }
    bool map(ValueNode& node, std::uint64_t size, unsigned depth) {
        node.kind = Kind::map;
        for (std::uint64_t i = 0; i < size; ++i) {
            ValueNode key;
            if (!value(key, depth + 1)) {
                return false;
            }
            ValueNode& child = node.children.emplace_back();
            m_in.setName(child, key.children.empty() ? key.text : briefText(key));
            if (!value(child, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    ValueParsing m_in;
};

}  // namespace

ParsedValue parseMessagePack(std::string_view bytes, const ValueLimits& limits) {
    return Parser(bytes, limits).parse();
}

}  // namespace cachescope::inspect
