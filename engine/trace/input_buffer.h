// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/trace/byte_source.h"

namespace cachescope {

/// The next bytes of a source, as many as fit into a buffer of fixed size.
///
/// A reader looks at unread(), takes some of it with consume(), and asks for more() when that is
/// too little. Memory is that of the buffer, however long the source is. One thread.
class InputBuffer {
public:
    static constexpr std::size_t kCapacity = std::size_t{1} << 20;

    explicit InputBuffer(ByteSource& source, std::size_t capacity = kCapacity)
        : m_source(source), m_buffer(capacity) {}

    std::string_view unread() const noexcept {
        return {m_buffer.data() + m_begin, m_end - m_begin};
    }
    void consume(std::size_t count) noexcept { m_begin += count; }

    /// Puts more bytes behind the unread ones, which may move. False when there are no more: the
    /// buffer is full, or the source has ended or failed.
    bool more();
    /// Reads on until `count` bytes are unread or there are no more.
    std::string_view peek(std::size_t count);

    bool full() const noexcept { return m_end - m_begin == m_buffer.size(); }
    /// Why the source ended, if it did not end by itself. Its bytes up to there are good.
    const std::optional<Error>& failure() const noexcept { return m_failure; }

private:
    ByteSource& m_source;
    std::vector<char> m_buffer;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
    bool m_ended = false;
    std::optional<Error> m_failure;
};

}  // namespace cachescope
