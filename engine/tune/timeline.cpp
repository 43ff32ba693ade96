// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/timeline.h"

#include <algorithm>
#include <new>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace cachescope::tune {

namespace {

constexpr Duration kMillisecond = std::chrono::milliseconds{1};
constexpr std::uint32_t kMostRequests = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kBetweenLooks = std::size_t{1} << 18;

// A moment above all others is kNoWrite, so none may be as late.
Duration tickFor(Duration span) {
    const Duration::rep most = Timeline::kNoWrite - 1;
    const Duration::rep ofMilliseconds = kMillisecond.count() * most;
    return kMillisecond * (1 + std::max<Duration::rep>(0, span.count() - 1) / ofMilliseconds);
}

class Maker {
public:
    Maker(const Trace& trace, const std::function<bool()>& goOn) : m_trace(trace), m_goOn(goOn) {}

    Result<Timeline> make(const std::string& separator, std::size_t mostGroups) {
        m_result.tick = tickFor(m_trace.span());
        m_result.span = static_cast<std::uint32_t>(m_trace.span() / m_result.tick);
        if (!countReads()) {
            return Error{ErrorCode::cancelled};
        }
        if (m_reads == 0) {
            return Error{ErrorCode::missing, "reads"};
        }
        if (!groupKeys(separator, mostGroups) || !placeKeys() || !placeRequests()) {
            return Error{ErrorCode::cancelled};
        }
        return std::move(m_result);
    }

private:
    bool goesOn(std::size_t done) const { return done % kBetweenLooks != 0 || !m_goOn || m_goOn(); }

    bool isWrite(std::size_t i) const {
        return !m_trace.operations.empty() && m_trace.operations[i] == TraceOperation::write;
    }

    bool countReads() {
        m_readsOf.assign(m_trace.names.size(), 0);
        for (std::size_t i = 0; i < m_trace.size(); ++i) {
            if (!goesOn(i)) {
                return false;
            }
            if (isWrite(i)) {
                m_writes = true;
            } else {
                ++m_readsOf[m_trace.keys[i]];
                ++m_reads;
            }
        }
        return true;
    }

    bool groupKeys(const std::string& separator, std::size_t mostGroups) {
        std::unordered_map<std::string, std::uint32_t> numbers;
        std::vector<std::pair<std::uint64_t, std::string>> groups;  // requests, name
        m_groupOf.assign(m_readsOf.size(), 0);
        std::string name;
        for (std::uint32_t key = 0; key < m_readsOf.size(); ++key) {
            if (!goesOn(key)) {
                return false;
            }
            if (m_readsOf[key] == 0) {
                continue;
            }
            nameGroup(key, separator, name);
            const auto [found, isNew] =
                numbers.try_emplace(name, static_cast<std::uint32_t>(groups.size()));
            if (isNew) {
                groups.emplace_back(0, name);
            }
            groups[found->second].first += m_readsOf[key];
            m_groupOf[key] = found->second;
        }
        nameGroups(groups, mostGroups);
        return true;
    }

    void nameGroup(std::uint32_t key, const std::string& separator, std::string& name) const {
        name.clear();
        if (separator.empty()) {
            return;
        }
        // Most recordings number their keys, and no name made of digits alone has a group.
        const bool text = m_trace.names.isText(key);
        if (!text && separator.find_first_not_of("0123456789") != std::string::npos) {
            return;
        }
        const std::string number = text ? std::string{} : m_trace.names.name(key);
        const std::string_view whole = text ? m_trace.names.text(key) : std::string_view{number};
        const std::size_t end = whole.find(separator);
        if (end != std::string_view::npos) {
            name = whole.substr(0, end);
        }
    }

