// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/wake_up.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>

#if defined(__linux__)
#include <sys/eventfd.h>
#endif

namespace cachescope {

#if defined(__linux__)

WakeUp::WakeUp() noexcept
    : m_readEnd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), m_writeEnd(m_readEnd) {}

#else

WakeUp::WakeUp() noexcept {
    std::array<int, 2> ends{-1, -1};
    if (::pipe(ends.data()) != 0) {
        return;
    }
    for (const int end : ends) {
        (void)::fcntl(end, F_SETFD, FD_CLOEXEC);
        (void)::fcntl(end, F_SETFL, ::fcntl(end, F_GETFL) | O_NONBLOCK);
    }
    m_readEnd = ends[0];
    m_writeEnd = ends[1];
}

#endif

WakeUp::~WakeUp() {
    if (m_writeEnd >= 0 && m_writeEnd != m_readEnd) {
        ::close(m_writeEnd);
    }
    if (m_readEnd >= 0) {
        ::close(m_readEnd);
    }
}

void WakeUp::notify() const noexcept {
    // An eventfd takes eight bytes, a pipe any. When it is full, it is readable already.
    const std::uint64_t one = 1;
    const ssize_t ignored = ::write(m_writeEnd, &one, sizeof one);
    (void)ignored;
}

void WakeUp::drain() const noexcept {
    std::array<std::byte, 512> bytes{};
    const ssize_t ignored = ::read(m_readEnd, bytes.data(), bytes.size());
    (void)ignored;
}

}  // namespace cachescope
