// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What policies remember of keys: ghosts, sketches, miniatures.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include <map>
#include <vector>

#include "engine/core/random.h"
#include "engine/policy/frequency_sketch.h"
#include "engine/policy/ghost_queue.h"
#include "engine/policy/grow_slots.h"
#include "engine/policy/window_chooser.h"

namespace cachescope {
namespace {

TEST(GhostQueue, forgetsTheOldestAndWhatWasTaken) {
    GhostQueue ghost;
    for (std::uint64_t hash = 0; hash < 100; ++hash) {
        ghost.add(mix64(hash), 10);
    }
    EXPECT_EQ(ghost.size(), 10U);
    EXPECT_FALSE(ghost.take(mix64(89)));
    EXPECT_TRUE(ghost.take(mix64(90)));
    EXPECT_FALSE(ghost.take(mix64(90)));
    ghost.add(1, 10);
    EXPECT_EQ(ghost.size(), 10U);
    EXPECT_TRUE(ghost.take(mix64(91)));
    ghost.add(2, 0);
    EXPECT_EQ(ghost.size(), 0U);
}

TEST(GhostQueue, tellsAllSmallNumbersAndTheLargestApart) {
    GhostQueue ghost;
    for (std::uint64_t key = 0; key < 5000; ++key) {
        ghost.add(key, 10'000);
    }
    ghost.add(0xffff'ffff, 10'000);
    EXPECT_EQ(ghost.size(), 5001U);
    EXPECT_FALSE(ghost.take(5000));
    EXPECT_TRUE(ghost.take(0xffff'ffff));
    for (std::uint64_t key = 0; key < 5000; ++key) {
        EXPECT_TRUE(ghost.take(key));
    }
    EXPECT_EQ(ghost.size(), 0U);
}

/// The promises of GhostQueue in the plainest way.
class PlainGhosts {
public:
    void add(std::uint64_t key, std::size_t capacity) {
        if (std::find(m_order.begin(), m_order.end(), key) != m_order.end()) {
            return;
        }
        while (!m_order.empty() && m_order.size() >= capacity) {
            m_order.pop_front();
        }
        if (capacity > 0) {
            m_order.push_back(key);
        }
    }
    bool take(std::uint64_t key) {
        const auto found = std::find(m_order.begin(), m_order.end(), key);
        if (found == m_order.end()) {
            return false;
        }
        m_order.erase(found);
        return true;
    }
    std::size_t size() const { return m_order.size(); }

private:
    std::deque<std::uint64_t> m_order;
};

// Many keys are taken from the middle, so that there are holes to close all the time, and the
// numbers of places wrap around on the way.
TEST(GhostQueue, keepsTheOrderOfAPlainList) {
    for (const std::uint64_t takes : {5U, 40U, 70U}) {
        Random random{takes};
        GhostQueue hashed;
        PlainGhosts plain;
        constexpr std::uint64_t kKeys = 3000;
        std::size_t capacity = 500;
        for (int step = 0; step < 60'000; ++step) {
            const std::uint64_t key = random.below(kKeys);
            if (random.below(100) < takes) {
                ASSERT_EQ(hashed.take(key), plain.take(key)) << "step " << step;
            } else {
                hashed.add(key, capacity);
                plain.add(key, capacity);
            }
            if (random.below(1000) == 0) {
                capacity = random.below(1500);
            }
            ASSERT_EQ(hashed.size(), plain.size()) << "step " << step;
        }
    }
}

TEST(GhostQueue, aStampComesBackWithItsKey) {
    StampedGhostQueue ghost;
    for (std::uint32_t key = 0; key < 1000; ++key) {
        ghost.add(key, 400, 7 * key);
    }
    EXPECT_EQ(ghost.oldestStamp(), 7U * 600);
    // Every second one leaves; the others move together.
    for (std::uint32_t key = 601; key < 1000; key += 2) {
        ASSERT_TRUE(ghost.take(key));
        EXPECT_EQ(ghost.takenStamp(), 7 * key);
    }
    for (std::uint32_t key = 600; key < 1000; key += 2) {
        EXPECT_EQ(ghost.oldestStamp(), 7 * key);
        ghost.dropOldest();
    }
    ghost.dropOldest();
    EXPECT_EQ(ghost.size(), 0U);
}

TEST(GrowSlots, reservesAQuarterMoreAndNotTwice) {
    std::vector<int> slots;
    growSlots(slots, 1000);
    EXPECT_EQ(slots.capacity(), 1000U);
    for (std::size_t count = 1001; count < 100'000; ++count) {
        growSlots(slots, count);
        ASSERT_EQ(slots.size(), count);
        ASSERT_LE(slots.capacity(), count + count / 4 + 1);
    }
    growSlots(slots, 5);
    EXPECT_EQ(slots.size(), 99'999U);
}

TEST(FrequencySketch, countsUpToFifteenAndNeverTooLittle) {
    FrequencySketch sketch;
    sketch.makeRoom(1000);
    std::map<std::uint32_t, unsigned> counts;
    Random random{4};
    for (int i = 0; i < 5000; ++i) {
        const auto key = static_cast<std::uint32_t>(random.uniform() * random.uniform() * 2000);
        sketch.add(key);
        ++counts[key];
    }
    unsigned exact = 0;
    for (const auto& [key, count] : counts) {
        const unsigned most = FrequencySketch::kMost;
        ASSERT_GE(sketch.estimate(key), std::min(count, most));
        exact += sketch.estimate(key) == std::min(count, most) ? 1U : 0U;
    }
    EXPECT_GT(exact, counts.size() * 9 / 10);
}

TEST(FrequencySketch, ageingHalvesAlsoWhatIsNotTouchedForLong) {
    FrequencySketch sketch;
    for (int i = 0; i < 12; ++i) {
        sketch.add(1);
    }
    EXPECT_EQ(sketch.estimate(1), 12U);
    sketch.age();
    EXPECT_EQ(sketch.estimate(1), 6U);
    sketch.age();
    sketch.age();
    EXPECT_EQ(sketch.estimate(1), 1U);
    sketch.add(1);
    EXPECT_EQ(sketch.estimate(1), 2U);
    for (int i = 0; i < 200; ++i) {
        sketch.age();
    }
    EXPECT_EQ(sketch.estimate(1), 0U);
}

TEST(FrequencySketch, enlargingKeepsCounts) {
    FrequencySketch sketch;
    for (std::uint32_t key = 0; key < 8; ++key) {
        for (std::uint32_t i = 0; i <= key; ++i) {
            sketch.add(key);
        }
    }
    std::vector<unsigned> before;
    for (std::uint32_t key = 0; key < 8; ++key) {
        before.push_back(sketch.estimate(key));
    }
    sketch.makeRoom(100'000);
    for (std::uint32_t key = 0; key < 8; ++key) {
        EXPECT_EQ(sketch.estimate(key), before[key]);
    }
}

class Windows : public ::testing::Test {
protected:
    // Requests of a cache of 4,000 entries; the share that is chosen after them.
    template <class NextKey>
    double shareAfter(int requests, NextKey nextKey) {
        for (int i = 0; i < requests; ++i) {
            const std::uint32_t key = nextKey(i);
            if (m_sketch.add(key) && ++m_counts == 48'000) {
                m_sketch.age();
                m_counts /= 2;
            }
            m_chooser.request(key, 4000, m_sketch);
        }
        return m_chooser.share();
    }
    Windows() { m_sketch.makeRoom(4000); }

    Random random{6};

private:
    FrequencySketch m_sketch;
    WindowChooser m_chooser;
    int m_counts = 0;
};

TEST_F(Windows, staySmallWherePopularityIsStable) {
    EXPECT_EQ(shareAfter(1'000'000,
                         [&](int) {
                             const double skewed = random.uniform() * random.uniform();
                             return static_cast<std::uint32_t>(skewed * skewed * 100'000);
                         }),
              0.01);
}

TEST_F(Windows, growWhereKeysAreAskedForInBurstsAndNeverAgainAndShrinkAfterwards) {
    const auto bursts = [&](int i) {
        return static_cast<std::uint32_t>(i / 8 + static_cast<int>(random.below(3000)));
    };
    EXPECT_GE(shareAfter(1'000'000, bursts), 0.5);
    EXPECT_EQ(shareAfter(3'000'000,
                         [&](int) {
                             const double skewed = random.uniform() * random.uniform();
                             return 5'000'000 +
                                    static_cast<std::uint32_t>(skewed * skewed * 100'000);
                         }),
              0.01);
}

}  // namespace
}  // namespace cachescope