    void nameGroups(const std::vector<std::pair<std::uint64_t, std::string>>& groups,
                    std::size_t mostGroups) {
        std::vector<std::uint32_t> order(groups.size());
        std::iota(order.begin(), order.end(), 0U);
        std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            return groups[a].first != groups[b].first ? groups[a].first > groups[b].first
                                                      : groups[a].second < groups[b].second;
        });
        const std::size_t kept = std::min(order.size(), std::max<std::size_t>(1, mostGroups));
        std::vector<std::uint32_t> ranks(groups.size());
        for (std::size_t rank = 0; rank < order.size(); ++rank) {
            ranks[order[rank]] = static_cast<std::uint32_t>(std::min(rank, kept));
            if (rank < kept) {
                m_result.groupNames.push_back(groups[order[rank]].second);
            }
        }
        if (kept < order.size()) {
            m_result.groupNames.emplace_back(Timeline::kOtherGroups);
        }
        for (std::uint32_t& group : m_groupOf) {
            group = ranks[group];
        }
    }

    // Keys of a group are neighbours, so that a sweep adds up a group at a time.
    bool placeKeys() {
        std::vector<std::uint32_t> nextPlace(m_result.groupNames.size() + 1, 0);
        for (std::uint32_t key = 0; key < m_readsOf.size(); ++key) {
            if (m_readsOf[key] != 0) {
                ++nextPlace[m_groupOf[key] + 1];
            }
        }
        std::partial_sum(nextPlace.begin(), nextPlace.end(), nextPlace.begin());
        const std::size_t places = nextPlace.back();
        m_result.keys.resize(places);
        m_result.groups.resize(places);
        for (std::uint32_t key = 0; key < m_readsOf.size(); ++key) {
            if (!goesOn(key)) {
                return false;
            }
            if (m_readsOf[key] != 0) {
                const std::uint32_t place = nextPlace[m_groupOf[key]]++;
                m_result.keys[place] = key;
                m_result.groups[place] = m_groupOf[key];
            }
        }
        m_groupOf = {};
        m_result.offsets.assign(places + 1, 0);
        for (std::size_t place = 0; place < places; ++place) {
            m_result.offsets[place + 1] = m_result.offsets[place] + m_readsOf[m_result.keys[place]];
        }
        m_readsOf = {};
        return true;
    }

    std::uint32_t tickOf(Duration time) const {
        // Almost always a millisecond: a constant spares ten million divisions.
        return static_cast<std::uint32_t>(m_result.tick == kMillisecond ? time / kMillisecond
                                                                        : time / m_result.tick);
    }

    // What belongs to a key, side by side: its next request's place, and its last write so far.
    struct Slot {
        std::uint32_t next = 0;
        std::uint32_t lastWrite = kNoWrite;
    };
    static constexpr std::uint32_t kNoWrite = Timeline::kNoWrite;

    bool placeRequests() {
        m_slots.resize(m_trace.names.size());
        for (std::size_t place = 0; place < m_result.keys.size(); ++place) {
            m_slots[m_result.keys[place]].next = m_result.offsets[place];
        }
        m_result.times.resize(m_reads);
        m_result.written.resize(m_writes ? m_reads : 0);
        std::size_t done = 0;
        while (done < m_trace.size()) {
            if (!goesOn(done)) {
                return false;
            }
            const std::size_t end = std::min(done + kBetweenLooks, m_trace.size());
            if (m_writes) {
                placeRequests<true>(done, end);
            } else {
                placeRequests<false>(done, end);
            }
            done = end;
        }
        m_slots = {};
        return m_trace.sizes.empty() || takeSizes();
    }

    // Keys come in any order, so that each step waits for memory unless it was asked for before.
    template <bool Writes>
    void placeRequests(std::size_t begin, std::size_t end) {
        constexpr std::size_t kSlotAhead = 48;
        constexpr std::size_t kPlaceAhead = 16;
        const std::size_t last = m_trace.size() - 1;
        const std::uint32_t* keys = m_trace.keys.data();
        for (std::size_t i = begin; i < end; ++i) {
            __builtin_prefetch(&m_slots[keys[std::min(i + kSlotAhead, last)]], 1);
            const std::uint32_t soon = m_slots[keys[std::min(i + kPlaceAhead, last)]].next;
            __builtin_prefetch(m_result.times.data() + soon, 1);
            Slot& slot = m_slots[keys[i]];
            const std::uint32_t tick = tickOf(m_trace.times[i]);
            if constexpr (Writes) {
                __builtin_prefetch(m_result.written.data() + soon, 1);
                if (isWrite(i)) {
                    slot.lastWrite = tick;
                    continue;
                }
                m_result.written[slot.next] = slot.lastWrite;
            }
            m_result.times[slot.next++] = tick;
        }
    }

    // Some recordings say zero where the value was not there.
    bool takeSizes() {
        std::vector<std::uint32_t> sizes(m_trace.names.size(), 0);
        for (std::size_t i = 0; i < m_trace.size(); ++i) {
            if (!goesOn(i)) {
                return false;
            }
            std::uint32_t& size = sizes[m_trace.keys[i]];
            if (size == 0 && !isWrite(i)) {
                size = m_trace.sizes[i];
            }
        }
        m_result.bytes.resize(m_result.keys.size());
        for (std::size_t place = 0; place < m_result.keys.size(); ++place) {
            m_result.bytes[place] = sizes[m_result.keys[place]];
        }
        return true;
    }

    const Trace& m_trace;
    const std::function<bool()>& m_goOn;
    Timeline m_result;
    std::vector<std::uint32_t> m_readsOf;
    std::vector<std::uint32_t> m_groupOf;
    std::vector<Slot> m_slots;
    std::size_t m_reads = 0;
    bool m_writes = false;
};

}  // namespace

Result<Timeline> Timeline::of(const Trace& trace, const std::string& separator,
                              std::size_t mostGroups, const std::function<bool()>& goOn) {
    if (trace.size() == 0) {
        return Error{ErrorCode::missing, "reads"};
    }
    if (trace.times.empty()) {
        return Error{ErrorCode::missing, "times"};
    }
    if (trace.size() >= kMostRequests) {
        return Error{ErrorCode::tooLarge, "requests", std::to_string(trace.size())};
    }
    try {
        return Maker(trace, goOn).make(separator, mostGroups);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::tooLarge, "requests", std::to_string(trace.size())};
    }
}

void assumeRate(Trace& trace, double requestsPerSecond) {
    trace.times.resize(trace.size());
    for (std::size_t i = 0; i < trace.size(); ++i) {
        const double nanoseconds = static_cast<double>(i) / requestsPerSecond * 1e9;
        trace.times[i] = Duration{static_cast<Duration::rep>(std::min(nanoseconds, 9e18))};
    }
}

}  // namespace cachescope::tune
