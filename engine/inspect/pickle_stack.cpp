// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/pickle_stack.h"

#include <algorithm>

namespace cachescope::inspect {

PickleStack::Item* PickleStack::make() {
    return m_in.mayAddNode() ? &m_stack.emplace_back() : nullptr;
}

bool PickleStack::push(Kind kind, std::string_view text) {
    Item* const item = make();
    if (item == nullptr) {
        return false;
    }
    m_in.setBytes(item->node, text);
    item->node.kind = kind;
    return !m_in.hasFailed();
}

bool PickleStack::pushText(std::string_view text) {
    Item* const item = make();
    if (item == nullptr) {
        return false;
    }
    m_in.setText(item->node, text);
    return !m_in.hasFailed();
}

bool PickleStack::pop() {
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
bool PickleStack::again(const ValueNode& node) {
    const bool isScalar = node.kind != Kind::list && node.kind != Kind::map &&
                          (node.kind != Kind::object || node.children.empty());
    const ValueNode copy{isScalar ? node.kind : Kind::reference,
                         node.isCut,
                         {},
                         isScalar ? node.text : nameOf(node),
                         {}};
    return push(copy.kind, copy.text);
}

std::string PickleStack::nameOf(const ValueNode& node) {
    return !node.text.empty() ? node.text : node.kind == Kind::map ? "dict" : "list";
}

bool PickleStack::put(std::uint64_t index) {
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

bool PickleStack::get(std::uint64_t index) {
    const auto found = m_memo.find(index);
    if (found == m_memo.end()) {
        return m_in.damaged("nothing was remembered by that number");
    }
    return push(found->second.kind, found->second.text);
}

bool PickleStack::stackGlobal() {
    if (m_stack.size() < 2) {
        return empty();
    }
    const std::string name = m_stack.back().node.text;
    m_stack.pop_back();
    const std::string module = m_stack.back().node.text;
    m_stack.pop_back();
    return push(Kind::object, module + "." + name);
}

bool PickleStack::wrapTop(std::string_view name) {
    if (m_stack.empty()) {
        return empty();
    }
    Item top = std::move(m_stack.back());
    m_stack.pop_back();
    return push(Kind::object, name) && adopt(m_stack.back(), std::move(top), {});
}

// A class or function, what it is called with, and perhaps what with by name.
bool PickleStack::call(std::size_t count) {
    if (m_stack.size() < count) {
        return empty();
    }
    std::vector<Item> items;
    std::move(m_stack.end() - static_cast<std::ptrdiff_t>(count), m_stack.end(),
              std::back_inserter(items));
    m_stack.resize(m_stack.size() - count);
    return build(std::move(items));
}

bool PickleStack::build(std::vector<Item> items) {
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

bool PickleStack::setState() {
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

bool PickleStack::adopt(Item& parent, Item child, std::string_view name) {
    parent.height = std::max(parent.height, child.height + 1);
    if (!m_in.mayGoTo(parent.height)) {
        return false;
    }
    child.node.name.assign(name);
    parent.node.children.push_back(std::move(child.node));
    return true;
}

bool PickleStack::adoptAll(std::vector<Item> children) {
    return std::all_of(children.begin(), children.end(),
                       [&](Item& child) { return adopt(m_stack.back(), std::move(child), {}); });
}

bool PickleStack::collect(Kind kind, std::string_view text) {
    return popToMark(
        [&](std::vector<Item>&& items) { return push(kind, text) && adoptAll(std::move(items)); });
}

bool PickleStack::tuple(std::size_t count) {
    if (m_stack.size() < count) {
        return empty();
    }
    m_marks.push_back(m_stack.size() - count);
    return collect(Kind::list, "tuple");
}

bool PickleStack::appendTop() {
    if (m_stack.size() < 2) {
        return empty();
    }
    Item child = std::move(m_stack.back());
    m_stack.pop_back();
    return adopt(m_stack.back(), std::move(child), {});
}

bool PickleStack::addMany() {
    return popToMark([&](std::vector<Item>&& items) {
        return m_stack.empty() ? empty() : adoptAll(std::move(items));
    });
}

bool PickleStack::addPairTo(Item& map, const Item& key, Item value) {
    return adopt(map, std::move(value),
                 key.node.children.empty() ? key.node.text : briefText(key.node));
}

bool PickleStack::addPair() {
    if (m_stack.size() < 3) {
        return empty();
    }
    Item value = std::move(m_stack.back());
    m_stack.pop_back();
    const Item key = std::move(m_stack.back());
    m_stack.pop_back();
    return addPairTo(m_stack.back(), key, std::move(value));
}

bool PickleStack::addPairs(std::vector<Item> items) {
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        if (!addPairTo(m_stack.back(), items[i], std::move(items[i + 1]))) {
            return false;
        }
    }
    return items.size() % 2 == 0 || m_in.damaged("a key without a value");
}

std::optional<ValueNode> PickleStack::takeResult(bool hasStopped) {
    if (m_stack.empty()) {
        return std::nullopt;
    }
    if (m_stack.size() == 1 || hasStopped) {
        return std::move(m_stack.back().node);
    }
    ValueNode all;
    all.kind = Kind::list;
    for (Item& item : m_stack) {
        all.children.push_back(std::move(item.node));
    }
    return all;
}

}  // namespace cachescope::inspect
