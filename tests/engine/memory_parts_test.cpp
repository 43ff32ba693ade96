// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a memory shard is made of, each part alone: index, records, slab, and the quick clock.
#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/backend/entry_record.h"
#include "engine/backend/entry_slab.h"
#include "engine/backend/slot_index.h"
#include "engine/core/random.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;

using Slots = std::set<SlotIndex::Slot>;

// All slots under a tag: who asks turns each away and so sees the next.
Slots slotsUnder(const SlotIndex& index, std::uint32_t tag) {
    Slots found;
    const auto end = index.find(tag, [&](SlotIndex::Slot slot) {
        EXPECT_TRUE(found.insert(slot).second) << "slot " << slot << " twice";
        return false;
    });
    EXPECT_EQ(end, SlotIndex::kNone);
    return found;
}

class IndexModel {
public:
    void insert(std::uint32_t tag, SlotIndex::Slot slot) {
        m_index.reserve(m_oracle.size() + 1);
        m_index.insert(tag, slot);
        m_oracle.emplace(tag, slot);
    }
    void eraseAny(Random& random) {
        auto item = m_oracle.begin();
        std::advance(item, static_cast<long>(random.below(m_oracle.size())));
        m_index.erase(item->first, item->second);
        m_oracle.erase(item);
    }
    void check(std::uint32_t tag) const {
        Slots expected;
        const auto [from, to] = m_oracle.equal_range(tag);
        for (auto item = from; item != to; ++item) {
            expected.insert(item->second);
        }
        ASSERT_EQ(slotsUnder(m_index, tag), expected) << "tag " << tag;
    }
    void checkAll() const {
        for (const auto& [tag, slot] : m_oracle) {
            ASSERT_NO_FATAL_FAILURE(check(tag));
            const auto wanted = slot;
            ASSERT_EQ(m_index.find(tag, [&](SlotIndex::Slot other) { return other == wanted; }),
                      wanted);
        }
    }
    std::size_t size() const { return m_oracle.size(); }

private:
    SlotIndex m_index;
    std::unordered_multimap<std::uint32_t, SlotIndex::Slot> m_oracle;
};

