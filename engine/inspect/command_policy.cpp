// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/command_policy.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "engine/inspect/command_list.h"

namespace cachescope::inspect {

namespace {

// The name as the list has it, without memory of its own: this is asked for each command of a walk.
class ListedName {
public:
    explicit ListedName(const RedisCommand& command) {
        append(command.front());
        if (hasSubcommands(view()) && command.size() > 1) {
            append("|");
            append(command[1]);
        }
    }
    std::string_view view() const noexcept { return {m_text.data(), m_size}; }

private:
    void append(std::string_view text) {
        for (const char c : text.substr(0, m_text.size() - m_size)) {
            m_text[m_size++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }

    std::array<char, 40> m_text{};
    std::size_t m_size = 0;
};

const ListedCommand* find(std::string_view name) {
    const auto list = listedCommands();
    const auto found = std::lower_bound(
        list.begin(), list.end(), name,
        [](const ListedCommand& each, std::string_view wanted) { return each.name < wanted; });
    return found != list.end() && found->name == name ? &*found : nullptr;
}

LookUps hits(std::uint64_t count) noexcept {
    return {count, 0, 0};
}
LookUps misses(std::uint64_t count) noexcept {
    return {0, count, 0};
}
LookUps oneOf(bool hit) noexcept {
    return hit ? hits(1) : misses(1);
}
LookUps unsure() noexcept {
    return {0, 0, 1};
}

// An error tells how far the server came.
LookUps ofError(const RedisReply& reply) {
    if (isWrongType(reply)) {
        return hits(1);
    }
    if (reply.text.find("no such key") != std::string::npos) {
        return misses(1);
    }
    // OBJECT FREQ and IDLETIME look the key up before they refuse for want of the policy.
    const bool afterLookUp = reply.text.find("maxmemory policy") != std::string::npos;
    return afterLookUp ? hits(1) : LookUps{};
}

bool isEmpty(const RedisReply& reply) {
    switch (reply.type) {
        case RedisReply::Type::nil:
            return true;
        case RedisReply::Type::integer:
            return reply.integer == 0;
        case RedisReply::Type::bulk:
            return reply.text.empty();
        case RedisReply::Type::array:
            return reply.elements.empty();
        default:
            return false;
    }
}

LookUps ofPage(const RedisReply& reply, const RedisCommand* command) {
    const bool isPage = reply.elements.size() == 2;
    if (!isPage || !reply.elements[1].elements.empty() || reply.elements[0].text != "0") {
        return isPage ? hits(1) : unsure();
    }
    // A first page that is the last one too holds something, unless there is no such key or a
    // pattern left everything out.
    const bool all = command != nullptr && (*command)[2] == "0" &&
                     std::none_of(command->begin() + 3, command->end(), [](const auto& word) {
                         return word.size() == 5 && std::toupper(word.front()) == 'M';
                     });
    return all ? misses(1) : unsure();
}

}  // namespace

Result<CommandPass> passOf(const RedisCommand& command) {
    if (command.empty() || command.front().empty()) {
        return Error{ErrorCode::missing, {}, "no command"};
    }
    const ListedName name{command};
    const ListedCommand* const listed = find(name.view());
    if (listed == nullptr) {
        return Error{ErrorCode::noPermission, std::string{name.view()},
                     "not among the commands that inspecting may send"};
    }
    if (listed->check != nullptr) {
        if (const char* const reason = listed->check(command); reason != nullptr) {
            return Error{ErrorCode::noPermission, std::string{listed->name}, reason};
        }
    }
    CommandPass pass;
    pass.reach = listed->reach;
    pass.number = static_cast<std::uint16_t>(listed - listedCommands().data());
    pass.ownConnection = listed->ownConnection;
    if (listed->lookUp == LookUpRule::count) {
        pass.keys = static_cast<std::uint32_t>(command.size() - 1);
    } else if (listed->lookUp != LookUpRule::none) {
        pass.keys = 1;
    }
    return pass;
}

Result<CommandReach> reachOf(const RedisCommand& command) {
    const auto pass = passOf(command);
    return pass ? Result<CommandReach>{pass->reach} : pass.error();
}

std::size_t commandCount() noexcept {
    return listedCommands().size();
}

std::string_view commandName(std::size_t number) noexcept {
    return listedCommands()[number].name;
}

LookUps lookUpsOf(const RedisCommand& command, const RedisReply& reply) {
    const auto pass = passOf(command);
    return pass ? lookUpsOf(*pass, reply, &command) : LookUps{};
}

LookUps lookUpsOf(const CommandPass& pass, const RedisReply& reply, const RedisCommand* command) {
    if (pass.keys == 0) {
        return {};
    }
    if (reply.isError()) {
        return ofError(reply);
    }
    switch (listedCommands()[pass.number].lookUp) {
        case LookUpRule::none:
            break;
        case LookUpRule::count: {
            const auto found = std::min<std::uint64_t>(
                static_cast<std::uint64_t>(std::max<std::int64_t>(reply.integer, 0)), pass.keys);
            return {found, pass.keys - found, 0};
        }
        case LookUpRule::ttl:
            return oneOf(reply.integer != -2);
        case LookUpRule::type:
            return oneOf(reply.text != "none");
        case LookUpRule::object:
            return oneOf(!reply.isNil());
        case LookUpRule::zeroIsMiss:
            return oneOf(reply.integer != 0);
        case LookUpRule::emptyUnsure:
            return isEmpty(reply) ? unsure() : hits(1);
        case LookUpRule::page:
            return ofPage(reply, command);
    }
    return {};
}

std::string missingRule(const RedisCommand& command, const RedisReply& reply) {
    if (!reply.isError() || redisErrorCode(reply.text) != ErrorCode::noPermission ||
        command.empty()) {
        return {};
    }
    const auto says = [&](const char* what) { return reply.text.find(what) != std::string::npos; };
    if (says("access") && says("channel")) {
        return "&*";
    }
    if (says("access") && says(" key")) {
        return "~*";
    }
    return "+" + std::string{ListedName{command}.view()};
}

}  // namespace cachescope::inspect
