// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A pickle is a program for a stack machine. This machine only puts together what would be built:
// names of classes and functions, with their arguments. It looks for none of them and calls
// nothing.

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/inspect/value_parsing.h"

namespace cachescope::inspect {

namespace {

using Kind = ValueNode::Kind;

class Machine {
public:
    Machine(std::string_view bytes, const ValueLimits& limits) : m_in(bytes, limits) {}

    ParsedValue run() {
        while (!m_stopped && step()) {
        }
        std::optional<ValueNode> root;
        if (m_stack.size() == 1 || (m_stopped && !m_stack.empty())) {
            root = std::move(m_stack.back().node);
        } else if (!m_stack.empty()) {
            root.emplace().kind = Kind::list;
            for (Item& item : m_stack) {
                root->children.push_back(std::move(item.node));
            }
        }
        return m_in.end(std::move(root));
    }

private:
    struct Item {
        ValueNode node{};
        unsigned height = 0;  // of the tree
    };

    bool step() {
        std::uint8_t code = 0;
        if (!m_in.bigEndian(code)) {
            return false;
        }
        return code < 0x80 ? oldStep(static_cast<char>(code)) : newStep(code);
    }

    bool oldStep(char code) {
        switch (code) {
            case '.':
                m_stopped = !m_stack.empty();
                return m_stopped || m_in.damaged("nothing to end with");
            case '(':
                m_marks.push_back(m_stack.size());
                // One a byte, and no node: bounded by the input.
                return true;
            case '0':
                return pop();
            case '1':
                return popToMark([](std::vector<Item>&&) { return true; });
            case '2':
                return !m_stack.empty() ? again(m_stack.back().node) : empty();
            case 'N':
                return push(Kind::null, {});
            case 'I':
                return intLine();
            case 'L':
            case 'F':
                return line([&](std::string_view text) {
                    return push(Kind::number,
                                text.ends_with('L') ? text.substr(0, text.size() - 1) : text);
                });
            case 'J':
                return signedNumber<std::uint32_t, std::int32_t>();
            case 'K':
                return unsignedNumber<std::uint8_t>();
            case 'M':
                return unsignedNumber<std::uint16_t>();
            case 'G':
                return real();
            case 'S':
            case 'V':
                return line([&](std::string_view text) { return pushText(unquoted(text)); });
            case 'T':
            case 'X':
                return sized<std::uint32_t>(false);
            case 'U':
                return sized<std::uint8_t>(false);
            case 'B':
                return sized<std::uint32_t>(true);
            case 'C':
                return sized<std::uint8_t>(true);
            case 'P':
                return line([&](std::string_view text) { return persistent(text); });
            case 'Q':
                return wrapTop("persistent");
            default:
                return oldStructure(code);
        }
    }

    bool oldStructure(char code) {
        switch (code) {
            case ']':
                return push(Kind::list, {});
            case '}':
                return push(Kind::map, {});
            case ')':
                return push(Kind::list, "tuple");
            case 'l':
                return collect(Kind::list, {});
            case 't':
                return collect(Kind::list, "tuple");
            case 'd':
                return popToMark([&](std::vector<Item>&& items) {
                    return push(Kind::map, {}) && addPairs(std::move(items));
                });
            case 'a':
                return appendTop();
            case 'e':
                return addMany();
            case 's':
                return addPair();
            case 'u':
                return popToMark([&](std::vector<Item>&& items) {
                    return m_stack.empty() ? empty() : addPairs(std::move(items));
                });
            case 'c':
                return global();
            case 'i':
                return instance();
            case 'o':
                return popToMark([&](std::vector<Item>&& items) {
                    return !items.empty() ? build(std::move(items)) : m_in.damaged("no class");
                });
            case 'R':
                return call(2);
            case 'b':
                return setState();
            case 'g':
                return line([&](std::string_view text) { return get(numberOf(text)); });
            case 'h':
                return indexed<std::uint8_t>(&Machine::get);
            case 'j':
                return indexed<std::uint32_t>(&Machine::get);
            case 'p':
                return line([&](std::string_view text) { return put(numberOf(text)); });
            case 'q':
                return indexed<std::uint8_t>(&Machine::put);
            case 'r':
                return indexed<std::uint32_t>(&Machine::put);
            default:
                return m_in.damaged("no opcode");
        }
    }

