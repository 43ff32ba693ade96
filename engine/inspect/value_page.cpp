// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/value_page.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

namespace cachescope::inspect {

namespace {

struct TypeName {
    ValueType type;
    std::string_view name;
    std::string_view length;
};
constexpr std::array kTypes{
    TypeName{ValueType::string, "string", "STRLEN"}, TypeName{ValueType::hash, "hash", "HLEN"},
    TypeName{ValueType::list, "list", "LLEN"},       TypeName{ValueType::set, "set", "SCARD"},
    TypeName{ValueType::sortedSet, "zset", "ZCARD"}, TypeName{ValueType::stream, "stream", "XLEN"}};

// The id right after one, which servers before 6.2 cannot be asked to leave out.
std::string idAfter(const std::string& id) {
    const std::size_t dash = id.find('-');
    std::uint64_t sequence = 0;
    std::uint64_t milliseconds = 0;
    const char* const end = id.data() + id.size();
    if (dash == std::string::npos ||
        std::from_chars(id.data(), id.data() + dash, milliseconds).ec != std::errc{} ||
        std::from_chars(id.data() + dash + 1, end, sequence).ec != std::errc{}) {
        return "+";
    }
    if (sequence == std::numeric_limits<std::uint64_t>::max()) {
        return std::to_string(milliseconds + 1) + "-0";
    }
    return std::to_string(milliseconds) + "-" + std::to_string(sequence + 1);
}

std::vector<ValueElement> values(std::vector<RedisReply>& replies) {
    std::vector<ValueElement> elements;
    elements.reserve(replies.size());
    for (RedisReply& reply : replies) {
        elements.emplace_back().value = std::move(reply.text);
    }
    return elements;
}

std::vector<ValueElement> pairs(std::vector<RedisReply>& replies) {
    std::vector<ValueElement> elements;
    elements.reserve(replies.size() / 2);
    for (std::size_t i = 0; i + 1 < replies.size(); i += 2) {
        ValueElement& element = elements.emplace_back();
        element.name = std::move(replies[i].text);
        element.value = std::move(replies[i + 1].text);
    }
    return elements;
}

void goOnAt(ValuePage& page, std::uint64_t index) {
    if (index < page.length) {
        page.next = ValuePlace{index, {}};
    }
}

bool readScan(ValueType type, RedisReply& reply, ValuePage& page) {
    if (!reply.isArray() || reply.elements.size() != 2 || !reply.elements[1].isArray()) {
        return false;
    }
    std::vector<RedisReply>& found = reply.elements[1].elements;
    page.elements = type == ValueType::hash ? pairs(found) : values(found);
    if (std::string& cursor = reply.elements[0].text; cursor != "0") {
        page.next = ValuePlace{0, std::move(cursor)};
    }
    return true;
}

bool readStream(RedisReply& reply, ValuePage& page) {
    if (!reply.isArray()) {
        return false;
    }
    for (RedisReply& entry : reply.elements) {
        if (!entry.isArray() || entry.elements.size() != 2) {
            return false;
        }
        ValueElement& element = page.elements.emplace_back();
        element.name = std::move(entry.elements[0].text);
        for (ValueElement& field : pairs(entry.elements[1].elements)) {
            element.fields.emplace_back(std::move(field.name), std::move(field.value));
        }
    }
    // How many come before is not known: a page that is not full is followed by an empty one.
    if (!page.elements.empty() && page.elements.size() < page.length) {
        page.next = ValuePlace{0, idAfter(page.elements.back().name)};
    }
    return true;
}

}  // namespace

ValueType valueTypeOf(const std::string& typeName) noexcept {
    for (const TypeName& each : kTypes) {
        if (each.name == typeName) {
            return each.type;
        }
    }
    return ValueType::other;
}

RedisCommand lengthCommand(ValueType type, const std::string& key) {
    for (const TypeName& each : kTypes) {
        if (each.type == type) {
            return {std::string{each.length}, key};
        }
    }
    return {};
}

RedisCommand pageCommand(ValueType type, const std::string& key, const ValuePlace& from,
                         std::uint64_t count) {
    const std::string first = std::to_string(from.index);
    const std::string last = std::to_string(from.index + count - 1);
    const std::string cursor = from.cursor.empty() ? "0" : from.cursor;
    switch (type) {
        case ValueType::string:
            return {"GETRANGE", key, first, last};
        case ValueType::hash:
            return {"HSCAN", key, cursor, "COUNT", std::to_string(count)};
        case ValueType::set:
            return {"SSCAN", key, cursor, "COUNT", std::to_string(count)};
        case ValueType::list:
            return {"LRANGE", key, first, last};
        case ValueType::sortedSet:
            return {"ZRANGE", key, first, last, "WITHSCORES"};
        case ValueType::stream:
            return {"XRANGE", key,     from.cursor.empty() ? "-" : from.cursor,
                    "+",      "COUNT", std::to_string(count)};
        case ValueType::other:
            break;
    }
    return {};
}

bool readPage(ValueType type, const ValuePlace& from, RedisReply reply, ValuePage& page) {
    switch (type) {
        case ValueType::string:
            if (!reply.isBulk()) {
                return false;
            }
            page.bytes = std::move(reply.text);
            goOnAt(page, from.index + page.bytes.size());
            return true;
        case ValueType::list:
        case ValueType::sortedSet:
            if (!reply.isArray()) {
                return false;
            }
            page.elements =
                type == ValueType::list ? values(reply.elements) : pairs(reply.elements);
            if (!page.elements.empty()) {
                goOnAt(page, from.index + page.elements.size());
            }
            return true;
        case ValueType::hash:
        case ValueType::set:
            return readScan(type, reply, page);
        case ValueType::stream:
            return readStream(reply, page);
        case ValueType::other:
            break;
    }
    return false;
}

}  // namespace cachescope::inspect
