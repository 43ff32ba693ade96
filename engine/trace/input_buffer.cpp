// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/input_buffer.h"

#include <cstring>

namespace cachescope {

bool InputBuffer::more() {
    if (m_ended || full()) {
        return false;
    }
    if (m_begin != 0) {
        std::memmove(m_buffer.data(), m_buffer.data() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
    }
    const auto count = m_source.read(std::span{m_buffer}.subspan(m_end));
    if (!count) {
        m_failure = count.error();
        m_ended = true;
        return false;
    }
    m_ended = *count == 0;
    m_end += *count;
    return !m_ended;
}

std::string_view InputBuffer::peek(std::size_t count) {
    while (unread().size() < count && more()) {
    }
    return unread().substr(0, count);
}

}  // namespace cachescope