    bool newStep(std::uint8_t code) {
        std::string_view ignored;
        switch (code) {
            case 0x80:
                return m_in.take(1, ignored);
            case 0x81:
                return call(2);
            case 0x82:
                return indexed<std::uint8_t>(&Machine::registered);
            case 0x83:
                return indexed<std::uint16_t>(&Machine::registered);
            case 0x84:
                return indexed<std::uint32_t>(&Machine::registered);
            case 0x85:
            case 0x86:
            case 0x87:
                return tuple(code - 0x84U);
            case 0x88:
            case 0x89:
                return push(Kind::boolean, code == 0x88 ? "true" : "false");
            case 0x8a:
                return longNumber<std::uint8_t>();
            case 0x8b:
                return longNumber<std::uint32_t>();
            case 0x8c:
                return sized<std::uint8_t>(false);
            case 0x8d:
                return sized<std::uint64_t>(false);
            case 0x8e:
            case 0x96:
                return sized<std::uint64_t>(true);
            case 0x8f:
                return push(Kind::list, "set");
            case 0x90:
                return addMany();
            case 0x91:
                return collect(Kind::list, "frozenset");
            case 0x92:
                return call(3);
            case 0x93:
                return stackGlobal();
            case 0x94:
                return put(m_memo.size());
            case 0x95:
                return m_in.take(8, ignored);
            case 0x97:
                return push(Kind::reference, "buffer");
            case 0x98:
                return !m_stack.empty() || empty();
            default:
                return m_in.damaged("no opcode");
        }
    }

    bool empty() { return m_in.damaged("nothing on the stack"); }

    template <class Use>
    bool line(Use use) {
        std::string_view text;
        return m_in.takeUntil('\n', text) && use(text);
    }
    template <class Number>
    bool indexed(bool (Machine::*use)(std::uint64_t)) {
        Number number = 0;
        return m_in.littleEndian(number) && (this->*use)(number);
    }
    static std::uint64_t numberOf(std::string_view text) {
        std::uint64_t number = ~std::uint64_t{0};
        std::from_chars(text.data(), text.data() + text.size(), number);
        return number;
    }
    static std::string_view unquoted(std::string_view text) {
        const bool isQuoted = text.size() >= 2 && text.front() == text.back() &&
                              (text.front() == '\'' || text.front() == '"');
        return isQuoted ? text.substr(1, text.size() - 2) : text;
    }

    Item* make() { return m_in.mayAddNode() ? &m_stack.emplace_back() : nullptr; }
    bool push(Kind kind, std::string_view text, unsigned height = 0) {
        Item* const item = make();
        if (item == nullptr) {
            return false;
        }
        m_in.setBytes(item->node, text);
        item->node.kind = kind;
        item->height = height;
        return !m_in.hasFailed();
    }
    bool pushText(std::string_view text) {
        Item* const item = make();
        if (item == nullptr) {
            return false;
        }
        m_in.setText(item->node, text);
        return !m_in.hasFailed();
    }
    bool pop() {
        if (m_stack.empty() || (!m_marks.empty() && m_marks.back() == m_stack.size())) {
            // POP takes a mark as well.
            if (m_marks.empty()) {
                return empty();
            }
            m_marks.pop_back();
            return true;
        }
        m_stack.pop_back();
        return true;
    }

    // Another look at something: a scalar is copied, anything larger is only named, or a few bytes
    // could stand for as much as one likes.
    bool again(const ValueNode& node) {
        const bool isScalar = node.kind != Kind::list && node.kind != Kind::map &&
                              (node.kind != Kind::object || node.children.empty());
        const ValueNode copy{isScalar ? node.kind : Kind::reference,
                             node.isCut,
                             {},
                             isScalar ? node.text : nameOf(node),
                             {}};
        return push(copy.kind, copy.text);
    }
    static std::string nameOf(const ValueNode& node) {
        return !node.text.empty() ? node.text : node.kind == Kind::map ? "dict" : "list";
    }

