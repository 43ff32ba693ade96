// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "engine/backend/backend.h"
#include "engine/cache/timer_wheel.h"

namespace cachescope {

/// What of an entry does not fit into a record: spans that 32 bits of a round unit cannot say, and
/// notes.
struct RecordExtras {
    TimePoint created{};
    std::uint64_t version = 0;
    Duration loadCost{};
    SharedBytes notes{};
};

/// One entry of a memory shard in one cache line.
///
///     [ expires 8 | lifetime 4 | cost 4 | version 4 | sizes, flags 4 | timer 8 | payload 32 ]
///     payload: [ value, or pointer to its shared block ][ key, or pointer to a block of its own ]
///
/// A value of up to Bytes::kInlineCapacity bytes is stored inline, a longer one shares its block
/// with whoever set it. The key follows where it fits. Spans are kept as a 32-bit number of
/// nanoseconds, micro-, milliseconds or seconds, whichever is exact; RecordExtras says what none
/// of them can say. Not thread-safe: its shard's lock guards it.
class alignas(64) EntryRecord {
public:
    EntryRecord() = default;
    EntryRecord(const EntryRecord&) = delete;
    EntryRecord& operator=(const EntryRecord&) = delete;
    ~EntryRecord() { clear(); }

    bool inUse() const noexcept { return has(kInUse); }
    bool hasExtras() const noexcept { return has(kExtras); }
    TimePoint expires() const noexcept { return has(kNeverExpires) ? kNever : m_expires; }
    bool hasPassed(const Clock& clock) const noexcept {
        return !has(kNeverExpires) && cachescope::hasPassed(clock, m_expires);
    }
    std::string_view key() const noexcept {
        const char* const at = m_payload.data() + valueSpace();
        return has(kKeyOutside) ? pointerAt<Bytes::Block>(at)->view()
                                : std::string_view{at, m_keySize};
    }
    /// Where a shared value lies; null for an inline one.
    const Bytes::Block* sharedValue() const noexcept {
        return has(kValueShared) ? pointerAt<Bytes::Block>(m_payload.data()) : nullptr;
    }
    bool hasKey(std::string_view key) const noexcept {
        if (has(kKeyOutside) || key.size() != m_keySize) [[unlikely]] {
            return this->key() == key;
        }
        // Most keys are short and most comparisons end well: no call, and no early way out.
        const char* const own = m_payload.data() + valueSpace();
        const std::size_t size = key.size();
        if (size < sizeof(std::uint64_t)) {
            // An empty view may have no address at all.
            return size == 0 || std::memcmp(own, key.data(), size) == 0;
        }
        std::uint64_t differences = wordAt(own + size - 8) ^ wordAt(key.data() + size - 8);
        for (std::size_t at = 0; at + 8 < size; at += 8) {
            differences |= wordAt(own + at) ^ wordAt(key.data() + at);
        }
        return differences == 0;
    }
    std::size_t valueSize() const noexcept {
        return has(kValueShared) ? pointerAt<Bytes::Block>(m_payload.data())->view().size()
                                 : m_valueSize;
    }
    Bytes value() const noexcept {
        return has(kValueShared) ? Bytes::sharing(pointerAt<Bytes::Block>(m_payload.data()))
                                 : Bytes::small(m_payload.data(), m_valueSize);
    }
    /// With the extras where hasExtras(), otherwise with null, as the next two.
    TimePoint created(const RecordExtras* extras) const noexcept {
        if (extras != nullptr) [[unlikely]] {
            return extras->created;
        }
        if (has(kNotCreated)) {
            return {};
        }
        return has(kNeverExpires) ? m_expires : m_expires - spanOf(m_lifetime, m_units & 0xf);
    }

    std::uint64_t version(const RecordExtras* extras) const noexcept {
        return extras != nullptr ? extras->version : m_version;
    }
    Duration loadCost(const RecordExtras* extras) const noexcept {
        return extras != nullptr ? extras->loadCost : spanOf(m_loadCost, m_units >> 4);
    }

    TimerLink& timer() noexcept { return m_timer; }

    /// Whether `entry` needs extras, and which.
    static bool needsExtras(const Entry& entry) noexcept;

    /// Fills an unused record. Throws std::bad_alloc with nothing changed.
    void fill(std::string_view key, const Entry& entry);
    /// Another value for the same key. Throws std::bad_alloc with nothing changed.
    void replace(const Entry& entry);
    /// Unused again, with the value and an outside key let go.
    void clear() noexcept;

    /// The next unused record of the slab, where this one is unused.
    std::uint32_t nextFree() const noexcept { return m_lifetime; }
    void setNextFree(std::uint32_t slot) noexcept { m_lifetime = slot; }

private:
    enum Flag : std::uint8_t {
        kInUse = 1,
        kKeyOutside = 2,
        kValueShared = 4,
        kExtras = 8,
        kNeverExpires = 16,
        kNotCreated = 32,  // the moment of its creation is not known: TimePoint{}
    };
    static constexpr std::size_t kPayload = 32;

    template <class T>
    static T* pointerAt(const char* at) noexcept {
        T* pointer;
        std::memcpy(&pointer, at, sizeof pointer);
        return pointer;
    }
    static std::uint64_t wordAt(const char* at) noexcept {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        return word;
    }
    static Duration spanOf(std::uint32_t count, unsigned unit) noexcept {
        constexpr std::array<std::int64_t, 4> kNanoseconds{1, 1'000, 1'000'000, 1'000'000'000};
        return Duration{count * kNanoseconds[unit]};
    }
    bool has(Flag flag) const noexcept { return (m_flags & flag) != 0; }
    std::size_t valueSpace() const noexcept {
        return has(kValueShared) ? sizeof(Bytes::Block*) : m_valueSize;
    }
    void write(std::string_view key, Bytes outsideKey, const Entry& entry) noexcept;
    void letGo() noexcept;

    TimePoint m_expires{};  // with kNeverExpires, when it was created
    std::uint32_t m_lifetime = 0;
    std::uint32_t m_loadCost = 0;
    std::uint32_t m_version = 0;
    std::uint8_t m_flags = 0;
    std::uint8_t m_units = 0;  // of the lifetime in the lower, of the cost in the upper half
    std::uint8_t m_keySize = 0;
    std::uint8_t m_valueSize = 0;
    TimerLink m_timer;
    std::array<char, kPayload> m_payload{};
};
static_assert(sizeof(EntryRecord) == 64);

}  // namespace cachescope
