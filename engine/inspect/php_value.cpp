// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What PHP's serialize() writes: a letter for the type, lengths in decimal digits, and the content.
// `O:4:"Page":1:{s:5:"title";s:2:"hi";}` is an object of the class Page. No class is ever looked
// for.

#include <algorithm>
#include <charconv>

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
        std::string_view type;
        if (!m_in.mayGoTo(depth) || !m_in.mayAddNode() || !m_in.take(1, type)) {
            return false;
        }
        if (type.front() == 'N') {
            node.kind = Kind::null;
            return m_in.skip(';');
        }
        if (!m_in.skip(':')) {
            return false;
        }
        switch (type.front()) {
            case 'b':
                return boolean(node);
            case 'i':
            case 'd':
                return number(node);
            case 's':
                return quoted(node) && m_in.skip(';');
            case 'E':
                return enumeration(node);
            case 'R':
            case 'r':
                return reference(node);
            case 'a':
                node.kind = Kind::map;
                return children(node, depth);
            case 'O':
                return className(node) && m_in.skip(':') && children(node, depth);
            case 'C':
                return className(node) && m_in.skip(':') && ownFormat(node);
            default:
                return m_in.damaged("no type");
        }
    }

    bool boolean(ValueNode& node) {
        std::string_view text;
        if (!m_in.takeUntil(';', text)) {
            return false;
        }
        node.kind = Kind::boolean;
        node.text = text == "1" ? "true" : "false";
        return text == "0" || text == "1" || m_in.damaged("neither 0 nor 1");
    }
    bool number(ValueNode& node) {
        std::string_view text;
        if (!m_in.takeUntil(';', text)) {
            return false;
        }
        const bool isNumber = !text.empty() && text.size() <= 64 &&
                              (text == "INF" || text == "-INF" || text == "NAN" ||
                               text.find_first_not_of("0123456789+-.eE") == std::string_view::npos);
        if (!isNumber) {
            return m_in.damaged("no number");
        }
        node.kind = Kind::number;
        m_in.setBytes(node, text);
        return !m_in.hasFailed();
    }
    bool count(char end, std::uint64_t& number) {
        std::string_view text;
        if (!m_in.takeUntil(end, text)) {
            return false;
        }
        const auto [stop, failure] =
            std::from_chars(text.data(), text.data() + text.size(), number);
        return (failure == std::errc{} && stop == text.data() + text.size()) ||
               m_in.damaged("no length");
    }
    bool quotedBytes(std::string_view& content) {
        std::uint64_t size = 0;
        return count(':', size) && m_in.skip('"') && m_in.take(size, content) && m_in.skip('"');
    }
    bool quoted(ValueNode& node) {
        std::string_view content;
        if (!quotedBytes(content)) {
            return false;
        }
        m_in.setText(node, content);
        return !m_in.hasFailed();
    }
    bool className(ValueNode& node) {
        const bool there = quoted(node);
        node.kind = Kind::object;
        return there;
    }
    bool enumeration(ValueNode& node) { return className(node) && m_in.skip(';'); }
    bool reference(ValueNode& node) {
        std::string_view text;
        if (!m_in.takeUntil(';', text)) {
            return false;
        }
        node.kind = Kind::reference;
        m_in.setBytes(node, text.substr(0, 20));
        return !m_in.hasFailed();
    }

    bool children(ValueNode& node, unsigned depth) {
        std::uint64_t size = 0;
        if (!count(':', size) || !m_in.skip('{')) {
            return false;
        }
        for (std::uint64_t i = 0; i < size; ++i) {
            ValueNode key;
            if (!value(key, depth + 1)) {
                return false;
            }
            if (key.kind != Kind::text && key.kind != Kind::number && key.kind != Kind::bytes) {
                return m_in.damaged("no key");
            }
            ValueNode& child = node.children.emplace_back();
            m_in.setName(child, plainName(key.text));
            if (!value(child, depth + 1)) {
                return false;
            }
        }
        return m_in.skip('}');
    }
    // Properties that are not public have their class, or a star, before them between zero bytes.
    static std::string_view plainName(std::string_view name) {
        if (!name.starts_with('\0')) {
            return name;
        }
        const std::size_t end = name.find('\0', 1);
        return end == std::string_view::npos ? name : name.substr(end + 1);
    }
    // A class that writes its content by itself: bytes of any kind.
    bool ownFormat(ValueNode& node) {
        std::uint64_t size = 0;
        std::string_view content;
        if (!count(':', size) || !m_in.skip('{') || !m_in.take(size, content) ||
            !m_in.mayAddNode()) {
            return false;
        }
        m_in.setText(node.children.emplace_back(), content);
        return !m_in.hasFailed() && m_in.skip('}');
    }

    ValueParsing m_in;
};

}  // namespace

ParsedValue parsePhp(std::string_view bytes, const ValueLimits& limits) {
    return Parser(bytes, limits).parse();
}

}  // namespace cachescope::inspect
