// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/slot_map.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "engine/core/hash.h"

namespace cachescope {

namespace {

constexpr std::array<std::uint16_t, 256> kCrcTable = [] {
    std::array<std::uint16_t, 256> table{};
    for (unsigned byte = 0; byte < 256; ++byte) {
        unsigned crc = byte << 8U;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc << 1U) ^ ((crc & 0x8000U) != 0 ? 0x1021U : 0U);
        }
        table[byte] = static_cast<std::uint16_t>(crc & 0xffffU);
    }
    return table;
}();

std::uint16_t crc16(std::string_view bytes) noexcept {
    std::uint16_t crc = 0;
    for (const char c : bytes) {
        const unsigned place = ((crc >> 8U) ^ static_cast<unsigned char>(c)) & 0xffU;
        crc = static_cast<std::uint16_t>((static_cast<unsigned>(crc) << 8U) ^ kCrcTable[place]);
    }
    return crc;
}

std::vector<std::string> makeTags() {
    constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::vector<std::string> tags(kRedisSlots);
    std::size_t left = kRedisSlots;
    for (std::size_t number = 0; left > 0; ++number) {
        std::string text;
        for (std::size_t rest = number; text.empty() || rest > 0; rest /= kDigits.size()) {
            text += kDigits[rest % kDigits.size()];
        }
        std::string& tag = tags[crc16(text) % kRedisSlots];
        if (tag.empty()) {
            tag = std::move(text);
            --left;
        }
    }
    return tags;
}

std::optional<std::size_t> slotIn(const RedisReply& reply) {
    const bool valid = reply.isInteger() && reply.integer >= 0 &&
                       reply.integer < static_cast<std::int64_t>(kRedisSlots);
    return valid ? std::optional{static_cast<std::size_t>(reply.integer)} : std::nullopt;
}

// The address that goes with a preferred name which the server does not have.
std::string addressAmong(const RedisReply& server) {
    if (server.elements.size() < 4 || !server.elements[3].isArray()) {
        return {};
    }
    const auto& facts = server.elements[3].elements;
    for (std::size_t i = 0; i + 1 < facts.size(); i += 2) {
        if (facts[i].text == "ip") {
            return facts[i + 1].text;
        }
    }
    return {};
}

std::optional<ClusterEndpoint> endpointIn(const RedisReply& server, const ClusterEndpoint& asked) {
    if (!server.isArray() || server.elements.size() < 2) {
        return std::nullopt;
    }
    const RedisReply& host = server.elements[0];
    const RedisReply& port = server.elements[1];
    const bool valid = (host.isBulk() || host.isNil()) && port.isInteger() && port.integer > 0 &&
                       port.integer <= std::numeric_limits<std::uint16_t>::max();
    if (!valid) {
        return std::nullopt;
    }
    ClusterEndpoint found{host.text, static_cast<int>(port.integer)};
    if (found.host == "?") {
        found.host = addressAmong(server);
        if (found.host.empty()) {
            return std::nullopt;
        }
    } else if (found.host.empty()) {
        found.host = asked.host;
    }
    return found;
}

}  // namespace

std::string_view hashedPart(std::string_view key) noexcept {
    const auto open = key.find('{');
    if (open == std::string_view::npos) {
        return key;
    }
    const auto close = key.find('}', open + 1);
    const bool usable = close != std::string_view::npos && close != open + 1;
    return usable ? key.substr(open + 1, close - open - 1) : key;
}

std::size_t slotOf(std::string_view key) noexcept {
    return crc16(hashedPart(key)) % kRedisSlots;
}

const std::string& tagOfSlot(std::size_t slot) {
    static const std::vector<std::string> tags = makeTags();
    return tags[slot % kRedisSlots];
}

PrefixTag tagOfPrefix(std::string_view prefix) noexcept {
    const auto open = prefix.find('{');
    if (open == std::string_view::npos) {
        return PrefixTag::none;
    }
    return hashedPart(prefix).size() < prefix.size() ? PrefixTag::complete : PrefixTag::broken;
}

