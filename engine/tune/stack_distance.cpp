// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A mark stands at the last request of each key. The distance of a request is the number of marks
// behind the one of its key, which moves to the front then.

#include "engine/tune/stack_distance.h"

#include <algorithm>
#include <bit>
#include <new>

namespace cachescope::tune {

namespace {

constexpr std::size_t kRequestsBetweenQuestions = std::size_t{1} << 14;
constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

/// Marks at places that only grow: a bit each, and a Fenwick tree of their numbers in words. The
/// tree has a 64th of the places and stays in the cache where one over all of them would not.
class Marks {
public:
    explicit Marks(std::size_t places) : m_words(places / 64 + 1), m_tree(m_words.size() + 1) {}

    void set(std::size_t place) noexcept {
        m_words[place / 64] |= std::uint64_t{1} << place % 64;
        add(place / 64, 1);
        ++m_count;
    }
    void clear(std::size_t place) noexcept {
        m_words[place / 64] &= ~(std::uint64_t{1} << place % 64);
        add(place / 64, ~std::uint32_t{0});
        --m_count;
    }
    /// Marks at `place` and after it.
    std::uint32_t countFrom(std::size_t place) const noexcept {
        const std::uint64_t before = m_words[place / 64] & ((std::uint64_t{1} << place % 64) - 1);
        auto count = static_cast<std::uint32_t>(std::popcount(before));
        for (std::size_t i = place / 64; i > 0; i &= i - 1) {
            count += m_tree[i];
        }
        return m_count - count;
    }

private:
    void add(std::size_t word, std::uint32_t change) noexcept {
        for (std::size_t i = word + 1; i < m_tree.size(); i += i & (~i + 1)) {
            m_tree[i] += change;
        }
    }

    std::vector<std::uint64_t> m_words;
    std::vector<std::uint32_t> m_tree;
    std::uint32_t m_count = 0;
};

struct Key {
    std::uint32_t mark = kNowhere;  // place of its last request
    std::uint32_t next = 0;         // where its next distance is written
    std::uint32_t end = 0;
};

Result<StackDistances> distancesOf(const Trace& trace, const Timeline& timeline,
                                   const std::function<bool()>& goOn) {
    const Error otherTrace{ErrorCode::damaged, "timeline", "of another trace"};
    std::vector<Key> keys(trace.names.size());
    for (std::size_t place = 0; place < timeline.keyCount(); ++place) {
        if (timeline.keys[place] >= keys.size()) {
            return otherTrace;
        }
        keys[timeline.keys[place]] = {kNowhere, timeline.offsets[place],
                                      timeline.offsets[place + 1]};
    }
    StackDistances result;
    result.distances.resize(timeline.requests());
    Marks marks{timeline.requests()};
    std::uint32_t now = 0;
    for (std::size_t i = 0; i < trace.size(); ++i) {
        if (i % kRequestsBetweenQuestions == 0 && goOn && !goOn()) {
            return Error{ErrorCode::cancelled};
        }
        if (!trace.operations.empty() && trace.operations[i] != TraceOperation::read) {
            continue;
        }
        constexpr std::size_t kAhead = 16;
        if (i + kAhead < trace.size()) {
            __builtin_prefetch(&keys[trace.keys[i + kAhead]], 1);
        }
        Key& key = keys[trace.keys[i]];
        if (key.next == key.end) {
            return otherTrace;
        }
        std::uint32_t distance = StackDistances::kCold;
        if (key.mark != kNowhere) {
            distance = marks.countFrom(key.mark);
            marks.clear(key.mark);
        }
        marks.set(now);
        key.mark = now++;
        result.distances[key.next++] = distance;
    }
    if (now != timeline.requests()) {
        return otherTrace;
    }
    return result;
}

}  // namespace

Result<StackDistances> StackDistances::of(const Trace& trace, const Timeline& timeline,
                                          const std::function<bool()>& goOn) {
    try {
        return distancesOf(trace, timeline, goOn);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::tooLarge, "requests"};
    }
}

}  // namespace cachescope::tune
