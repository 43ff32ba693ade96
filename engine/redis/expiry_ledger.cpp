// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/expiry_ledger.h"

#include "engine/core/hash.h"

namespace cachescope {

std::size_t ExpiryLedger::Hash::operator()(std::string_view key) const noexcept {
    return static_cast<std::size_t>(hash64(key));
}

std::optional<ExpiryLedger::Known> ExpiryLedger::find(std::string_view key) const {
    const std::lock_guard lock(m_mutex);
    const auto node = m_nodes.find(key);
    return node == m_nodes.end() ? std::nullopt : std::optional{node->second.known};
}

std::optional<ExpiryLedger::Known> ExpiryLedger::record(std::string_view key, TimePoint created,
                                                        TimePoint expires, std::uint64_t bytes) {
    const std::lock_guard lock(m_mutex);
    const Known fresh{created, expires, bytes, m_nextStamp++, false};
    const auto node = m_nodes.find(key);
    if (node == m_nodes.end()) {
        insert(key, fresh);
        return std::nullopt;
    }
    const Known old = std::exchange(node->second.known, fresh);
    m_bytes = m_bytes - old.bytes + bytes;
    forgetDeadline(node->second);
    setDeadline(node);
    return old;
}

std::optional<ExpiryLedger::Known> ExpiryLedger::take(std::string_view key) {
    const std::lock_guard lock(m_mutex);
    const auto node = m_nodes.find(key);
    return node == m_nodes.end() ? std::nullopt : std::optional{remove(node)};
}

std::optional<ExpiryLedger::Known> ExpiryLedger::takeIf(std::string_view key, std::uint64_t stamp) {
    const std::lock_guard lock(m_mutex);
    const auto node = m_nodes.find(key);
    if (node == m_nodes.end() || node->second.known.stamp != stamp) {
        return std::nullopt;
    }
    return remove(node);
}

void ExpiryLedger::restore(std::string_view key, const Known& known) {
    const std::lock_guard lock(m_mutex);
    if (m_nodes.find(key) == m_nodes.end()) {
        insert(key, known);
    }
}

void ExpiryLedger::adopt(std::string_view key, std::uint64_t stamp, TimePoint created,
                         TimePoint expires) {
    const std::lock_guard lock(m_mutex);
    const auto node = m_nodes.find(key);
    if (node != m_nodes.end() && node->second.known.stamp == stamp) {
        setTimes(node, created, expires);
    }
}

void ExpiryLedger::move(std::string_view key, TimePoint created, TimePoint expires) {
    const std::lock_guard lock(m_mutex);
    const auto node = m_nodes.find(key);
    if (node != m_nodes.end()) {
        node->second.known.stamp = m_nextStamp++;
        setTimes(node, created, expires);
    }
}

void ExpiryLedger::setTimes(Nodes::iterator node, TimePoint created, TimePoint expires) {
    node->second.known.created = created;
    node->second.known.expires = expires;
    node->second.known.reported = false;
    forgetDeadline(node->second);
    setDeadline(node);
}

bool ExpiryLedger::markReported(std::string_view key, std::uint64_t stamp) {
    const std::lock_guard lock(m_mutex);
    const auto node = m_nodes.find(key);
    if (node == m_nodes.end() || node->second.known.stamp != stamp) {
        return false;
    }
    return !std::exchange(node->second.known.reported, true);
}

bool ExpiryLedger::anyDue(TimePoint now) const {
    const std::lock_guard lock(m_mutex);
    return !m_deadlines.empty() && m_deadlines.begin()->first < now;
}

std::vector<ExpiryLedger::Item> ExpiryLedger::takeDue(TimePoint now, std::size_t limit) {
    const std::lock_guard lock(m_mutex);
    std::vector<Item> due;
    while (due.size() < limit && !m_deadlines.empty() && m_deadlines.begin()->first < now) {
        const auto node = m_nodes.find(m_deadlines.begin()->second);
        std::string key = node->first;
        due.emplace_back(std::move(key), remove(node));
    }
    return due;
}

std::uint64_t ExpiryLedger::nextStamp() const {
    const std::lock_guard lock(m_mutex);
    return m_nextStamp;
}

std::vector<ExpiryLedger::Item> ExpiryLedger::takeBefore(std::uint64_t stamp) {
    const std::lock_guard lock(m_mutex);
    std::vector<Item> taken;
    for (auto node = m_nodes.begin(); node != m_nodes.end();) {
        const auto next = std::next(node);
        if (node->second.known.stamp < stamp) {
            std::string key = node->first;
            taken.emplace_back(std::move(key), remove(node));
        }
        node = next;
    }
    return taken;
}

std::uint64_t ExpiryLedger::entries() const {
    const std::lock_guard lock(m_mutex);
    return m_nodes.size();
}

std::uint64_t ExpiryLedger::bytes() const {
    const std::lock_guard lock(m_mutex);
    return m_bytes;
}

void ExpiryLedger::insert(std::string_view key, const Known& known) {
    if (m_nodes.size() >= m_capacity) {
        return;
    }
    const auto node = m_nodes.emplace(std::string{key}, Node{known, m_deadlines.end()}).first;
    m_bytes += known.bytes;
    setDeadline(node);
}

ExpiryLedger::Known ExpiryLedger::remove(Nodes::iterator node) {
    const Known known = node->second.known;
    forgetDeadline(node->second);
    m_bytes -= known.bytes;
    m_nodes.erase(node);
    return known;
}

void ExpiryLedger::forgetDeadline(Node& node) {
    if (node.deadline != m_deadlines.end()) {
        m_deadlines.erase(node.deadline);
        node.deadline = m_deadlines.end();
    }
}

void ExpiryLedger::setDeadline(Nodes::iterator node) {
    if (node->second.known.expires != kNever) {
        node->second.deadline = m_deadlines.emplace(node->second.known.expires, node->first);
    }
}

}  // namespace cachescope
