// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/bytes.h"

#include <new>

namespace cachescope {

Bytes::Bytes(std::string_view content) : Bytes() {
    if (content.size() <= kInlineCapacity) {
        if (!content.empty()) {
            std::memcpy(m_small, content.data(), content.size());
        }
        m_small[kTagIndex] = static_cast<char>(content.size());
        return;
    }
    *this = shared(content);
}

Bytes::Block* Bytes::newBlock(std::string_view content) {
    const bool isLong = content.size() >= Block::kLong;
    const std::uint64_t size = content.size();
    const std::size_t prefix = isLong ? sizeof size : 0;
    void* memory = ::operator new(sizeof(Block) + prefix + content.size());
    auto* block = new (memory) Block{{1}, isLong ? Block::kLong : static_cast<std::uint32_t>(size)};
    char* const at = reinterpret_cast<char*>(block + 1);
    std::memcpy(at, &size, prefix);
    if (!content.empty()) {
        std::memcpy(at + prefix, content.data(), content.size());
    }
    return block;
}

void Bytes::destroy(Block* block) noexcept {
    block->~Block();
    ::operator delete(block);
}

}  // namespace cachescope
