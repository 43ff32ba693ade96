// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/bytes.h"

#include <new>

namespace cachescope {

Bytes::Bytes(std::string_view content) {
    if (content.size() <= kInlineCapacity) {
        if (!content.empty()) {
            std::memcpy(m_small, content.data(), content.size());
        }
        m_small[kTagIndex] = static_cast<char>(content.size());
        return;
    }
    void* memory = ::operator new(sizeof(Block) + content.size());
    auto* fresh = new (memory) Block{{1}, content.size()};
    std::memcpy(fresh->data(), content.data(), content.size());
    std::memcpy(m_small, &fresh, sizeof fresh);
    m_small[kTagIndex] = static_cast<char>(kShared);
}

void Bytes::destroy(Block* block) noexcept {
    block->~Block();
    ::operator delete(block);
}

}  // namespace cachescope
