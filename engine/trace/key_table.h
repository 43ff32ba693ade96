// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cachescope {

/// The names of a trace's keys by their numbers 0, 1, 2 …
///
/// A key that was recorded as a number takes eight bytes, and its name is made when it is asked
/// for; texts lie one after the other in one block. It knows names by number only: a KeyIndex is
/// the other way round. A value type; reading it from several threads is safe.
class KeyTable {
public:
    static constexpr std::size_t kLongestName = 65'535;

    std::size_t size() const noexcept { return m_values.size(); }
    std::string name(std::uint32_t key) const;

    /// The next number gets this name. A text is at most kLongestName bytes long.
    void append(std::uint64_t number);
    void append(std::string_view text);

    bool isText(std::uint32_t key) const noexcept { return key < m_texts.size() && m_texts[key]; }
    /// The name of a key that is a text; valid until the next append().
    std::string_view text(std::uint32_t key) const noexcept;

    /// Hints to the processor that text() will read there: first the place, then the text.
    void prefetchPlace(std::uint32_t key) const noexcept { __builtin_prefetch(&m_values[key]); }
    void prefetchText(std::uint32_t key) const noexcept;

    std::size_t bytes() const noexcept;

private:
    // A number, or for a text its place: 48 bits of offset, 16 bits of length.
    std::vector<std::uint64_t> m_values;
    std::vector<bool> m_texts;  // shorter than m_values where only numbers follow
    std::string m_block;
};

}  // namespace cachescope
