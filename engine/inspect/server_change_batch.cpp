// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What is asked about the keys of one round trip, and what their replies mean.

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/inspect/refusal.h"
#include "engine/inspect/server_change.h"

namespace cachescope::inspect {

namespace {

using Kind = KeyChange::Kind;

constexpr std::size_t kMostReasons = 8;
constexpr std::int64_t kGone = -2;
// A deadline by PTTL is one of the server's milliseconds off, or some.
constexpr std::int64_t kAboutTheSame = 100;

// From -1 to 1, by the name and the seed alone, so that a second run moves a key the same way.
double chanceOf(std::string_view name, std::uint64_t seed) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325ULL ^ seed;
    for (const char byte : name) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
    }
    hash ^= hash >> 30;
    hash *= 0xbf58476d1ce4e5b9ULL;
    hash ^= hash >> 27;
    hash *= 0x94d049bb133111ebULL;
    hash ^= hash >> 31;
    return static_cast<double>(hash >> 11) / static_cast<double>(1ULL << 52) - 1.0;
}

std::string_view firstWord(std::string_view text) noexcept {
    return text.substr(0, text.find(' '));
}

}  // namespace

Result<void> ServerChange::removeAll() {
    m_commands.clear();
    for (Item& item : m_items) {
        m_commands.push_back(writing(item));
    }
    const std::vector<bool> wasSent = markSent();
    const auto replies = ask();
    if (!replies) {
        return replies.error();
    }
    Result<void> fatal;
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        Item& item = m_items[i];
        const RedisReply& reply = (*replies)[i];
        item.open = false;
        if (reply.isError()) {
            refuse(m_commands[i], reply, fatal);
        } else if (reply.integer > 0) {
            ++m_progress.done;
            m_changed.push_back({item.target, kKeyRemoved});
        } else {
            // Of one that was asked for before, nobody knows who removed it.
            ++(wasSent[i] ? m_progress.unsure : m_progress.gone);
            m_changed.push_back({item.target, kKeyGone});
        }
    }
    return fatal;
}

std::vector<bool> ServerChange::markSent() {
    std::vector<bool> before;
    before.reserve(m_items.size());
    for (Item& item : m_items) {
        before.push_back(item.sent);
        item.sent = true;
    }
    return before;
}

// What is to be set depends on what is there, where TTLs are spread or brought back.
Result<void> ServerChange::readDeadlines() {
    m_commands.clear();
    std::vector<Item*> asked;
    for (Item& item : m_items) {
        if (!item.sent) {
            m_commands.push_back(reading(item));
            asked.push_back(&item);
        }
    }
    if (asked.empty()) {
        return {};
    }
    const auto replies = ask();
    if (!replies) {
        return replies.error();
    }
    Result<void> fatal;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        Item& item = *asked[i];
        const RedisReply& reply = (*replies)[i];
        if (reply.isError()) {
            item.open = false;
            refuse(m_commands[i], reply, fatal);
        } else if (reply.integer == kGone) {
            item.open = false;
            ++m_progress.gone;
            m_changed.push_back({item.target, kKeyGone});
        } else if (!plan(item, deadlineIn(reply))) {
            item.open = false;
            ++m_progress.left;
            m_changed.push_back({item.target, deadlineIn(reply)});
        }
    }
    std::erase_if(m_items, [](const Item& item) { return !item.open; });
    return fatal;
}

// What a key with this deadline is to get; false where it is to be left as it is.
bool ServerChange::plan(Item& item, std::int64_t present) const {
    const std::int64_t now = serverNow();
    if (m_task.undo != nullptr) {
        return isSame(present, item.before) && item.after > now;
    }
    if (present == kNoExpiry || present <= now) {
        return false;
    }
    const auto remaining = static_cast<double>(present - now);
    const double moved = remaining * m_task.change.part * chanceOf(item.name, m_task.change.seed);
    item.before = present;
    item.after = std::max(present + static_cast<std::int64_t>(moved), now + 1);
    return true;
}

