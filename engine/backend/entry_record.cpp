// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/entry_record.h"

#include <cstring>
#include <limits>
#include <optional>

namespace cachescope {

namespace {

constexpr std::array<std::int64_t, 4> kUnits{1, 1'000, 1'000'000, 1'000'000'000};

struct Span {
    std::uint32_t count = 0;
    std::uint8_t unit = 0;
};

// Nothing when no unit is exact.
std::optional<Span> exactSpan(std::int64_t nanoseconds) noexcept {
    constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
    for (std::size_t unit = 0; unit < kUnits.size() && nanoseconds >= 0; ++unit) {
        const std::int64_t count = nanoseconds / kUnits[unit];
        if (count * kUnits[unit] != nanoseconds) {
            break;
        }
        if (count <= kMost) {
            return Span{static_cast<std::uint32_t>(count), static_cast<std::uint8_t>(unit)};
        }
    }
    return std::nullopt;
}

std::optional<Span> lifetimeOf(const Entry& entry) noexcept {
    if (entry.expires == kNever || entry.created == TimePoint{}) {
        return Span{};
    }
    // Without overflow: no span that long could be said anyhow.
    if (entry.created > entry.expires || entry.created < TimePoint{}) {
        return std::nullopt;
    }
    return exactSpan((entry.expires - entry.created).count());
}

}  // namespace

bool EntryRecord::needsExtras(const Entry& entry) noexcept {
    return entry.version > std::numeric_limits<std::uint32_t>::max() || !lifetimeOf(entry) ||
           !exactSpan(entry.loadCost.count()) || !entry.notes.empty();
}

void EntryRecord::fill(std::string_view key, const Entry& entry) {
    const std::size_t space =
        entry.value.block() != nullptr ? sizeof(Bytes::Block*) : entry.value.size();
    // A small one could not be shared, but would not need to be outside either.
    Bytes outside;
    if (key.size() > kPayload - space) {
        outside = Bytes::shared(key);
    }
    write(key, std::move(outside), entry);
}

void EntryRecord::replace(const Entry& entry) {
    const std::size_t space =
        entry.value.block() != nullptr ? sizeof(Bytes::Block*) : entry.value.size();
    std::array<char, kPayload> kept;
    std::string_view key = this->key();
    Bytes outside;
    if (has(kKeyOutside)) {
        outside = Bytes::sharing(pointerAt<Bytes::Block>(m_payload.data() + valueSpace()));
    } else if (key.size() > kPayload - space) {
        outside = Bytes::shared(key);
    } else {
        std::memcpy(kept.data(), key.data(), key.size());
        key = {kept.data(), key.size()};
    }
    letGo();
    write(key, std::move(outside), entry);
}

void EntryRecord::write(std::string_view key, Bytes outsideKey, const Entry& entry) noexcept {
    const auto lifetime = lifetimeOf(entry);
    const auto cost = exactSpan(entry.loadCost.count());
    const bool never = entry.expires == kNever;
    const bool extras = needsExtras(entry);
    m_flags =
        static_cast<std::uint8_t>(kInUse | (extras ? kExtras : 0) | (never ? kNeverExpires : 0) |
                                  (entry.created == TimePoint{} ? kNotCreated : 0));
    m_expires = never ? entry.created : entry.expires;
    m_lifetime = lifetime.value_or(Span{}).count;
    m_loadCost = cost.value_or(Span{}).count;
    m_units = static_cast<std::uint8_t>(lifetime.value_or(Span{}).unit |
                                        (cost.value_or(Span{}).unit << 4));
    m_version = static_cast<std::uint32_t>(entry.version);
    if (entry.value.block() != nullptr) {
        m_flags |= kValueShared;
        Bytes::Block* const block = Bytes{entry.value}.release();
        std::memcpy(m_payload.data(), &block, sizeof block);
        m_valueSize = 0;
    } else {
        m_valueSize = static_cast<std::uint8_t>(entry.value.size());
        std::memcpy(m_payload.data(), entry.value.view().data(), m_valueSize);
    }
    char* const at = m_payload.data() + valueSpace();
    if (outsideKey.block() != nullptr) {
        m_flags |= kKeyOutside;
        m_keySize = 0;
        Bytes::Block* const block = outsideKey.release();
        std::memcpy(at, &block, sizeof block);
    } else {
        m_keySize = static_cast<std::uint8_t>(key.size());
        // An empty view may have no address at all.
        if (!key.empty()) {
            std::memcpy(at, key.data(), key.size());
        }
    }
}

// What is outside of the record.
void EntryRecord::letGo() noexcept {
    if (has(kValueShared)) {
        Bytes::adopting(pointerAt<Bytes::Block>(m_payload.data()));
    }
    if (has(kKeyOutside)) {
        Bytes::adopting(pointerAt<Bytes::Block>(m_payload.data() + valueSpace()));
    }
}

void EntryRecord::clear() noexcept {
    letGo();
    m_flags = 0;
    m_timer = {};
}

}  // namespace cachescope
