// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/entry_slab.h"

#include <new>

namespace cachescope {

void EntrySlab::reserve() {
    if (!m_withRoom.empty()) {
        return;
    }
    auto records = std::make_unique<EntryRecord[]>(kBlock);
    std::uint32_t number = 0;
    if (m_vacant.empty()) {
        number = static_cast<std::uint32_t>(m_records.size());
        if (number == m_records.capacity()) {
            // All four, so that nothing after this and no give() has to allocate.
            const std::size_t room = number + number / 2 + 4;
            m_withRoom.reserve(room);
            m_vacant.reserve(room);
            m_blocks.reserve(room);
            m_records.reserve(room);
        }
        m_blocks.emplace_back();
        m_records.push_back(std::move(records));
    } else {
        number = m_vacant.back();
        m_vacant.pop_back();
        m_records[number] = std::move(records);
    }
    m_blocks[number] = {};
    m_withRoom.push_back(number);
}

EntrySlab::Slot EntrySlab::take() noexcept {
    const std::uint32_t number = m_withRoom.back();
    Block& block = m_blocks[number];
    Slot slot = block.firstFree;
    if (slot != kNone) {
        block.firstFree = (*this)[slot].nextFree();
    } else {
        slot = number * kBlock + block.fresh++;
    }
    if (++block.taken == kBlock) {
        m_withRoom.pop_back();
    }
    return slot;
}

void EntrySlab::give(Slot slot) noexcept {
    const std::uint32_t number = slot / kBlock;
    Block& block = m_blocks[number];
    if (block.taken-- == kBlock) {
        block.position = static_cast<std::uint32_t>(m_withRoom.size());
        m_withRoom.push_back(number);
    }
    if (block.taken == 0 && m_withRoom.size() > 1) {
        const std::uint32_t last = m_withRoom.back();
        m_withRoom[block.position] = last;
        m_blocks[last].position = block.position;
        m_withRoom.pop_back();
        m_records[number] = nullptr;
        m_vacant.push_back(number);
        return;
    }
    (*this)[slot].setNextFree(block.firstFree);
    block.firstFree = slot;
}

void EntrySlab::noteValue(Slot slot) noexcept {
    const Bytes::Block* const value = (*this)[slot].sharedValue();
    if (value == nullptr) {
        return;
    }
    if (slot >= m_valueHints.size()) {
        try {
            m_valueHints.reserve(end() + end() / 4);
            m_valueHints.resize(end());
        } catch (const std::bad_alloc&) {
            // Only a hint: no reason to refuse the entry.
            return;
        }
    }
    const auto address = reinterpret_cast<std::uintptr_t>(value);
    m_valueHints[slot] = static_cast<std::uint32_t>(address >> kHintShift);
    m_hintBase = address >> (kHintShift + kHintBits) << (kHintShift + kHintBits);
}

void EntrySlab::clear() {
    *this = EntrySlab{};
}

}  // namespace cachescope
