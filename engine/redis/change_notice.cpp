// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/change_notice.h"

#include <random>

#include "engine/redis/redis_leases.h"

namespace cachescope {

namespace {

constexpr std::size_t kNumberBytes = 8;

}  // namespace

std::string ChangeNotice::channelOf(const std::string& prefix) {
    return prefix + std::string{RedisLeases::kMark} + "changes";
}

std::string ChangeNotice::newSender() {
    // Two with one name would not hear each other, so no generator with a seed will do.
    std::random_device source;
    std::string name;
    while (name.size() < kSenderBytes) {
        name += static_cast<char>(source() & 0xffU);
    }
    return name;
}

std::string ChangeNotice::encode() const {
    std::string message{sender};
    for (std::size_t i = 0; i < kNumberBytes; ++i) {
        message += static_cast<char>(number >> (8 * i) & 0xffU);
    }
    message += key ? 'k' : 'e';
    message += key.value_or(std::string_view{});
    return message;
}

std::optional<ChangeNotice> ChangeNotice::decode(std::string_view message) {
    constexpr std::size_t kKindAt = kSenderBytes + kNumberBytes;
    if (message.size() <= kKindAt) {
        return std::nullopt;
    }
    ChangeNotice notice{message.substr(0, kSenderBytes), 0, std::nullopt};
    for (std::size_t i = 0; i < kNumberBytes; ++i) {
        const auto byte = static_cast<unsigned char>(message[kSenderBytes + i]);
        notice.number |= std::uint64_t{byte} << (8 * i);
    }
    const std::string_view rest = message.substr(kKindAt + 1);
    if (message[kKindAt] == 'k') {
        notice.key = rest;
    } else if (message[kKindAt] != 'e' || !rest.empty()) {
        return std::nullopt;
    }
    return notice;
}

void OwnNotices::doubt(std::uint64_t number) {
    const std::lock_guard lock(m_mutex);
    m_doubtsAll = m_doubtsAll || m_doubts.size() >= kMostDoubts;
    if (!m_doubtsAll) {
        m_doubts.insert(number);
    }
}

bool OwnNotices::mayBeIgnored(const ChangeNotice& notice) const {
    if (notice.sender != m_name) {
        return false;
    }
    const std::lock_guard lock(m_mutex);
    return !m_doubtsAll && !m_doubts.contains(notice.number);
}

}  // namespace cachescope
