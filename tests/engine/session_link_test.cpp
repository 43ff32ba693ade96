// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/session_link.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <string>

namespace cachescope {
namespace {

// Takes a little with every second write, and keeps what it was given.
class SlowStream final : public ByteStream {
public:
    explicit SlowStream(std::string& taken) : m_taken(taken) {}

    Result<std::size_t> readSome(std::span<char>) override { return std::size_t{0}; }
    Result<std::size_t> writeSome(std::string_view bytes) override {
        m_full = !m_full;
        const std::size_t count = m_full ? 0 : std::min<std::size_t>(bytes.size(), 200'000);
        m_taken += bytes.substr(0, count);
        return count;
    }
    int descriptor() const noexcept override { return -1; }
    short pollEvents(bool, bool) const noexcept override { return POLLOUT; }
    bool hasBuffered() const noexcept override { return false; }
    void hangUp() noexcept override {}

private:
    std::string& m_taken;
    bool m_full = false;
};

TEST(SessionLink, holdsLittleMoreThanIsPendingHoweverLongTheLoadLasts) {
    std::string taken;
    std::string expected;
    SessionLink link{std::make_unique<SlowStream>(taken)};
    std::size_t most = 0;
    for (int i = 0; i < 400; ++i) {
        const RedisCommand command{"SET", std::to_string(i), std::string(100'000, 'v')};
        // Never empty: the next one is there before the last one has gone.
        while (link.pending() < 150'000) {
            ASSERT_TRUE(link.append(command).has_value());
            ASSERT_TRUE(appendCommand(command, expected).ok());
        }
        ASSERT_TRUE(link.flush().ok());
        ASSERT_EQ(link.bytesWritten(), taken.size());
        most = std::max(most, link.buffered());
    }
    EXPECT_GT(taken.size(), 20'000'000u);
    EXPECT_EQ(taken, expected.substr(0, taken.size()));
    EXPECT_LT(most, 3'000'000u);
}

}  // namespace
}  // namespace cachescope
