// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/command_policy.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "engine/inspect/command_list.h"

namespace cachescope::inspect {

namespace {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The name as the list would have it, for commands that are not on it too; of long ones the start.
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
            m_text[m_size++] = lower(c);
        }
    }

    std::array<char, 40> m_text{};
    std::size_t m_size = 0;
};

// The list by first letter and length, because a walk asks for every one of its commands.
class ListIndex {
public:
    ListIndex() {
        const auto list = listedCommands();
        for (std::size_t i = 0; i < list.size(); ++i) {
            m_places[placeOf(list[i].name.front(), list[i].name.size())].push_back(
                static_cast<std::uint16_t>(i));
        }
    }

    const ListedCommand* find(const RedisCommand& command) const {
        const std::string& first = command.front();
        if (const auto* found = findIn(first, {}, first.size())) {
            return found;
        }
        return command.size() > 1 ? findIn(first, command[1], first.size() + 1 + command[1].size())
                                  : nullptr;
    }

private:
    static constexpr std::size_t kPlaces = 256;

    static std::size_t placeOf(char first, std::size_t length) noexcept {
        return (std::size_t{static_cast<unsigned char>(lower(first))} * 8 + length) % kPlaces;
    }

    static bool isSame(std::string_view word, std::string_view name) noexcept {
        for (std::size_t i = 0; i < name.size(); ++i) {
            if (lower(word[i]) != name[i]) {
                return false;
            }
        }
        return true;
    }

    // `length` is that of both words and the bar between them.
    const ListedCommand* findIn(std::string_view first, std::string_view second,
                                std::size_t length) const {
        for (const std::uint16_t i : m_places[placeOf(first.front(), length)]) {
            const ListedCommand& each = listedCommands()[i];
            if (each.name.size() != length || !isSame(first, each.name.substr(0, first.size()))) {
                continue;
            }
            // Written as one word, a name with a bar is no command of a server.
            const bool isWhole = first.size() == length;
            const bool same = isWhole ? each.name.find('|') == std::string_view::npos
                                      : each.name[first.size()] == '|' &&
                                            isSame(second, each.name.substr(first.size() + 1));
            if (same) {
                return &each;
            }
        }
        return nullptr;
    }

    std::array<std::vector<std::uint16_t>, kPlaces> m_places;
};

const ListedCommand* find(const RedisCommand& command) {
    static const ListIndex index;
    return index.find(command);
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
    const ListedCommand* const listed = find(command);
    if (listed == nullptr) {
        return Error{ErrorCode::noPermission, std::string{ListedName{command}.view()},
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
