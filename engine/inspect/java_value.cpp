// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What java.io.ObjectOutputStream writes (the protocol of the Java Object Serialization
// Specification, chapter 6): descriptions of classes with the names and types of their fields, then
// the fields' values, and what classes with a writeObject() of their own have added.

#include <bit>

#include "engine/inspect/value_parsing.h"

namespace cachescope::inspect {

namespace {

using Kind = ValueNode::Kind;

constexpr std::uint32_t kFirstHandle = 0x7e'0000;
constexpr std::size_t kNoClass = static_cast<std::size_t>(-1);
constexpr unsigned kMostParents = 64;

struct Field {
    char type = 0;
    std::string_view name;
};

struct Class {
    std::string_view name;
    std::uint8_t flags = 0;
    std::vector<Field> fields{};
    std::size_t parent = kNoClass;
};

// Which later bytes may mean again: what it is called, and the class if it is one.
struct Handle {
    std::string_view name;
    bool isText = false;
    std::size_t theClass = kNoClass;
};

class Parser {
public:
    Parser(std::string_view bytes, const ValueLimits& limits) : m_in(bytes, limits) {}

    ParsedValue parse() {
        std::uint32_t head = 0;
        if (!m_in.bigEndian(head) || (head != 0xaced'0005 && !m_in.damaged("no Java stream"))) {
            return m_in.end({});
        }
        ValueNode root;
        root.kind = Kind::list;
        while (!m_in.atEnd() && content(root, 0)) {
        }
        if (root.children.size() == 1) {
            ValueNode only = std::move(root.children.front());
            return m_in.end(std::move(only));
        }
        return m_in.end(root.children.empty() ? std::nullopt : std::optional{std::move(root)});
    }

private:
    enum Flag : std::uint8_t { ownWrite = 1, serializable = 2, external = 4, blocks = 8 };

    // Whatever comes next, as a further child.
    bool content(ValueNode& parent, unsigned depth) {
        unsigned char code = 0;
        if (!m_in.peek(code)) {
            return false;
        }
        if (code == 0x79) {
            m_handles.clear();
            return m_in.skip(static_cast<char>(code));
        }
        return m_in.mayAddNode() && value(parent.children.emplace_back(), depth + 1);
    }

    bool value(ValueNode& node, unsigned depth) {
        std::uint8_t code = 0;
        if (!m_in.mayGoTo(depth) || !m_in.bigEndian(code)) {
            return false;
        }
        switch (code) {
            case 0x70:
                node.kind = Kind::null;
                return true;
            case 0x71:
                return reference(node);
            case 0x72:
            case 0x7d: {
                std::size_t described = kNoClass;
                return description(code, described, depth) && nameAs(node, "class", described);
            }
            case 0x73:
                return object(node, depth);
            case 0x74:
                return string<std::uint16_t>(node);
            case 0x7c:
                return string<std::uint64_t>(node);
            case 0x75:
                return array(node, depth);
            case 0x76: {
                std::size_t described = kNoClass;
                if (!classDescription(described, depth)) {
                    return false;
                }
                m_handles.push_back({nameOf(described)});
                return nameAs(node, "class", described);
            }
            case 0x77:
                return block<std::uint8_t>(node);
            case 0x7a:
                return block<std::uint32_t>(node);
            case 0x7e:
                return enumeration(node, depth);
            default:
                return m_in.damaged("no type");
        }
    }

    std::string_view nameOf(std::size_t index) const noexcept {
        return index == kNoClass ? std::string_view{"?"} : m_classes[index].name;
    }
    bool nameAs(ValueNode& node, std::string_view what, std::size_t index) {
        node.kind = Kind::object;
        m_in.setBytes(node, std::string{what} + " " + std::string{nameOf(index)});
        return !m_in.hasFailed();
    }

    bool handle(Handle& found) {
        std::uint32_t number = 0;
        if (!m_in.bigEndian(number)) {
            return false;
        }
        if (number < kFirstHandle || number - kFirstHandle >= m_handles.size()) {
            return m_in.damaged("a reference to nothing");
        }
        found = m_handles[number - kFirstHandle];
        return true;
    }
    bool reference(ValueNode& node) {
        Handle found;
        if (!handle(found)) {
            return false;
        }
        if (found.isText) {
            m_in.setText(node, found.name);
        } else {
            node.kind = Kind::reference;
            m_in.setBytes(node, found.name);
        }
        return !m_in.hasFailed();
    }

    template <class Length>
    bool string(ValueNode& node) {
        std::string_view text;
        if (!sized<Length>(text)) {
            return false;
        }
        m_handles.push_back({text, true});
        m_in.setText(node, text);
        return !m_in.hasFailed();
    }
    template <class Length>
    bool sized(std::string_view& bytes) {
        Length length = 0;
        return m_in.bigEndian(length) && m_in.take(length, bytes);
    }
    template <class Length>
    bool block(ValueNode& node) {
        std::string_view bytes;
        if (!sized<Length>(bytes)) {
            return false;
        }
        node.kind = Kind::bytes;
        m_in.setBytes(node, bytes);
        return !m_in.hasFailed();
    }

    // A description, a reference to one, or none.
    bool classDescription(std::size_t& index, unsigned depth) {
        std::uint8_t code = 0;
        if (!m_in.mayGoTo(depth) || !m_in.bigEndian(code)) {
            return false;
        }
        if (code == 0x70) {
            index = kNoClass;
            return true;
        }
        if (code == 0x71) {
            Handle found;
            if (!handle(found)) {
                return false;
            }
            index = found.theClass;
            return index != kNoClass || m_in.damaged("a reference to no class");
        }
        return ((code == 0x72 || code == 0x7d) || m_in.damaged("no class")) &&
               description(code, index, depth);
    }
    bool description(std::uint8_t code, std::size_t& index, unsigned depth) {
        Class made;
        std::uint64_t version = 0;
        if (code == 0x72 && (!sized<std::uint16_t>(made.name) || !m_in.bigEndian(version))) {
            return false;
        }
        index = m_classes.size();
        m_handles.push_back({code == 0x72 ? made.name : "proxy", false, index});
        if (code == 0x7d) {
            made.name = "proxy";
            made.flags = serializable;
            std::uint32_t interfaces = 0;
            std::string_view name;
            if (!m_in.bigEndian(interfaces)) {
                return false;
            }
            for (std::uint32_t i = 0; i < interfaces; ++i) {
                if (!sized<std::uint16_t>(name)) {
                    return false;
                }
            }
        }
        m_classes.push_back(made);
        if (code == 0x72 && !fields(made, depth)) {
            return false;
        }
        std::size_t parent = kNoClass;
        ValueNode ignored;
        if (!annotations(ignored, depth) || !classDescription(parent, depth + 1)) {
            return false;
        }
        made.parent = parent;
        m_classes[index] = std::move(made);
        return true;
    }
    bool fields(Class& made, unsigned depth) {
        std::uint16_t count = 0;
        if (!m_in.bigEndian(made.flags) || !m_in.bigEndian(count)) {
            return false;
        }
        for (std::uint16_t i = 0; i < count; ++i) {
            Field field;
            std::string_view type;
            if (!m_in.take(1, type) || !sized<std::uint16_t>(field.name)) {
                return false;
            }
            field.type = type.front();
            if (field.type == 'L' || field.type == '[') {
                // The name of its type: a string, or one that was there before.
                ValueNode ignored;
                if (!m_in.mayAddNode() || !value(ignored, depth + 1)) {
                    return false;
                }
            }
            made.fields.push_back(field);
        }
        return true;
    }

    bool object(ValueNode& node, unsigned depth) {
        std::size_t index = kNoClass;
        if (!classDescription(index, depth)) {
            return false;
        }
        node.kind = Kind::object;
        m_in.setBytes(node, nameOf(index));
        m_handles.push_back({nameOf(index)});
        // Parents come first.
        std::vector<std::size_t> line;
        for (; index != kNoClass; index = m_classes[index].parent) {
            line.push_back(index);
            if (line.size() > kMostParents) {
                return m_in.fail(ErrorCode::tooLarge, "depth");
            }
        }
        for (std::size_t i = line.size(); i-- > 0;) {
            if (!classData(node, line[i], depth)) {
                return false;
            }
        }
        return !m_in.hasFailed();
    }
    bool classData(ValueNode& node, std::size_t index, unsigned depth) {
        const std::uint8_t flags = m_classes[index].flags;
        if ((flags & external) != 0) {
            return (flags & blocks) != 0 ? annotations(node, depth)
                                         : m_in.damaged("content only its class can read");
        }
        if ((flags & serializable) == 0) {
            return true;
        }
        // Not by reference: what a field holds may describe further classes.
        const std::vector<Field> fields = m_classes[index].fields;
        for (const Field& field : fields) {
            if (!m_in.mayAddNode()) {
                return false;
            }
            ValueNode& child = node.children.emplace_back();
            m_in.setName(child, field.name);
            if (!element(child, field.type, depth + 1)) {
                return false;
            }
        }
        return (flags & ownWrite) == 0 || annotations(node, depth);
    }
    // Up to the end of what a class has written by itself.
    bool annotations(ValueNode& node, unsigned depth) {
        unsigned char code = 0;
        while (m_in.peek(code)) {
            if (code == 0x78) {
                return m_in.skip(static_cast<char>(code));
            }
            if (!content(node, depth)) {
                return false;
            }
        }
        return false;
    }

    bool array(ValueNode& node, unsigned depth) {
        std::size_t index = kNoClass;
        std::uint32_t size = 0;
        if (!classDescription(index, depth)) {
            return false;
        }
        m_handles.push_back({nameOf(index)});
        node.kind = Kind::list;
        m_in.setBytes(node, nameOf(index));
        const std::string_view name = nameOf(index);
        if (name.size() < 2 || name.front() != '[') {
            return m_in.damaged("an array of no type");
        }
        if (!m_in.bigEndian(size)) {
            return false;
        }
        if (name[1] == 'B') {
            std::string_view bytes;
            node.kind = Kind::bytes;
            if (!m_in.take(size, bytes)) {
                return false;
            }
            m_in.setBytes(node, bytes);
            return !m_in.hasFailed();
        }
        for (std::uint32_t i = 0; i < size; ++i) {
            if (!m_in.mayAddNode() || !element(node.children.emplace_back(), name[1], depth + 1)) {
                return false;
            }
        }
        return true;
    }
    bool enumeration(ValueNode& node, unsigned depth) {
        std::size_t index = kNoClass;
        if (!classDescription(index, depth)) {
            return false;
        }
        m_handles.push_back({nameOf(index)});
        ValueNode constant;
        if (!m_in.mayAddNode() || !value(constant, depth + 1)) {
            return false;
        }
        node.kind = Kind::object;
        m_in.setBytes(node, std::string{nameOf(index)} + "." + constant.text);
        return !m_in.hasFailed();
    }

    bool element(ValueNode& node, char type, unsigned depth) {
        switch (type) {
            case 'B':
                return integer<std::uint8_t, std::int8_t>(node);
            case 'S':
                return integer<std::uint16_t, std::int16_t>(node);
            case 'C':
                return integer<std::uint16_t, std::uint16_t>(node);
            case 'I':
                return integer<std::uint32_t, std::int32_t>(node);
            case 'J':
                return integer<std::uint64_t, std::int64_t>(node);
            case 'F':
                return real<std::uint32_t, float>(node);
            case 'D':
                return real<std::uint64_t, double>(node);
            case 'Z': {
                std::uint8_t byte = 0;
                node.kind = Kind::boolean;
                const bool there = m_in.bigEndian(byte);
                node.text = byte != 0 ? "true" : "false";
                return there;
            }
            case 'L':
            case '[':
                return value(node, depth);
            default:
                return m_in.damaged("a field of no type");
        }
    }
    template <class Bits, class Number>
    bool integer(ValueNode& node) {
        Bits bits = 0;
        node.kind = Kind::number;
        return m_in.bigEndian(bits) && number(node, std::to_string(static_cast<Number>(bits)));
    }
    template <class Bits, class Number>
    bool real(ValueNode& node) {
        Bits bits = 0;
        node.kind = Kind::number;
        return m_in.bigEndian(bits) &&
               number(node, numberText(static_cast<double>(std::bit_cast<Number>(bits))));
    }
    bool number(ValueNode& node, std::string_view text) {
        m_in.setBytes(node, text);
        return !m_in.hasFailed();
    }

    ValueParsing m_in;
    std::vector<Class> m_classes;
    std::vector<Handle> m_handles;
};

}  // namespace

ParsedValue parseJava(std::string_view bytes, const ValueLimits& limits) {
    return Parser(bytes, limits).parse();
}

}  // namespace cachescope::inspect
