// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <concepts>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/core/error.h"
#include "engine/inspect/value_node.h"

namespace cachescope::inspect {

/// What a parser made of bytes: a tree, perhaps only its beginning, and why it stopped.
struct ParsedValue {
    std::optional<ValueNode> root;
    std::size_t consumed = 0;
    std::optional<Error> trouble;  ///< damaged, tooLarge
    bool ranOut = false;           ///< the trouble is that there are no more bytes

    /// Whether all `size` bytes are one value.
    bool isAllOf(std::size_t size) const noexcept { return root && !trouble && consumed == size; }
};

/// Where a parser of a format stands in its bytes, and what it may still make of them.
///
/// Every call that gives something returns false where there is none, and remembers the first
/// reason; after that a parser returns, with what it has. One thread.
class ValueParsing {
public:
    ValueParsing(std::string_view bytes, const ValueLimits& limits)
        : m_bytes(bytes), m_nodes(limits.nodes), m_text(limits.textBytes), m_depth(limits.depth) {}

    std::size_t position() const noexcept { return m_at; }
    bool atEnd() const noexcept { return m_at == m_bytes.size(); }
    bool hasFailed() const noexcept { return m_trouble.has_value(); }

    /// Remembers that the bytes make no sense here. Always false.
    bool damaged(std::string_view why) { return fail(ErrorCode::damaged, why); }

    bool take(std::uint64_t count, std::string_view& bytes) {
        if (count > m_bytes.size() - m_at) {
            m_ranOut = m_ranOut || !m_trouble;
            return damaged("the bytes end too early");
        }
        bytes = m_bytes.substr(m_at, static_cast<std::size_t>(count));
        m_at += bytes.size();
        return true;
    }
    /// Up to `end`, which is taken and left out.
    bool takeUntil(char end, std::string_view& bytes) {
        const std::size_t found = m_bytes.find(end, m_at);
        if (found == std::string_view::npos) {
            m_at = m_bytes.size();
            return take(1, bytes);
        }
        bytes = m_bytes.substr(m_at, found - m_at);
        m_at = found + 1;
        return true;
    }
    bool peek(unsigned char& byte) {
        std::string_view one;
        if (!take(1, one)) {
            return false;
        }
        --m_at;
        byte = static_cast<unsigned char>(one.front());
        return true;
    }
    bool skip(char expected) {
        std::string_view one;
        return take(1, one) && (one.front() == expected || damaged(std::string{"no "} + expected));
    }
    template <std::unsigned_integral Number>
    bool bigEndian(Number& number) {
        std::string_view bytes;
        if (!take(sizeof number, bytes)) {
            return false;
        }
        number = 0;
        for (const char byte : bytes) {
            number = static_cast<Number>((std::uint64_t{number} << 8U) |
                                         static_cast<unsigned char>(byte));
        }
        return true;
    }
    template <std::unsigned_integral Number>
    bool littleEndian(Number& number) {
        std::string_view bytes;
        if (!take(sizeof number, bytes)) {
            return false;
        }
        number = 0;
        for (std::size_t i = bytes.size(); i-- > 0;) {
            number = static_cast<Number>((std::uint64_t{number} << 8U) |
                                         static_cast<unsigned char>(bytes[i]));
        }
        return true;
    }

    /// For each node, before it is made. False once there may be no more.
    bool mayAddNode() {
        if (m_nodes == 0) {
            return fail(ErrorCode::tooLarge, "nodes");
        }
        --m_nodes;
        return true;
    }
    /// For whatever lies `depth` deep.
    bool mayGoTo(unsigned depth) { return depth <= m_depth || fail(ErrorCode::tooLarge, "depth"); }
    unsigned mostDepth() const noexcept { return m_depth; }

    /// Puts text into a node as UTF-8 or, where it is none, as bytes; what is over the limit is cut
    /// off.
    void setText(ValueNode& node, std::string_view text) {
        node.kind = isUtf8(text) ? ValueNode::Kind::text : ValueNode::Kind::bytes;
        setBytes(node, text);
    }
    void setBytes(ValueNode& node, std::string_view text) {
        node.text = shortened(text, node.isCut);
    }
    void setName(ValueNode& node, std::string_view name) {
        bool isCut = false;
        node.name = shortened(name, isCut);
    }

    ParsedValue end(std::optional<ValueNode> root) {
        return {std::move(root), m_at, std::move(m_trouble), m_ranOut};
    }
    bool fail(ErrorCode code, std::string_view why) {
        if (!m_trouble) {
            m_trouble = Error{code, "byte " + std::to_string(m_at), std::string{why}};
        }
        return false;
    }

private:
    std::string shortened(std::string_view text, bool& isCut) {
        if (text.size() > m_text) {
            isCut = true;
            fail(ErrorCode::tooLarge, "text");
            std::size_t keep = m_text;
            // Not in the middle of a code point, which would be no UTF-8 then.
            while (keep > 0 && (static_cast<unsigned char>(text[keep]) & 0xc0U) == 0x80) {
                --keep;
            }
            text = text.substr(0, keep);
        }
        m_text -= text.size();
        return std::string{text};
    }

    std::string_view m_bytes;
    std::size_t m_at = 0;
    std::size_t m_nodes;
    std::size_t m_text;
    unsigned m_depth;
    std::optional<Error> m_trouble;
    bool m_ranOut = false;
};

/// Each in a file of its own.
ParsedValue parseJson(std::string_view bytes, const ValueLimits& limits);
ParsedValue parseMessagePack(std::string_view bytes, const ValueLimits& limits);
ParsedValue parsePhp(std::string_view bytes, const ValueLimits& limits);
ParsedValue parsePickle(std::string_view bytes, const ValueLimits& limits);
ParsedValue parseJava(std::string_view bytes, const ValueLimits& limits);

/// Lines of offset, sixteen bytes and their characters, as many as fit into `most` bytes.
std::string hexDump(std::string_view bytes, std::size_t most, bool& isCut);

/// A number in the fewest digits that mean it.
std::string numberText(double number);

}  // namespace cachescope::inspect