    bool put(std::uint64_t index) {
        if (m_stack.empty()) {
            return empty();
        }
        if (!m_in.mayAddNode()) {
            return false;
        }
        const ValueNode& node = m_stack.back().node;
        const bool isStructure = node.kind == Kind::list || node.kind == Kind::map ||
                                 (node.kind == Kind::object && !node.children.empty());
        ValueNode& memo = m_memo[index];
        memo = ValueNode{};
        memo.kind = isStructure ? Kind::reference : node.kind;
        m_in.setBytes(memo, isStructure ? nameOf(node) : node.text);
        return !m_in.hasFailed();
    }
    bool get(std::uint64_t index) {
        const auto found = m_memo.find(index);
        if (found == m_memo.end()) {
            return m_in.damaged("nothing was remembered by that number");
        }
        return push(found->second.kind, found->second.text);
    }

    template <class Number>
    bool unsignedNumber() {
        Number number = 0;
        return m_in.littleEndian(number) && push(Kind::number, std::to_string(number));
    }
    template <class Number, class Signed>
    bool signedNumber() {
        Number number = 0;
        return m_in.littleEndian(number) &&
               push(Kind::number, std::to_string(static_cast<Signed>(number)));
    }
    bool real() {
        std::uint64_t bits = 0;
        return m_in.bigEndian(bits) && push(Kind::number, numberText(std::bit_cast<double>(bits)));
    }
    bool intLine() {
        return line([&](std::string_view text) {
            if (text == "00" || text == "01") {
                return push(Kind::boolean, text == "01" ? "true" : "false");
            }
            return push(Kind::number, text);
        });
    }
    // Two's complement of any length, the lowest byte first.
    template <class Number>
    bool longNumber() {
        Number size = 0;
        std::string_view bytes;
        if (!m_in.littleEndian(size) || !m_in.take(size, bytes)) {
            return false;
        }
        if (bytes.size() > sizeof(std::int64_t)) {
            return push(Kind::number, "(" + std::to_string(bytes.size()) + " bytes)");
        }
        std::uint64_t bits = 0;
        for (std::size_t i = bytes.size(); i-- > 0;) {
            bits = bits << 8U | static_cast<unsigned char>(bytes[i]);
        }
        const auto unused = static_cast<unsigned>(64 - 8 * bytes.size());
        const auto number = bytes.empty() ? 0 : static_cast<std::int64_t>(bits << unused) >> unused;
        return push(Kind::number, std::to_string(number));
    }
    template <class Number>
    bool sized(bool isBytes) {
        Number size = 0;
        std::string_view content;
        if (!m_in.littleEndian(size) || !m_in.take(size, content)) {
            return false;
        }
        return isBytes ? push(Kind::bytes, content) : pushText(content);
    }

    bool global() {
        std::string_view module;
        std::string_view name;
        return m_in.takeUntil('\n', module) && m_in.takeUntil('\n', name) &&
               push(Kind::object, std::string{module} + "." + std::string{name});
    }
    bool stackGlobal() {
        if (m_stack.size() < 2) {
            return empty();
        }
        const std::string name = m_stack.back().node.text;
        m_stack.pop_back();
        const std::string module = m_stack.back().node.text;
        m_stack.pop_back();
        return push(Kind::object, module + "." + name);
    }
    bool registered(std::uint64_t number) {
        return push(Kind::object, "extension " + std::to_string(number));
    }
    bool persistent(std::string_view id) { return push(Kind::reference, id); }
    bool wrapTop(std::string_view name) {
        if (m_stack.empty()) {
            return empty();
        }
        Item top = std::move(m_stack.back());
        m_stack.pop_back();
        return push(Kind::object, name) && adopt(m_stack.back(), std::move(top), {});
    }
    bool instance() {
        std::string_view module;
        std::string_view name;
        if (!m_in.takeUntil('\n', module) || !m_in.takeUntil('\n', name)) {
            return false;
        }
        return popToMark([&](std::vector<Item>&& items) {
            return push(Kind::object, std::string{module} + "." + std::string{name}) &&
                   adoptAll(m_stack.back(), std::move(items));
        });
    }
    // A class or function, what it is called with, and perhaps what with by name.
    bool call(std::size_t count) {
        if (m_stack.size() < count) {
            return empty();
        }
        std::vector<Item> items;
        std::move(m_stack.end() - static_cast<std::ptrdiff_t>(count), m_stack.end(),
                  std::back_inserter(items));
        m_stack.resize(m_stack.size() - count);
        return build(std::move(items));
    }
    bool build(std::vector<Item> items) {
        if (!push(Kind::object, items.front().node.text)) {
            return false;
        }
        for (std::size_t i = 1; i < items.size(); ++i) {
            // The tuple of arguments is of no interest, they are.
            if (items[i].node.kind == Kind::list && items[i].node.text == "tuple") {
                for (ValueNode& argument : items[i].node.children) {
                    Item item{std::move(argument), items[i].height == 0 ? 0 : items[i].height - 1};
                    if (!adopt(m_stack.back(), std::move(item), {})) {
                        return false;
                    }
                }
            } else if (!adopt(m_stack.back(), std::move(items[i]), {})) {
                return false;
            }
        }
        return true;
    }
    bool setState() {
        if (m_stack.size() < 2) {
            return empty();
        }
        Item state = std::move(m_stack.back());
        m_stack.pop_back();
        if (state.node.kind != Kind::map) {
            return adopt(m_stack.back(), std::move(state), "state");
        }
        for (ValueNode& field : state.node.children) {
            std::string name = std::move(field.name);
            Item item{std::move(field), state.height == 0 ? 0 : state.height - 1};
            if (!adopt(m_stack.back(), std::move(item), name)) {
                return false;
            }
        }
        return true;
    }

