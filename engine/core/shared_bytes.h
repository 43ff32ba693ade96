// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <utility>

#include "engine/core/bytes.h"

namespace cachescope {

/// An immutable string of bytes behind one pointer, null when it is empty: for what is mostly not
/// there, and otherwise mostly the same.
///
/// Copies share their contents and count owners, as those of Bytes. Copies may be used and
/// destroyed on any thread; one object by one thread at a time. Binary-safe.
class SharedBytes {
public:
    SharedBytes() = default;
    explicit SharedBytes(std::string_view content)
        : m_block(content.empty() ? nullptr : Bytes::shared(content).release()) {}
    SharedBytes(const SharedBytes& other) noexcept
        : m_block(other.m_block == nullptr ? nullptr : Bytes::sharing(other.m_block).release()) {}
    SharedBytes(SharedBytes&& other) noexcept : m_block(std::exchange(other.m_block, nullptr)) {}
    SharedBytes& operator=(SharedBytes other) noexcept {
        std::swap(m_block, other.m_block);
        return *this;
    }
    ~SharedBytes() {
        if (m_block != nullptr) {
            Bytes::adopting(m_block);
        }
    }

    bool empty() const noexcept { return m_block == nullptr; }
    std::string_view view() const noexcept {
        return m_block == nullptr ? std::string_view{} : m_block->view();
    }
    friend bool operator==(const SharedBytes& a, const SharedBytes& b) noexcept {
        return a.m_block == b.m_block || a.view() == b.view();
    }

private:
    Bytes::Block* m_block = nullptr;
};

}  // namespace cachescope