std::string ClusterEndpoint::toText() const {
    const bool brackets = host.find(':') != std::string::npos;
    return (brackets ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

Result<SlotMap> SlotMap::fromReply(const RedisReply& reply, const ClusterEndpoint& asked) {
    if (!reply.isArray()) {
        return unexpectedReply(reply, asked.toText());
    }
    struct Range {
        std::size_t first;
        std::size_t last;
        Shard shard;
    };
    // More than one a slot is nonsense, which takes long to look through.
    if (reply.elements.size() > kRedisSlots) {
        return Error{ErrorCode::notThisProtocol, asked.toText(), "more ranges than slots"};
    }
    std::vector<Range> ranges;
    for (const RedisReply& item : reply.elements) {
        if (!item.isArray() || item.elements.size() < 3) {
            continue;
        }
        const auto first = slotIn(item.elements[0]);
        const auto last = slotIn(item.elements[1]);
        auto primary = endpointIn(item.elements[2], asked);
        if (!first || !last || *first > *last || !primary) {
            continue;
        }
        Range range{*first, *last, {std::move(*primary), {}}};
        for (std::size_t i = 3; i < item.elements.size(); ++i) {
            if (auto replica = endpointIn(item.elements[i], asked)) {
                range.shard.replicas.push_back(std::move(*replica));
            }
        }
        ranges.push_back(std::move(range));
    }
    std::stable_sort(ranges.begin(), ranges.end(),
                     [](const Range& a, const Range& b) { return a.first < b.first; });
    SlotMap map;
    std::map<std::string, std::size_t> places;
    for (Range& range : ranges) {
        const auto [place, isNew] =
            places.try_emplace(range.shard.primary.toText(), map.m_shards.size());
        const std::size_t shard = place->second;
        if (isNew) {
            map.m_shards.push_back({range.shard.primary, {}});
        }
        map.m_shards[shard].replicas = std::move(range.shard.replicas);
        std::fill(map.m_shardOf.begin() + static_cast<std::ptrdiff_t>(range.first),
                  map.m_shardOf.begin() + static_cast<std::ptrdiff_t>(range.last) + 1,
                  static_cast<std::uint16_t>(shard));
    }
    if (map.m_shards.empty()) {
        return Error{ErrorCode::unavailable, asked.toText(), "no server of the cluster has slots"};
    }
    return map;
}

const SlotMap::Shard* SlotMap::shardOf(std::size_t slot) const noexcept {
    const std::uint16_t shard = m_shardOf[slot % kRedisSlots];
    return shard == kNoShard ? nullptr : &m_shards[shard];
}

std::size_t SlotMap::covered() const noexcept {
    return kRedisSlots -
           static_cast<std::size_t>(std::count(m_shardOf.begin(), m_shardOf.end(), kNoShard));
}

std::size_t SlotMap::shardWith(const ClusterEndpoint& primary) {
    const auto found = std::find_if(m_shards.begin(), m_shards.end(),
                                    [&](const Shard& shard) { return shard.primary == primary; });
    if (found == m_shards.end() && m_shards.size() < kNoShard) {
        m_shards.push_back({primary, {}});
        return m_shards.size() - 1;
    }
    return static_cast<std::size_t>(found - m_shards.begin());
}

void SlotMap::move(std::size_t slot, const ClusterEndpoint& to) {
    const std::size_t shard = shardWith(to);
    // More servers than slots are named by somebody who lies, until the next map.
    if (shard < kNoShard) {
        m_shardOf[slot % kRedisSlots] = static_cast<std::uint16_t>(shard);
    }
}

std::uint64_t SlotMap::fingerprint() const {
    std::string text;
    std::uint16_t before = kNoShard;
    for (std::size_t slot = 0; slot < kRedisSlots; ++slot) {
        if (m_shardOf[slot] == before) {
            continue;
        }
        before = m_shardOf[slot];
        text += std::to_string(slot) + ' ';
        text += before == kNoShard ? std::string{} : m_shards[before].primary.toText();
        text += '\n';
    }
    return hash64(text);
}

}  // namespace cachescope