    bool adopt(Item& parent, Item child, std::string_view name) {
        parent.height = std::max(parent.height, child.height + 1);
        if (!m_in.mayGoTo(parent.height)) {
            return false;
        }
        child.node.name.assign(name);
        parent.node.children.push_back(std::move(child.node));
        return true;
    }
    bool adoptAll(Item& parent, std::vector<Item> children) {
        return std::all_of(children.begin(), children.end(),
                           [&](Item& child) { return adopt(parent, std::move(child), {}); });
    }
    template <class Use>
    bool popToMark(Use use) {
        if (m_marks.empty() || m_marks.back() > m_stack.size()) {
            return m_in.damaged("no mark");
        }
        const auto begin = m_stack.begin() + static_cast<std::ptrdiff_t>(m_marks.back());
        std::vector<Item> items;
        std::move(begin, m_stack.end(), std::back_inserter(items));
        m_stack.erase(begin, m_stack.end());
        m_marks.pop_back();
        return use(std::move(items));
    }
    bool collect(Kind kind, std::string_view text) {
        return popToMark([&](std::vector<Item>&& items) {
            return push(kind, text) && adoptAll(m_stack.back(), std::move(items));
        });
    }
    bool tuple(std::size_t count) {
        if (m_stack.size() < count) {
            return empty();
        }
        m_marks.push_back(m_stack.size() - count);
        return collect(Kind::list, "tuple");
    }
    bool appendTop() {
        if (m_stack.size() < 2) {
            return empty();
        }
        Item child = std::move(m_stack.back());
        m_stack.pop_back();
        return adopt(m_stack.back(), std::move(child), {});
    }
    bool addMany() {
        return popToMark([&](std::vector<Item>&& items) {
            return m_stack.empty() ? empty() : adoptAll(m_stack.back(), std::move(items));
        });
    }
    bool addPairTo(Item& map, const Item& key, Item value) {
        return adopt(map, std::move(value),
                     key.node.children.empty() ? key.node.text : briefText(key.node));
    }
    bool addPair() {
        if (m_stack.size() < 3) {
            return empty();
        }
        Item value = std::move(m_stack.back());
        m_stack.pop_back();
        const Item key = std::move(m_stack.back());
        m_stack.pop_back();
        return addPairTo(m_stack.back(), key, std::move(value));
    }
    bool addPairs(std::vector<Item> items) {
        for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
            if (!addPairTo(m_stack.back(), items[i], std::move(items[i + 1]))) {
                return false;
            }
        }
        return items.size() % 2 == 0 || m_in.damaged("a key without a value");
    }

    ValueParsing m_in;
    std::vector<Item> m_stack;
    std::vector<std::size_t> m_marks;
    std::map<std::uint64_t, ValueNode> m_memo;
    bool m_stopped = false;
};

}  // namespace

ParsedValue parsePickle(std::string_view bytes, const ValueLimits& limits) {
    return Machine(bytes, limits).run();
}

}  // namespace cachescope::inspect
