// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/value_reader.h"

#include <algorithm>
#include <utility>

#include "engine/inspect/refusal.h"
#include "engine/inspect/value_page.h"

namespace cachescope::inspect {

namespace {

constexpr std::int64_t kNoSuchKey = -2;

std::optional<Duration> ttlOf(std::int64_t milliseconds) {
    return milliseconds < 0 ? std::nullopt
                            : std::optional<Duration>{std::chrono::milliseconds{milliseconds}};
}

// What an optional answer says; nothing where it may not be asked, or the key has gone meanwhile.
std::optional<std::uint64_t> wholeNumber(const RedisReply& reply) {
    return reply.isInteger() && reply.integer >= 0
               ? std::optional{static_cast<std::uint64_t>(reply.integer)}
               : std::nullopt;
}

}  // namespace

Result<std::vector<RedisReply>> ValueReader::ask(std::vector<RedisCommand> commands,
                                                 const std::stop_token& stop) {
    const TimePoint deadline = deadlineAfter(m_session.clock().now(), m_options.timeout);
    return m_session.ask(std::move(commands), CommandReach::open, RedisPriority::interactive,
                         deadline, stop);
}

Result<ValueHead> ValueReader::head(const std::string& key, const std::stop_token& stop) {
    ValueHead head;
    head.readAt = m_session.clock().now();
    const RedisCommand type{"TYPE", key};
    const RedisCommand ttl{"PTTL", key};
    const auto first =
        ask({type, ttl, {"MEMORY", "USAGE", key, "SAMPLES", std::to_string(kMostSamples)}}, stop);
    if (!first) {
        return first.error();
    }
    const RedisReply& name = (*first)[0];
    if (name.isError()) {
        return refusalOf(type, name);
    }
    head.typeName = name.text;
    head.exists = name.text != "none";
    head.type = valueTypeOf(name.text);
    if ((*first)[1].isInteger()) {
        head.exists = head.exists && (*first)[1].integer != kNoSuchKey;
        head.ttl = ttlOf((*first)[1].integer);
    }
    head.memory = wholeNumber((*first)[2]);
    if (!head.exists) {
        return head;
    }
    std::vector<RedisCommand> further{{"OBJECT", "ENCODING", key}};
    if (head.type != ValueType::other) {
        further.push_back(lengthCommand(head.type, key));
    }
    const auto second = ask(further, stop);
    if (!second) {
        return second.error();
    }
    head.encoding = (*second)[0].isBulk() ? (*second)[0].text : std::string{};
    if (head.type != ValueType::other) {
        const RedisReply& length = (*second)[1];
        if (length.isError() && !isWrongType(length)) {
            return refusalOf(further[1], length);
        }
        head.length = wholeNumber(length).value_or(0);
    }
    return head;
}

Result<std::uint64_t> ValueReader::elementsOfAPage(const ValueHead& head) const {
    if (head.type == ValueType::string) {
        return std::clamp<std::uint64_t>(m_options.stringBytes, 1, kMostBytes);
    }
    const std::uint64_t most = std::clamp<std::uint64_t>(m_options.elements, 1, kMostElements);
    if (!head.memory || head.length == 0) {
        return most;
    }
    const std::uint64_t mean = std::max<std::uint64_t>(*head.memory / head.length, 1);
    if (mean > m_options.largestElement) {
        return Error{ErrorCode::tooLarge, std::to_string(mean)};
    }
    return std::clamp<std::uint64_t>(m_options.pageBytes / mean, 1, most);
}

Result<ValuePage> ValueReader::page(const std::string& key, const ValueHead& head,
                                    const ValuePlace& from, const std::stop_token& stop) {
    if (head.type == ValueType::other) {
        return Error{ErrorCode::unsupported, head.typeName};
    }
    const auto count = elementsOfAPage(head);
    if (!count) {
        return count.error();
    }
    // The type goes along, since a key that is gone and one that is empty there answer the same.
    const std::vector<RedisCommand> commands{
        {"TYPE", key}, lengthCommand(head.type, key), pageCommand(head.type, key, from, *count)};
    auto replies = ask(commands, stop);
    if (!replies) {
        return replies.error();
    }
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if ((*replies)[i].isError() && !isWrongType((*replies)[i])) {
            return refusalOf(commands[i], (*replies)[i]);
        }
    }
    ValuePage page;
    page.typeName = (*replies)[0].text;
    const bool isOther = valueTypeOf(page.typeName) != head.type || (*replies)[1].isError() ||
                         (*replies)[2].isError();
    if (page.typeName == "none" || isOther) {
        page.state =
            page.typeName == "none" ? ValuePage::State::vanished : ValuePage::State::otherType;
        return page;
    }
    page.length = wholeNumber((*replies)[1]).value_or(0);
    if (!readPage(head.type, from, (*replies)[2], page)) {
        return unexpectedReply((*replies)[2], commands[2].front());
    }
    if (head.type == ValueType::hash && !page.elements.empty()) {
        addFieldTimes(key, page, stop);
    }
    return page;
}

// Where the server has times for fields (Redis 7.4, Valkey 9) and lets us ask; the page is good
// without.
void ValueReader::addFieldTimes(const std::string& key, ValuePage& page,
                                const std::stop_token& stop) {
    const std::size_t count = std::min<std::size_t>(page.elements.size(), kMostElements - 4);
    RedisCommand command{"HPTTL", key, "FIELDS", std::to_string(count)};
    for (std::size_t i = 0; i < count; ++i) {
        command.push_back(page.elements[i].name);
    }
    const auto replies = ask({std::move(command)}, stop);
    if (!replies || !replies->front().isArray()) {
        return;
    }
    const auto& times = replies->front().elements;
    for (std::size_t i = 0; i < std::min(times.size(), count); ++i) {
        page.elements[i].ttl = ttlOf(times[i].integer);
    }
}

}  // namespace cachescope::inspect
