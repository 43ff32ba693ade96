// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace cachescope {

/// An immutable string of bytes that is cheap to copy: the value of a cache entry.
///
/// Up to 22 bytes are stored in the object itself; longer contents are shared between copies and
/// counted, so that a cache hit hands its value out without copying it. Copies may be used and
/// destroyed on any thread; one object, as usual, by one thread at a time. Binary-safe.
class Bytes {
public:
    static constexpr std::size_t kInlineCapacity = 22;

    Bytes() noexcept { m_small[kTagIndex] = 0; }
    explicit Bytes(std::string_view content);
    Bytes(const Bytes& other) noexcept { share(other); }
    Bytes(Bytes&& other) noexcept { take(other); }
    Bytes& operator=(const Bytes& other) noexcept {
        if (this != &other) {
            drop();
            share(other);
        }
        return *this;
    }
    Bytes& operator=(Bytes&& other) noexcept {
        if (this != &other) {
            drop();
            take(other);
        }
        return *this;
    }
    ~Bytes() { drop(); }

    std::string_view view() const noexcept {
        return isShared() ? sharedBlock()->view() : std::string_view{m_small, tag()};
    }
    std::size_t size() const noexcept { return isShared() ? sharedBlock()->view().size() : tag(); }
    bool empty() const noexcept { return size() == 0; }
    std::string toString() const { return std::string{view()}; }

    friend bool operator==(const Bytes& a, const Bytes& b) noexcept { return a.view() == b.view(); }

    /// Shared contents with a count of owners, for a store that keeps a pointer instead of a Bytes.
    struct Block {
        std::atomic<std::uint32_t> owners;
        std::uint32_t shortSize;  // kLong: the size stands before the contents

        std::string_view view() const noexcept {
            const char* const content = reinterpret_cast<const char*>(this + 1);
            if (shortSize != kLong) [[likely]] {
                return {content, shortSize};
            }
            std::uint64_t size;
            std::memcpy(&size, content, sizeof size);
            return {content + sizeof size, static_cast<std::size_t>(size)};
        }
        static constexpr std::uint32_t kLong = 0xffff'ffff;
    };

    /// As Bytes{content}, but in a block however short it is.
    static Bytes shared(std::string_view content) { return Bytes{newBlock(content)}; }

    /// Null when the contents are stored inline.
    Block* block() const noexcept { return isShared() ? sharedBlock() : nullptr; }

    /// One more owner of what block() gave.
    static Bytes sharing(Block* block) noexcept {
        block->owners.fetch_add(1, std::memory_order_relaxed);
        return Bytes{block};
    }
    /// Takes over one ownership, without counting.
    static Bytes adopting(Block* block) noexcept { return Bytes{block}; }
    /// Gives the ownership up without counting, to be taken over later; only of shared contents.
    Block* release() noexcept {
        Block* const block = sharedBlock();
        m_small[kTagIndex] = 0;
        return block;
    }

    /// Contents of at most kInlineCapacity bytes, at an address from where that many may be read
    /// whatever `size` is: quicker than copying just so many.
    static Bytes small(const char* content, std::size_t size) noexcept {
        Bytes bytes;
        std::memcpy(bytes.m_small, content, kInlineCapacity);
        bytes.m_small[kTagIndex] = static_cast<char>(size);
        return bytes;
    }

private:
    explicit Bytes(Block* block) noexcept {
        std::memcpy(m_small, &block, sizeof block);
        m_small[kTagIndex] = static_cast<char>(kShared);
    }

    static constexpr std::size_t kTagIndex = 23;
    static constexpr unsigned char kShared = 0xff;

    unsigned char tag() const noexcept { return static_cast<unsigned char>(m_small[kTagIndex]); }
    bool isShared() const noexcept { return tag() == kShared; }
    Block* sharedBlock() const noexcept {
        Block* result;
        std::memcpy(&result, m_small, sizeof result);
        return result;
    }
    void share(const Bytes& other) noexcept {
        std::memcpy(m_small, other.m_small, sizeof m_small);
        if (isShared()) {
            sharedBlock()->owners.fetch_add(1, std::memory_order_relaxed);
        }
    }
    void take(Bytes& other) noexcept {
        std::memcpy(m_small, other.m_small, sizeof m_small);
        other.m_small[kTagIndex] = 0;
    }
    void drop() noexcept {
        if (isShared() && sharedBlock()->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            destroy(sharedBlock());
        }
    }
    static Block* newBlock(std::string_view content);
    static void destroy(Block* block) noexcept;

    alignas(8) char m_small[24];
};

}  // namespace cachescope
