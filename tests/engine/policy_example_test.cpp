// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The example of docs/adding-a-policy.md, which shows the lines between the marks.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

// [example]
#include "engine/policy/grow_slots.h"
#include "engine/policy/make_policy_kind.h"
#include "engine/policy/policy_registry.h"
#include "engine/policy/slot_list.h"

using namespace cachescope;

// MRU: the entry that was read last leaves first.
class MruPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override { growSlots(m_links, count); }
    void onInsert(Slot slot, std::uint64_t) override { m_queue.pushNewest(m_links, slot); }
    void onHit(Slot slot, std::uint64_t) override {
        m_queue.remove(m_links, slot);
        m_queue.pushNewest(m_links, slot);
    }
    void onErase(Slot slot) override { m_queue.remove(m_links, slot); }
    Slot victim(std::uint64_t) override {
        const Slot slot = m_queue.newest();
        if (slot == SlotList::kEnd) {
            return kNoSlot;
        }
        m_queue.remove(m_links, slot);
        return slot;
    }

private:
    SlotLinks m_links;
    SlotList m_queue;
};

PolicyKind mruPolicy() {
    return policyKind<MruPolicy>("mru", "MRU");
}
// [end]

namespace {

std::string textOf(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream{std::string{CACHESCOPE_SOURCE_DIR} + "/" + path}.rdbuf();
    return text.str();
}

TEST(PolicyExample, aLoopLargerThanTheCacheHits) {
    PolicyRegistry registry = PolicyRegistry::builtin();
    registry.add(mruPolicy());
    std::vector<std::uint32_t> keys;
    for (std::uint32_t i = 0; i < 1200; ++i) {
        keys.push_back(i % 12);
    }
    ReplayOptions options;
    options.capacity = 10;
    const ReplayCounts counts = registry.find("mru")->replay({keys, 12, {}, {}, {}}, options);
    EXPECT_LT(counts.missRatio(), 0.25);
    EXPECT_EQ(registry.find("lru")->replay({keys, 12, {}, {}, {}}, options).missRatio(), 1.0);
}

TEST(PolicyExample, worksInBackends) {
    PolicyRegistry registry;
    registry.add(mruPolicy());
    const auto policy = registry.create("mru");
    ASSERT_TRUE(policy.ok());
    (*policy)->grow(3);
    (*policy)->onInsert(0, 10);
    (*policy)->onInsert(1, 11);
    (*policy)->onInsert(2, 12);
    (*policy)->onHit(0, 10);
    EXPECT_EQ((*policy)->victim(13), 0U);
    (*policy)->onErase(2);
    EXPECT_EQ((*policy)->victim(13), 1U);
    EXPECT_EQ((*policy)->victim(13), EvictionPolicy::kNoSlot);
}

TEST(PolicyExample, theGuideShowsThisCode) {
    const std::string source = textOf("tests/engine/policy_example_test.cpp");
    const std::string begin = "// [example]\n";
    const auto from = source.find(begin) + begin.size();
    const std::string example = source.substr(from, source.find("// [end]\n") - from);
    ASSERT_GT(example.size(), 500U);
    EXPECT_NE(textOf("docs/adding-a-policy.md").find("```cpp\n" + example + "```\n"),
              std::string::npos)
        << "docs/adding-a-policy.md does not have these lines:\n"
        << example;
}

}  // namespace
