// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// JSON, by the parser's events: it keeps its own stack, so that nothing here is as deep as the
// input.

#include <nlohmann/json.hpp>

#include "engine/inspect/value_parsing.h"

namespace cachescope::inspect {

namespace {

using Json = nlohmann::json;

// Builds the tree from events; each that returns false ends the parsing.
class Handler final : public nlohmann::json_sax<Json> {
public:
    explicit Handler(ValueParsing& parsing) : m_parsing(parsing) {}

    bool null() override { return add(ValueNode::Kind::null, {}); }
    bool boolean(bool value) override {
        return add(ValueNode::Kind::boolean, value ? "true" : "false");
    }
    bool number_integer(number_integer_t value) override {
        return add(ValueNode::Kind::number, std::to_string(value));
    }
    bool number_unsigned(number_unsigned_t value) override {
        return add(ValueNode::Kind::number, std::to_string(value));
    }
    // As it was written: a double may not hold all of its digits.
    bool number_float(number_float_t, const string_t& written) override {
        return add(ValueNode::Kind::number, written);
    }
    bool string(string_t& value) override { return add(ValueNode::Kind::text, value); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(ValueNode::Kind::map); }
    bool key(string_t& name) override {
        m_name = name;
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(ValueNode::Kind::list); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t at, const std::string& last, const Json::exception&) override {
        m_errorAt = at;
        m_near = last;
        return false;
    }

    std::optional<ValueNode>& root() noexcept { return m_root; }
    std::optional<std::size_t> errorAt() const noexcept { return m_errorAt; }
    const std::string& near() const noexcept { return m_near; }

private:
    ValueNode* put(ValueNode::Kind kind) {
        if (!m_parsing.mayAddNode() || !m_parsing.mayGoTo(static_cast<unsigned>(m_open.size()))) {
            return nullptr;
        }
        if (m_open.empty()) {
            m_root.emplace();
            m_root->kind = kind;
            return &*m_root;
        }
        // The list may move here; m_open holds those above it, which do not.
        ValueNode& node = m_open.back()->children.emplace_back();
        node.kind = kind;
        if (m_open.back()->kind == ValueNode::Kind::map) {
            m_parsing.setName(node, m_name);
        }
        return &node;
    }
    bool add(ValueNode::Kind kind, std::string_view text) {
        ValueNode* const node = put(kind);
        if (node == nullptr) {
            return false;
        }
        m_parsing.setBytes(*node, text);
        return !m_parsing.hasFailed();
    }
    bool open(ValueNode::Kind kind) {
        ValueNode* const node = put(kind);
        if (node == nullptr) {
            return false;
        }
        m_open.push_back(node);
        return true;
    }
    bool close() {
        m_open.pop_back();
        return true;
    }

    ValueParsing& m_parsing;
    std::optional<ValueNode> m_root;
    std::vector<ValueNode*> m_open;
    std::string m_name;
    std::optional<std::size_t> m_errorAt;
    std::string m_near;
};

}  // namespace

ParsedValue parseJson(std::string_view bytes, const ValueLimits& limits) {
    ValueParsing parsing(bytes, limits);
    Handler handler(parsing);
    const bool isWhole = Json::sax_parse(bytes.begin(), bytes.end(), &handler);
    ParsedValue parsed = parsing.end(std::move(handler.root()));
    parsed.consumed = isWhole ? bytes.size() : 0;
    if (!isWhole && !parsed.trouble) {
        const std::size_t at = handler.errorAt().value_or(bytes.size());
        parsed.ranOut = at > bytes.size();
        parsed.trouble =
            Error{ErrorCode::damaged, "byte " + std::to_string(std::min(at, bytes.size())),
                  parsed.ranOut ? "the bytes end too early" : "unexpected: " + handler.near()};
    }
    return parsed;
}

}  // namespace cachescope::inspect
