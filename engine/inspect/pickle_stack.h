// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/inspect/value_parsing.h"

namespace cachescope::inspect {

/// The stack of a pickle's machine, and what its opcodes put together on it. For pickle_value.cpp.
///
/// Whatever would be called or made is a node with its name, and its arguments as children. Nothing
/// is ever copied but scalars, since a few bytes could otherwise stand for as much as one likes.
/// False means that the pickle makes no sense, or that a limit was met; the parsing knows which.
/// One thread.
class PickleStack {
public:
    explicit PickleStack(ValueParsing& in) : m_in(in) {}

    using Kind = ValueNode::Kind;
    struct Item {
        ValueNode node{};
        unsigned height = 0;  // of the tree
    };

    /// Always false.
    bool empty() { return m_in.damaged("nothing on the stack"); }
    bool isEmpty() const noexcept { return m_stack.empty(); }
    const ValueNode& top() const { return m_stack.back().node; }

    bool push(Kind kind, std::string_view text);
    bool pushText(std::string_view text);
    bool pop();  ///< the last, or a mark that lies there
    void mark() { m_marks.push_back(m_stack.size()); }
    /// Another look at something: a scalar as it is, anything else by its name.
    bool again(const ValueNode& node);
    bool put(std::uint64_t index);  ///< remembers the last
    bool get(std::uint64_t index);
    std::size_t remembered() const noexcept { return m_memo.size(); }

    /// The last two as a name in a module.
    bool stackGlobal();
    /// The last as the one child of an object.
    bool wrapTop(std::string_view name);
    /// An object of what the first of the last `count` names, with the others as arguments.
    bool call(std::size_t count);
    bool build(std::vector<Item> items);
    bool setState();

    // The same of all down to the last mark, or of the last ones.
    bool collect(Kind kind, std::string_view text);
    bool tuple(std::size_t count);
    bool appendTop();
    bool addMany();
    bool addPair();
    bool addPairs(std::vector<Item> items);
    /// To the last.
    bool adoptAll(std::vector<Item> children);

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

    /// What is left at the end: the last one, or all as a list.
    std::optional<ValueNode> takeResult(bool hasStopped);

private:
    static std::string nameOf(const ValueNode& node);
    Item* make();
    bool adopt(Item& parent, Item child, std::string_view name);
    bool addPairTo(Item& map, const Item& key, Item value);

    ValueParsing& m_in;
    std::vector<Item> m_stack;
    std::vector<std::size_t> m_marks;
    std::map<std::uint64_t, ValueNode> m_memo;
};

}  // namespace cachescope::inspect
