// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/line_reader.h"

#include <algorithm>

namespace cachescope {

bool LineReader::next(std::string_view& line) {
    m_tooLong = false;
    std::size_t searched = 0;
    for (;;) {
        const std::string_view unread = m_input.unread();
        std::size_t end = unread.find('\n', searched);
        const bool ended = end == std::string_view::npos;
        if (ended) {
            searched = unread.size();
            if (m_input.more()) {
                continue;
            }
            if (m_input.full()) {
                m_input.consume(unread.size());
                searched = 0;
                m_tooLong = true;
                continue;
            }
            if ((unread.empty() && !m_tooLong) || m_input.failure()) {
                return false;
            }
            end = unread.size();
        }
        ++m_number;
        m_input.consume(std::min(end + 1, unread.size()));
        line = unread.substr(0, m_tooLong ? 0 : end);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        return true;
    }
}

}  // namespace cachescope
