// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Each policy beside a second one that is written for clarity alone: lists that are searched from
// end to end. Both must choose the same victims, whatever is done to them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/random.h"
#include "tests/engine/policy_cache.h"

namespace cachescope {
namespace {

using Key = std::uint64_t;
using Keys = std::list<Key>;  // the oldest first

bool contains(const Keys& keys, Key key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool removeFrom(Keys& keys, Key key) {
    const auto found = std::find(keys.begin(), keys.end(), key);
    if (found == keys.end()) {
        return false;
    }
    keys.erase(found);
    return true;
}

Key popOldest(Keys& keys) {
    const Key key = keys.front();
    keys.pop_front();
    return key;
}

class Model {
public:
    virtual ~Model() = default;
    virtual void insert(Key key) = 0;
    virtual void hit(Key key) = 0;
    virtual void erase(Key key) = 0;
    virtual Key evict(Key incoming) = 0;
};

class FifoModel : public Model {
public:
    void insert(Key key) override { keys.push_back(key); }
    void hit(Key) override {}
    void erase(Key key) override { removeFrom(keys, key); }
    Key evict(Key) override { return popOldest(keys); }

protected:
    Keys keys;
};

class LruModel : public FifoModel {
public:
    void hit(Key key) override {
        removeFrom(keys, key);
        keys.push_back(key);
    }
};

class ClockModel : public FifoModel {
public:
    void insert(Key key) override {
        FifoModel::insert(key);
        marked[key] = false;
    }
    void hit(Key key) override { marked[key] = true; }
    Key evict(Key) override {
        for (;;) {
            const Key key = popOldest(keys);
            if (!marked[key]) {
                return key;
            }
            insert(key);
        }
    }

protected:
    std::map<Key, bool> marked;
};

// The hand is the key that is judged next; none stands for the oldest.
class SieveModel : public ClockModel {
public:
    void erase(Key key) override {
        if (m_hand == key) {
            m_hand = newerThan(key);
        }
        removeFrom(keys, key);
    }
    Key evict(Key) override {
        Key key = m_hand.value_or(keys.front());
        while (marked[key]) {
            marked[key] = false;
            key = newerThan(key).value_or(keys.front());
        }
        m_hand = newerThan(key);
        removeFrom(keys, key);
        return key;
    }

private:
    std::optional<Key> newerThan(Key key) const {
        auto at = std::find(keys.begin(), keys.end(), key);
        return ++at == keys.end() ? std::nullopt : std::optional{*at};
    }
    std::optional<Key> m_hand;
};

class LfuModel : public Model {
public:
    void insert(Key key) override { m_entries[key] = {1, ++m_clock}; }
    void hit(Key key) override { m_entries[key] = {m_entries[key].reads + 1, ++m_clock}; }
    void erase(Key key) override { m_entries.erase(key); }
    Key evict(Key) override {
        const auto least = std::min_element(
            m_entries.begin(), m_entries.end(), [](const auto& one, const auto& other) {
                return std::pair{one.second.reads, one.second.since} <
                       std::pair{other.second.reads, other.second.since};
            });
        const Key key = least->first;
        m_entries.erase(least);
        return key;
    }

private:
    struct Entry {
        int reads = 0;
        int since = 0;
    };
    std::map<Key, Entry> m_entries;
    int m_clock = 0;
};

class SlruModel : public Model {
public:
    SlruModel(std::size_t segments, std::size_t upperPercent)
        : m_segments(segments), m_upperPercent(upperPercent) {}
    void insert(Key key) override { m_segments[0].push_back(key); }
    void hit(Key key) override {
        std::size_t at = 0;
        while (!removeFrom(m_segments[at], key)) {
            ++at;
        }
        const std::size_t to = std::min(at + 1, m_segments.size() - 1);
        m_segments[to].push_back(key);
        if (to != at) {
            keepShares(to);
        }
    }
    void erase(Key key) override {
        for (Keys& segment : m_segments) {
            removeFrom(segment, key);
        }
    }
    Key evict(Key) override {
        keepShares(m_segments.size() - 1);
        return popOldest(*std::find_if(m_segments.begin(), m_segments.end(),
                                       [](const Keys& keys) { return !keys.empty(); }));
    }

private:
    void keepShares(std::size_t highest) {
        std::size_t count = 0;
        for (const Keys& segment : m_segments) {
            count += segment.size();
        }
        for (std::size_t at = highest; at > 0; --at) {
            while (m_segments[at].size() > count * m_upperPercent / 100) {
                m_segments[at - 1].push_back(popOldest(m_segments[at]));
            }
        }
    }
    std::vector<Keys> m_segments;
    std::size_t m_upperPercent;
};

class TwoQueueModel : public Model {
public:
    void insert(Key key) override { (removeFrom(m_ghosts, key) ? m_main : m_in).push_back(key); }
    void hit(Key key) override {
        if (removeFrom(m_main, key)) {
            m_main.push_back(key);
        }
    }
    void erase(Key key) override {
        removeFrom(m_in, key);
        removeFrom(m_main, key);
    }
    Key evict(Key incoming) override {
        const std::size_t capacity = m_in.size() + m_main.size();
        if (m_in.size() <= capacity / 4 && !m_main.empty()) {
            return popOldest(m_main);
        }
        // The one that returns makes room for this ghost itself, but is still to be found.
        const bool returns = removeFrom(m_ghosts, incoming);
        const Key key = popOldest(m_in);
        while (!m_ghosts.empty() && m_ghosts.size() >= capacity / 2) {
            m_ghosts.pop_front();
        }
        if (capacity / 2 > 0) {
            m_ghosts.push_back(key);
        }
        if (returns) {
            m_ghosts.push_back(incoming);
        }
        return key;
    }

private:
    Keys m_in, m_main, m_ghosts;
};

// The four cases of the paper's figure.
class ArcModel : public Model {
public:
    void insert(Key key) override {
        const bool returns = m_returns || removeFrom(m_ghosts1, key) || removeFrom(m_ghosts2, key);
        (returns ? m_frequent : m_recent).push_back(key);
        m_returns = false;
    }
    void hit(Key key) override {
        erase(key);
        m_frequent.push_back(key);
    }
    void erase(Key key) override {
        removeFrom(m_recent, key);
        removeFrom(m_frequent, key);
    }
    Key evict(Key incoming) override {
        const std::size_t capacity = m_recent.size() + m_frequent.size();
        const auto ghosts1 = static_cast<double>(m_ghosts1.size());
        const auto ghosts2 = static_cast<double>(m_ghosts2.size());
        if (removeFrom(m_ghosts1, incoming)) {
            m_returns = true;
            m_aim = std::min<double>(static_cast<double>(capacity),
                                     m_aim + std::max(1.0, ghosts2 / ghosts1));
            return replace(false);
        }
        if (removeFrom(m_ghosts2, incoming)) {
            m_returns = true;
            m_aim = std::max(0.0, m_aim - std::max(1.0, ghosts1 / ghosts2));
            return replace(true);
        }
        while (!m_ghosts1.empty() && m_recent.size() + m_ghosts1.size() >= capacity) {
            m_ghosts1.pop_front();
        }
        while (!m_ghosts2.empty() && m_ghosts1.size() + m_ghosts2.size() >= capacity) {
            m_ghosts2.pop_front();
        }
        return m_recent.size() == capacity ? popOldest(m_recent) : replace(false);
    }

private:
    Key replace(bool cameFromGhosts2) {
        const auto size = static_cast<double>(m_recent.size());
        const bool recent =
            !m_recent.empty() && (size > m_aim || (cameFromGhosts2 && size == m_aim));
        const bool fromRecent = recent || m_frequent.empty();
        const Key key = popOldest(fromRecent ? m_recent : m_frequent);
        (fromRecent ? m_ghosts1 : m_ghosts2).push_back(key);
        return key;
    }
    Keys m_recent, m_frequent, m_ghosts1, m_ghosts2;
    double m_aim = 0;
    bool m_returns = false;
};

// With the paper's stack as a list, pruned until a low key is at its bottom.
class LirsModel : public Model {
public:
    void insert(Key key) override {
        const bool inStack = contains(m_stack, key);
        removeFrom(m_stack, key);
        m_stack.push_back(key);
        if (inStack || m_low < mostLow(count() + 1)) {
            becomeLow(key);
        } else {
            m_isLow[key] = false;
            m_queue.push_back(key);
        }
        keepShares();
    }
    void hit(Key key) override {
        const bool inStack = removeFrom(m_stack, key);
        m_stack.push_back(key);
        if (!m_isLow[key]) {
            removeFrom(m_queue, key);
            if (inStack) {
                becomeLow(key);
            } else {
                m_queue.push_back(key);
            }
        }
        keepShares();
    }
    void erase(Key key) override {
        removeFrom(m_stack, key);
        removeFrom(m_queue, key);
        m_low -= m_isLow[key] ? 1U : 0U;
        m_isLow.erase(key);
        prune();
    }
    Key evict(Key incoming) override {
        keepShares();
        const std::size_t mostGhosts = count();
        const Key key = popOldest(m_queue);
        m_isLow.erase(key);
        // The ghosts are the keys of the stack that are no entries.
        const auto ghosts = [&] {
            return std::count_if(m_stack.begin(), m_stack.end(), [&](Key other) {
                return other != incoming && m_isLow.count(other) == 0;
            });
        };
        while (static_cast<std::size_t>(ghosts()) > mostGhosts) {
            m_stack.erase(std::find_if(m_stack.begin(), m_stack.end(), [&](Key other) {
                return other != incoming && m_isLow.count(other) == 0;
            }));
        }
        return key;
    }

private:
    std::size_t count() const { return m_isLow.size(); }
    static std::size_t mostLow(std::size_t count) {
        return count - std::max<std::size_t>(count / 100, 1);
    }
    void becomeLow(Key key) {
        m_isLow[key] = true;
        ++m_low;
    }
    void prune() {
        while (!m_stack.empty() &&
               (m_isLow.count(m_stack.front()) == 0 || !m_isLow[m_stack.front()])) {
            m_stack.pop_front();
        }
    }
    void keepShares() {
        prune();
        while (count() != 0 && m_low > mostLow(count())) {
            const Key key = popOldest(m_stack);
            m_isLow[key] = false;
            --m_low;
            m_queue.push_back(key);
            prune();
        }
    }
    Keys m_stack, m_queue;
    std::map<Key, bool> m_isLow;  // of the entries
    std::size_t m_low = 0;
};

struct Pair {
    const char* policy;
    std::function<std::unique_ptr<Model>()> model;
};

class PolicyModel : public ::testing::TestWithParam<Pair> {};

TEST_P(PolicyModel, choosesTheSameVictims) {
    for (const std::size_t capacity : {1U, 2U, 5U, 20U, 130U}) {
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            const bool erases = seed % 2 == 0;
            Random random{seed};
            test::SlotCache cache{GetParam().policy, 1'000'000};
            const auto model = GetParam().model();
            for (int step = 0; step < 6000; ++step) {
                const auto keys = static_cast<double>(4 * capacity + 3);
                const auto key = static_cast<Key>(random.uniform() * random.uniform() * keys);
                if (erases && random.below(30) == 0) {
                    if (cache.erase(key)) {
                        model->erase(key);
                    }
                    continue;
                }
                if (cache.holds(key)) {
                    cache.request(key);
                    model->hit(key);
                    continue;
                }
                if (cache.size() == capacity) {
                    ASSERT_EQ(cache.evict(key), model->evict(key))
                        << "step " << step << ", capacity " << capacity << ", seed " << seed;
                }
                cache.request(key);
                model->insert(key);
            }
        }
    }
}

template <class T, std::size_t... kArguments>
std::unique_ptr<Model> make() {
    return std::make_unique<T>(kArguments...);
}

INSTANTIATE_TEST_SUITE_P(
    Builtin, PolicyModel,
    ::testing::Values(Pair{"fifo", make<FifoModel>}, Pair{"lru", make<LruModel>},
                      Pair{"clock", make<ClockModel>}, Pair{"sieve", make<SieveModel>},
                      Pair{"lfu", make<LfuModel>}, Pair{"slru", make<SlruModel, 2, 80>},
                      Pair{"s4lru", make<SlruModel, 4, 25>}, Pair{"2q", make<TwoQueueModel>},
                      Pair{"arc", make<ArcModel>}, Pair{"lirs", make<LirsModel>}),
    [](const auto& pair) { return std::string{pair.param.policy}; });

}  // namespace
}  // namespace cachescope