TEST(SlotIndex, agreesWithAMultimapWhateverTheTagsCollideLike) {
    constexpr std::uint32_t kLast = std::numeric_limits<std::uint32_t>::max();
    // Few tags; runs that begin in the last cells and go on in the first; any tags.
    using Draw = std::uint32_t (*)(Random&);
    const std::vector<Draw> draws{
        [](Random& random) { return static_cast<std::uint32_t>(random.below(7)) * 0x2000'0000U; },
        [](Random& random) { return kLast - static_cast<std::uint32_t>(random.below(5)); },
        [](Random& random) { return kLast - static_cast<std::uint32_t>(random.below(1U << 30)); },
        [](Random& random) { return static_cast<std::uint32_t>(random.next()); },
    };
    for (std::size_t kind = 0; kind < draws.size(); ++kind) {
        SCOPED_TRACE("kind " + std::to_string(kind));
        IndexModel model;
        Random random{kind + 1};
        SlotIndex::Slot slot = 0;
        for (int step = 0; step < 4000; ++step) {
            // Grows for a while, then shrinks, several times.
            const std::uint64_t inserts = step / 500 % 2 == 0 ? 70 : 35;
            if (model.size() == 0 || random.below(100) < inserts) {
                model.insert(draws[kind](random), slot++);
            } else {
                model.eraseAny(random);
            }
            ASSERT_NO_FATAL_FAILURE(model.check(draws[kind](random)));
            if (step % 100 == 0) {
                ASSERT_NO_FATAL_FAILURE(model.checkAll());
            }
        }
        while (model.size() > 0) {
            model.eraseAny(random);
            if (model.size() < 100) {
                ASSERT_NO_FATAL_FAILURE(model.checkAll());
            }
        }
    }
}

TEST(SlotIndex, makesRoomForManyAtOnce) {
    SlotIndex index;
    index.reserve(1000);
    for (SlotIndex::Slot slot = 0; slot < 1000; ++slot) {
        index.insert(slot * 0x0040'0000U, slot);
    }
    for (SlotIndex::Slot slot = 0; slot < 1000; ++slot) {
        ASSERT_EQ(slotsUnder(index, slot * 0x0040'0000U), Slots{slot});
    }
    EXPECT_TRUE(slotsUnder(index, 1).empty());
}

TEST(SlotIndex, isEmptyAfterClearAndCanBeFilledAgain) {
    SlotIndex index;
    for (SlotIndex::Slot slot = 0; slot < 100; ++slot) {
        index.reserve(slot + 1);
        index.insert(slot, slot);
    }
    index.clear();
    EXPECT_TRUE(slotsUnder(index, 5).empty());
    index.reserve(1);
    index.insert(5, 77);
    EXPECT_EQ(slotsUnder(index, 5), Slots{77});
}

std::vector<Entry> entriesOfEveryKind() {
    const TimePoint day{1'767'225'600s};
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    std::vector<Entry> entries;
    for (const std::size_t size : {0U, 1U, 7U, 8U, 10U, 21U, 22U, 23U, 24U, 100U, 70'000U}) {
        const Bytes value{std::string(size, static_cast<char>('a' + size % 26))};
        entries.push_back({.value = value});
        entries.push_back({value, day, kNever, 7, 12ms});
        entries.push_back({value, day, day + 1h, 0, 0ns});
        entries.push_back({value, {}, day + 1ns, std::uint64_t{1} << 32, 1ns});
    }
    const Bytes value{"value"};
    entries.push_back({value, day, day + 5'000'000'001ns, 1, 4'294'967'295ns});
    entries.push_back({value, day, day + 100'000h, 1, 4'294'967'296ns});
    entries.push_back({value, day, day - 1ns, kMost, -1ns});
    entries.push_back({value, day, day, (std::uint64_t{1} << 32) - 1, Duration::max()});
    entries.push_back({value, TimePoint{-1ns}, day, 0, Duration::min()});
    entries.push_back({value, TimePoint::min(), kNever, 0, 0ns});
    entries.push_back(
        {value, TimePoint{1ns}, kNever - 1ns, 0, Duration{3'000'000'000'000'000'000}});
    entries.push_back({value, kNever, kNever, 0, 0ns});
    entries.push_back({value, TimePoint::min(), TimePoint::min(), 0, 0ns});
    entries.push_back({value, day, day + 1h, 0, 0ns, SharedBytes{"notes"}});
    return entries;
}

std::vector<std::string> keysOfEveryKind() {
    std::vector<std::string> keys;
    for (const std::size_t size :
         {0U, 1U, 7U, 8U, 9U, 10U, 11U, 16U, 23U, 24U, 25U, 32U, 33U, 100U, 65'536U}) {
        std::string key(size, '\0');
        for (std::size_t i = 0; i < size; ++i) {
            key[i] = static_cast<char>(i * 7 + size);
        }
        keys.push_back(std::move(key));
    }
    return keys;
}

void expectHolds(const EntryRecord& record, const std::string& key, const Entry& entry) {
    ASSERT_TRUE(record.inUse());
    ASSERT_EQ(record.key(), key);
    ASSERT_TRUE(record.hasKey(key));
    ASSERT_FALSE(record.hasKey(key + "x"));
    if (!key.empty()) {
        for (const std::size_t at : {std::size_t{0}, key.size() / 2, key.size() - 1}) {
            std::string other = key;
            other[at] = static_cast<char>(other[at] ^ 1);
            ASSERT_FALSE(record.hasKey(other)) << at;
        }
        ASSERT_FALSE(record.hasKey(std::string_view{key}.substr(1)));
    }
    ASSERT_EQ(record.value(), entry.value);
    ASSERT_EQ(record.valueSize(), entry.value.size());
    ASSERT_EQ(record.expires(), entry.expires);
    ASSERT_EQ(record.hasExtras(), EntryRecord::needsExtras(entry));
    const RecordExtras extras{entry.created, entry.version, entry.loadCost, entry.notes};
    const RecordExtras* const known = record.hasExtras() ? &extras : nullptr;
    ASSERT_EQ(record.created(known), entry.created);
    ASSERT_EQ(record.version(known), entry.version);
    ASSERT_EQ(record.loadCost(known), entry.loadCost);
}

TEST(EntryRecord, holdsEveryKindOfEntryUnderEveryKindOfKey) {
    for (const std::string& key : keysOfEveryKind()) {
        for (const Entry& entry : entriesOfEveryKind()) {
            EntryRecord record;
            record.fill(key, entry);
            ASSERT_NO_FATAL_FAILURE(expectHolds(record, key, entry));
            record.clear();
            ASSERT_FALSE(record.inUse());
            record.fill(key + "2", entry);
            ASSERT_NO_FATAL_FAILURE(expectHolds(record, key + "2", entry));
        }
    }
}

TEST(EntryRecord, takesAViewOfNothingForTheEmptyKey) {
    EntryRecord record;
    record.fill({}, {.value = Bytes{"value"}});
    EXPECT_TRUE(record.hasKey({}) && record.hasKey(""));
    record.replace({.value = Bytes{std::string(100, 'v')}});
    EXPECT_TRUE(record.hasKey({}) && record.hasKey(""));
}

// Inline, shared, and with the key moved out by a longer value: from each to each.
TEST(EntryRecord, replacesEveryKindOfEntryByEveryOther) {
    const auto entries = entriesOfEveryKind();
    for (const std::string& key : keysOfEveryKind()) {
        for (const Entry& first : entries) {
            for (const Entry& second : entries) {
                EntryRecord record;
                record.fill(key, first);
                record.replace(second);
                ASSERT_NO_FATAL_FAILURE(expectHolds(record, key, second));
                record.replace(first);
                ASSERT_NO_FATAL_FAILURE(expectHolds(record, key, first));
            }
        }
    }
}

TEST(EntryRecord, mayBeReplacedByItsOwnValueAndLetsItGoInTheEnd) {
    Entry entry{.value = Bytes{std::string(100, 'v')}};
    const auto* const block = entry.value.block();
    ASSERT_NE(block, nullptr);
    {
        EntryRecord record;
        record.fill("key", entry);
        entry.value = Bytes{};
        EXPECT_EQ(block->owners.load(), 1u);
        record.replace({.value = record.value()});
        EXPECT_EQ(record.value().view(), std::string(100, 'v'));
        EXPECT_EQ(block->owners.load(), 1u);
        entry.value = record.value();
        EXPECT_EQ(block->owners.load(), 2u);
        record.replace({.value = Bytes{"short"}});
        EXPECT_EQ(block->owners.load(), 1u);
        record.replace(entry);
        EXPECT_EQ(block->owners.load(), 2u);
    }
    EXPECT_EQ(block->owners.load(), 1u) << "a record that ends gives back its share";
}

TEST(EntrySlab, givesBlocksBackAndTheirNumbersOutAgain) {
    EntrySlab slab;
    Random random{1};
    std::vector<EntrySlab::Slot> taken;
    std::unordered_map<EntrySlab::Slot, const EntryRecord*> addresses;
    const auto checkAll = [&] {
        for (const auto slot : taken) {
            ASSERT_TRUE(slab.exists(slot));
            ASSERT_EQ(slab[slot].key(), std::to_string(slot));
            ASSERT_EQ(&slab[slot], addresses[slot]) << "moved";
        }
    };
    const auto fillUpTo = [&](std::size_t count) {
        while (taken.size() < count) {
            slab.reserve();
            const auto slot = slab.take();
            ASSERT_LT(slot, slab.end());
            ASSERT_FALSE(slab[slot].inUse()) << "given out twice";
            slab[slot].fill(std::to_string(slot), {.value = Bytes{std::string(slot % 40, 'v')}});
            slab.noteValue(slot);
            slab.prefetch(slot);
            addresses[slot] = &slab[slot];
            taken.push_back(slot);
        }
    };
    const auto shrinkTo = [&](std::size_t count, bool inOrder) {
        while (taken.size() > count) {
            const std::size_t at = inOrder ? taken.size() - 1 : random.below(taken.size());
            const auto slot = std::exchange(taken[at], taken.back());
            taken.pop_back();
            slab[slot].clear();
            slab.give(slot);
        }
    };
    fillUpTo(5000);
    const std::size_t most = slab.end();
    EXPECT_LT(most, 5000u + 256u);
    for (int round = 0; round < 40; ++round) {
        shrinkTo(round % 4 == 0 ? 0 : random.below(3000), round % 2 == 0);
        ASSERT_NO_FATAL_FAILURE(checkAll());
        std::size_t blocks = 0;
        for (EntrySlab::Slot slot = 0; slot < slab.end(); slot += 256) {
            blocks += slab.exists(slot) ? 1U : 0U;
        }
        EXPECT_LE(blocks, taken.size() + 1) << "a block without records was kept";
        ASSERT_NO_FATAL_FAILURE(fillUpTo(3000 + random.below(2001)));
        ASSERT_NO_FATAL_FAILURE(checkAll());
        ASSERT_EQ(slab.end(), most) << "numbers of free blocks were not used again";
    }
    slab.clear();
    EXPECT_EQ(slab.end(), 0u);
}

/// A clock whose quick answer lags behind by as much as it likes.
class LaggingClock final : public Clock {
public:
    explicit LaggingClock(Duration lag) : m_lag(lag) {}
    TimePoint now() const noexcept override { return TimePoint{1'000s}; }
    TimePoint recently() const noexcept override { return now() - m_lag; }
    std::optional<Duration> realTime(Duration) const noexcept override { return std::nullopt; }

private:
    Duration m_lag;
};

TEST(Deadline, hasPassedIsExactThoughTheQuickTimeLagsBehind) {
    for (const Duration lag : {Duration{0ns}, Duration{1ns}, Duration{4ms}, Duration{999ms}}) {
        const LaggingClock clock{lag};
        for (const Duration span :
             {Duration{1ns}, Duration{2ns}, Duration{4ms}, Duration{999ms}, Duration{1h}}) {
            EXPECT_TRUE(hasPassed(clock, clock.now() - span)) << lag.count() << ' ' << span.count();
            EXPECT_FALSE(hasPassed(clock, clock.now() + span));
        }
        EXPECT_FALSE(hasPassed(clock, clock.now())) << "alive up to and including its deadline";
        EXPECT_FALSE(hasPassed(clock, kNever));
        EXPECT_FALSE(hasPassed(clock, kNever - 1ns));
        EXPECT_TRUE(hasPassed(clock, TimePoint::min()));
    }
    const ManualClock atTheEnd{kNever - 1ns};
    EXPECT_FALSE(hasPassed(atTheEnd, kNever - 1ns));
    EXPECT_TRUE(hasPassed(atTheEnd, kNever - 2ns));
}

TEST(Deadline, theQuickTimeOfTheSystemClockIsNeverAheadAndNeverRunsBackwards) {
    const SystemClock& clock = SystemClock::instance();
    TimePoint before = clock.recently();
    for (int i = 0; i < 100'000; ++i) {
        const TimePoint recently = clock.recently();
        const TimePoint now = clock.now();
        ASSERT_LE(recently, now);
        ASSERT_GE(recently, before);
        before = recently;
    }
}

}  // namespace
}  // namespace cachescope
