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
            release();
            share(other);
        }
        return *this;
    }
    Bytes& operator=(Bytes&& other) noexcept {
        if (this != &other) {
            release();
            take(other);
        }
        return *this;
    }
    ~Bytes() { release(); }

    std::string_view view() const noexcept {
        return isShared() ? std::string_view{block()->data(), block()->size}
                          : std::string_view{m_small, tag()};
    }
    std::size_t size() const noexcept { return isShared() ? block()->size : tag(); }
    bool empty() const noexcept { return size() == 0; }
    std::string toString() const { return std::string{view()}; }

    friend bool operator==(const Bytes& a, const Bytes& b) noexcept { return a.view() == b.view(); }

private:
    struct Block {
        std::atomic<std::uint32_t> owners;
        std::size_t size;
        char* data() noexcept { return reinterpret_cast<char*>(this + 1); }
        const char* data() const noexcept { return reinterpret_cast<const char*>(this + 1); }
    };

    static constexpr std::size_t kTagIndex = 23;
    static constexpr unsigned char kShared = 0xff;

    unsigned char tag() const noexcept { return static_cast<unsigned char>(m_small[kTagIndex]); }
    bool isShared() const noexcept { return tag() == kShared; }
    Block* block() const noexcept {
        Block* result;
        std::memcpy(&result, m_small, sizeof result);
        return result;
    }
    void share(const Bytes& other) noexcept {
        std::memcpy(m_small, other.m_small, sizeof m_small);
        if (isShared()) {
            block()->owners.fetch_add(1, std::memory_order_relaxed);
        }
    }
    void take(Bytes& other) noexcept {
        std::memcpy(m_small, other.m_small, sizeof m_small);
        other.m_small[kTagIndex] = 0;
    }
    void release() noexcept {
        if (isShared() && block()->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            destroy(block());
        }
    }
    static void destroy(Block* block) noexcept;

    alignas(8) char m_small[24];
};

}  // namespace cachescope
