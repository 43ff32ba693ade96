// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/server_panels.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "engine/inspect/refusal.h"

namespace cachescope::inspect {

namespace {

template <class Number>
Number numberIn(std::string_view text) noexcept {
    Number number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

Duration secondsIn(std::string_view text) noexcept {
    // More than a century is no time that a connection can be open.
    constexpr std::int64_t kMost = std::int64_t{100} * 366 * 24 * 3600;
    return std::chrono::seconds{std::clamp<std::int64_t>(numberIn<std::int64_t>(text), 0, kMost)};
}

void set(ClientEntry& client, std::string_view name, std::string_view value) {
    if (name == "id") {
        client.id = numberIn<std::uint64_t>(value);
    } else if (name == "addr") {
        client.address = value;
    } else if (name == "name") {
        client.name = value;
    } else if (name == "user") {
        client.user = value;
    } else if (name == "flags") {
        client.flags = value;
    } else if (name == "cmd") {
        client.lastCommand = value;
    } else if (name == "lib-name") {
        client.library = value;
    } else if (name == "db") {
        client.database = numberIn<int>(value);
    } else if (name == "resp") {
        client.protocol = numberIn<int>(value);
    } else if (name == "age") {
        client.age = secondsIn(value);
    } else if (name == "idle") {
        client.idle = secondsIn(value);
    } else if (name == "sub" || name == "psub" || name == "ssub") {
        client.subscriptions += numberIn<std::uint64_t>(value);
    } else if (name == "tot-mem") {
        client.memory = numberIn<std::uint64_t>(value);
    } else if (name == "omem") {
        client.outputMemory = numberIn<std::uint64_t>(value);
    }
}

constexpr std::int64_t kLongestSpan = std::numeric_limits<std::int64_t>::max() / 2'000'000'000;

}  // namespace

std::vector<SlowCommand> slowCommandsIn(const RedisReply& reply) {
    std::vector<SlowCommand> slow;
    for (const RedisReply& entry : reply.elements) {
        if (entry.elements.size() < 4) {
            continue;
        }
        SlowCommand& command = slow.emplace_back();
        command.id = entry.elements[0].integer;
        command.at = TimePoint{std::chrono::seconds{
            std::clamp<std::int64_t>(entry.elements[1].integer, 0, kLongestSpan)}};
        command.took = std::chrono::microseconds{
            std::clamp<std::int64_t>(entry.elements[2].integer, 0, kLongestSpan)};
        for (const RedisReply& word : entry.elements[3].elements) {
            command.words.push_back(word.text);
        }
        if (entry.elements.size() >= 6) {
            command.client = entry.elements[4].text;
            command.clientName = entry.elements[5].text;
        }
    }
    return slow;
}

std::vector<ClientEntry> clientsIn(std::string_view list, std::uint64_t ours) {
    std::vector<ClientEntry> clients;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find('\n'), list.size());
        std::string_view line = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        ClientEntry client;
        while (!line.empty()) {
            const std::size_t space = std::min(line.find_first_of(" \r"), line.size());
            const std::string_view word = line.substr(0, space);
            line.remove_prefix(std::min(space + 1, line.size()));
            if (const std::size_t sign = word.find('='); sign != std::string_view::npos) {
                set(client, word.substr(0, sign), word.substr(sign + 1));
            }
        }
        if (client.id != 0) {
            client.isOurs = client.id == ours;
            clients.push_back(std::move(client));
        }
    }
    return clients;
}

Result<std::vector<SlowCommand>> readSlowLog(GuardedSession& session, std::size_t most,
                                             Duration timeout, const std::stop_token& stop) {
    const RedisCommand command{"SLOWLOG", "GET",
                               std::to_string(std::min<std::size_t>(most, kMostLogEntries))};
    const auto replies = session.ask({command}, CommandReach::observe, RedisPriority::interactive,
                                     deadlineAfter(session.clock().now(), timeout), stop);
    if (!replies) {
        return replies.error();
    }
    if (!replies->front().isArray()) {
        return refusalOf(command, replies->front());
    }
    return slowCommandsIn(replies->front());
}

Result<std::vector<ClientEntry>> readClients(GuardedSession& session, Duration timeout,
                                             const std::stop_token& stop) {
    const RedisCommand command{"CLIENT", "LIST"};
    const auto replies =
        session.ask({{"CLIENT", "ID"}, command}, CommandReach::observe, RedisPriority::interactive,
                    deadlineAfter(session.clock().now(), timeout), stop);
    if (!replies) {
        return replies.error();
    }
    const RedisReply& id = (*replies)[0];
    const RedisReply& list = (*replies)[1];
    if (!list.isBulk()) {
        return refusalOf(command, list);
    }
    return clientsIn(list.text,
                     id.isInteger() ? static_cast<std::uint64_t>(id.integer) : std::uint64_t{0});
}

}  // namespace cachescope::inspect
