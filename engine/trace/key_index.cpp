// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/key_index.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "engine/core/hash.h"
#include "engine/core/random.h"

namespace cachescope {

namespace {

constexpr std::size_t kFirstSlots = 1024;
constexpr std::uint32_t kNone = 0xffff'ffff;

// At most three of four slots are taken.
constexpr std::size_t slotsFor(std::size_t keys) noexcept {
    return keys + keys / 3 + 1;
}

// Only a text that the number would be spelled as: "7", but not "007" or "+7".
std::optional<std::uint64_t> numberIn(std::string_view text) noexcept {
    if (text.empty() || text.size() > 20 || text.front() < '0' || text.front() > '9' ||
        (text.front() == '0' && text.size() > 1)) {
        return std::nullopt;
    }
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

}  // namespace

KeyIndex::KeyIndex(std::uint64_t limit)
    : m_limit(std::min(limit, kMostKeys)), m_slots(kFirstSlots) {}

std::size_t KeyIndex::slotOf(std::uint64_t value) const noexcept {
    return mix64(value) & (m_slots.size() - 1);
}

void KeyIndex::makeRoom(std::size_t more) {
    std::size_t count = m_slots.size();
    while (count < slotsFor(m_table.size() + more)) {
        count *= 2;
    }
    if (count == m_slots.size()) {
        return;
    }
    std::vector<Slot> old(count);
    old.swap(m_slots);
    for (const Slot& slot : old) {
        if (slot.kind != Kind::free) {
            std::size_t at = slotOf(slot.value);
            while (m_slots[at].kind != Kind::free) {
                at = (at + 1) & (m_slots.size() - 1);
            }
            m_slots[at] = slot;
        }
    }
}

std::uint64_t KeyIndex::bytes(std::size_t more) const noexcept {
    std::uint64_t bytes = m_slots.size() * sizeof(Slot) + m_table.bytes();
    if (m_slots.size() < slotsFor(m_table.size() + more)) {
        bytes += 2 * m_slots.size() * sizeof(Slot) + 2 * m_table.bytes();
    }
    return bytes;
}

std::uint32_t KeyIndex::insert(Slot& slot, Slot with) {
    if (m_table.size() >= m_limit) {
        m_full = true;
        return 0;
    }
    with.key = static_cast<std::uint32_t>(m_table.size());
    slot = with;
    return with.key;
}

std::uint32_t KeyIndex::findOrAdd(std::uint64_t number) {
    for (std::size_t at = slotOf(number);; at = (at + 1) & (m_slots.size() - 1)) {
        Slot& slot = m_slots[at];
        if (slot.kind == Kind::number && slot.value == number) {
            return slot.key;
        }
        if (slot.kind == Kind::free) {
            const std::uint32_t key = insert(slot, {number, 0, Kind::number});
            if (!m_full) {
                m_table.append(number);
            }
            return key;
        }
    }
}

void KeyIndex::numbersOf(std::span<const std::uint64_t> numbers, std::uint32_t* keys) {
    constexpr std::size_t kAhead = 16;
    makeRoom(numbers.size());
    for (std::size_t i = 0; i < std::min(kAhead, numbers.size()); ++i) {
        __builtin_prefetch(&m_slots[slotOf(numbers[i])]);
    }
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i + kAhead < numbers.size()) {
            __builtin_prefetch(&m_slots[slotOf(numbers[i + kAhead])]);
        }
        keys[i] = findOrAdd(numbers[i]);
    }
}

std::uint32_t KeyIndex::numberOf(std::uint64_t number) {
    makeRoom(1);
    return findOrAdd(number);
}

std::uint32_t KeyIndex::numberOf(std::string_view text) {
    if (const auto number = numberIn(text)) {
        return numberOf(*number);
    }
    makeRoom(1);
    return findOrAdd(text, hash64(text));
}

std::uint32_t KeyIndex::findOrAdd(std::string_view text, std::uint64_t hash) {
    for (std::size_t at = slotOf(hash);; at = (at + 1) & (m_slots.size() - 1)) {
        Slot& slot = m_slots[at];
        if (slot.kind == Kind::text && slot.value == hash && m_table.text(slot.key) == text) {
            return slot.key;
        }
        if (slot.kind == Kind::free) {
            const std::uint32_t key = insert(slot, {hash, 0, Kind::text});
            if (!m_full) {
                m_table.append(text);
            }
            return key;
        }
    }
}

// Three places are read one after the other for a text: its slot, its place in the table, and the
// text itself. Each pass asks for what the next one reads, of all texts at a time.
void KeyIndex::numbersOf(std::span<const std::string_view> texts, std::uint32_t* keys) {
    std::array<Slot, kAtATime> wanted{};
    makeRoom(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto number = numberIn(texts[i]);
        wanted[i].kind = number ? Kind::number : Kind::text;
        wanted[i].value = number ? *number : hash64(texts[i]);
        __builtin_prefetch(&m_slots[slotOf(wanted[i].value)]);
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const Slot& slot = m_slots[slotOf(wanted[i].value)];
        wanted[i].key = kNone;
        if (slot.kind == Kind::text && slot.value == wanted[i].value) {
            wanted[i].key = slot.key;
            m_table.prefetchPlace(slot.key);
        }
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (wanted[i].key != kNone) {
            m_table.prefetchText(wanted[i].key);
        }
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
        keys[i] = wanted[i].kind == Kind::number ? findOrAdd(wanted[i].value)
                                                 : findOrAdd(texts[i], wanted[i].value);
    }
}

}  // namespace cachescope