Result<void> ServerChange::setDeadlines() {
    const bool depends = m_task.undo != nullptr || m_task.change.kind == Kind::spread;
    if (depends) {
        if (auto read = readDeadlines(); !read) {
            return read;
        }
        if (m_items.empty()) {
            return {};
        }
    }
    m_commands.clear();
    for (Item& item : m_items) {
        // One that was asked for before gets the same deadline again.
        if (!depends && !item.sent) {
            item.after = m_task.change.kind == Kind::persist
                             ? kNoExpiry
                             : serverNow() + m_task.change.ttl / std::chrono::milliseconds{1};
        }
        m_commands.push_back(reading(item));
        m_commands.push_back(writing(item));
    }
    const std::vector<bool> wasSent = markSent();
    const auto replies = ask();
    if (!replies) {
        return replies.error();
    }
    Result<void> fatal;
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        m_items[i].open = false;
        if ((*replies)[2 * i + 1].isError()) {
            refuse(m_commands[2 * i + 1], (*replies)[2 * i + 1], fatal);
        } else {
            settle(m_items[i], (*replies)[2 * i], (*replies)[2 * i + 1], wasSent[i]);
        }
    }
    return fatal;
}

void ServerChange::settle(const Item& item, const RedisReply& read, const RedisReply& written,
                          bool wasSent) {
    const bool isRead = read.isInteger();
    const bool removesTtl = item.after == kNoExpiry;
    if (written.integer == 0) {
        const bool isThere = removesTtl && isRead && read.integer != kGone;
        ++(!isThere ? m_progress.gone : wasSent ? m_progress.unsure : m_progress.left);
        if (isThere) {
            m_changed.push_back({item.target, kNoExpiry});
        } else if (isRead || !removesTtl) {
            m_changed.push_back({item.target, kKeyGone});
        }
        return;
    }
    ++m_progress.done;
    m_changed.push_back({item.target, item.after});
    if (m_task.undo != nullptr || !isRead) {
        return;
    }
    std::int64_t before = deadlineIn(read);
    if (wasSent && isSame(before, item.after)) {
        // Our own of the first attempt. What was before that is known where it was read by itself.
        before = m_task.change.kind == Kind::spread ? item.before : item.after;
    }
    if (before != item.after) {
        m_formers.push_back({item.target, before, item.after});
    }
}

RedisCommand ServerChange::reading(const Item& item) const {
    return {m_readsAbsolute ? "PEXPIRETIME" : "PTTL", item.name};
}

RedisCommand ServerChange::writing(const Item& item) const {
    if (m_task.change.kind == Kind::remove) {
        return {"UNLINK", item.name};
    }
    if (item.after == kNoExpiry) {
        return {"PERSIST", item.name};
    }
    return {"PEXPIREAT", item.name, std::to_string(item.after)};
}

std::int64_t ServerChange::deadlineIn(const RedisReply& reply) const {
    if (reply.integer < 0) {
        return kNoExpiry;
    }
    return reply.integer + (m_readsAbsolute ? 0 : m_serverTime);
}

bool ServerChange::isSame(std::int64_t one, std::int64_t other) const {
    if (one == kNoExpiry || other == kNoExpiry || m_readsAbsolute) {
        return one == other;
    }
    return std::abs(one - other) <= kAboutTheSame;
}

// What will be refused for every other key as well ends the run.
void ServerChange::refuse(const RedisCommand& command, const RedisReply& reply,
                          Result<void>& fatal) {
    ++m_progress.failed;
    Error error = refusalOf(command, reply);
    const bool isOfTheKey = error.subject() == "~*";
    const bool isForAll = (error.code() == ErrorCode::noPermission && !isOfTheKey) ||
                          error.code() == ErrorCode::readOnly ||
                          error.code() == ErrorCode::unsupported;
    if (isForAll && fatal) {
        fatal = error;
    }
    auto& reasons = m_progress.reasons;
    const auto known =
        std::find_if(reasons.begin(), reasons.end(), [&](const ChangeProgress::Reason& reason) {
            return reason.error.code() == error.code() &&
                   firstWord(reason.error.detail()) == firstWord(error.detail());
        });
    if (known != reasons.end()) {
        ++known->keys;
    } else if (reasons.size() < kMostReasons) {
        reasons.push_back({std::move(error), 1});
    }
}

}  // namespace cachescope::inspect
