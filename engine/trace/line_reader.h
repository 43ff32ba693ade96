// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/trace/input_buffer.h"

namespace cachescope {

/// Takes lines out of an InputBuffer, however they end: with a line feed, with a carriage return
/// before it, or with the file.
///
/// A line that does not fit into the buffer comes as an empty text with tooLong(). The last line of
/// a source that failed is left out, since nobody knows how it would have gone on. One thread.
class LineReader {
public:
    explicit LineReader(InputBuffer& input) : m_input(input) {}

    /// False at the end. The line is valid until the next call.
    bool next(std::string_view& line);

    /// The last line's number, counted from 1.
    std::uint64_t number() const noexcept { return m_number; }
    bool tooLong() const noexcept { return m_tooLong; }

private:
    InputBuffer& m_input;
    std::uint64_t m_number = 0;
    bool m_tooLong = false;
};

}  // namespace cachescope
