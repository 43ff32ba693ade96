// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/key_table.h"

namespace cachescope {

namespace {

constexpr unsigned kLengthBits = 16;
static_assert(KeyTable::kLongestName == (1U << kLengthBits) - 1);

}  // namespace

std::string KeyTable::name(std::uint32_t key) const {
    return isText(key) ? std::string{text(key)} : std::to_string(m_values[key]);
}

std::string_view KeyTable::text(std::uint32_t key) const noexcept {
    const std::uint64_t place = m_values[key];
    return std::string_view{m_block}.substr(place >> kLengthBits, place & kLongestName);
}

void KeyTable::prefetchText(std::uint32_t key) const noexcept {
    __builtin_prefetch(m_block.data() + (m_values[key] >> kLengthBits));
}

void KeyTable::append(std::uint64_t number) {
    m_values.push_back(number);
}

void KeyTable::append(std::string_view text) {
    m_texts.resize(m_values.size() + 1, false);
    m_texts.back() = true;
    m_values.push_back(std::uint64_t{m_block.size()} << kLengthBits | text.size());
    m_block += text;
}

std::size_t KeyTable::bytes() const noexcept {
    return m_values.capacity() * sizeof(std::uint64_t) + m_texts.capacity() / 8 +
           m_block.capacity();
}

}  // namespace cachescope
