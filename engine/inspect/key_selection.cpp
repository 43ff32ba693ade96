// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_selection.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <new>
#include <span>
#include <utility>

#include "engine/inspect/key_filter.h"

namespace cachescope::inspect {

namespace {

using GoOn = std::function<bool()>;

constexpr std::size_t kKeysBetweenLooks = 8192;
constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kSmallGroup = 48;

Error cancelled() {
    return Error{ErrorCode::cancelled, {}, {}};
}

struct Entry {
    std::uint64_t rank;
    std::uint32_t key;
};

bool before(const Entry& one, const Entry& other) noexcept {
    return one.rank != other.rank ? one.rank < other.rank : one.key < other.key;
}

// Stable, by bytes of the rank from the lowest on; those in which all agree cost nothing. Much
// faster than comparing where there are many, and it does not mind how they are spread.
bool sortByRank(std::span<Entry> entries, std::vector<Entry>& spare, const GoOn& goOn) {
    if (entries.size() < 4 * kSmallGroup) {
        std::sort(entries.begin(), entries.end(), before);
        return true;
    }
    std::uint64_t all = kLast;
    std::uint64_t any = 0;
    for (const Entry& entry : entries) {
        all &= entry.rank;
        any |= entry.rank;
    }
    const std::uint64_t differing = all ^ any;
    spare.resize(std::max(spare.size(), entries.size()));
    std::span<Entry> from = entries;
    std::span<Entry> to(spare.data(), entries.size());
    for (unsigned shift = 0; shift < 64; shift += 8) {
        if ((differing >> shift & 0xffU) == 0) {
            continue;
        }
        if (!goOn()) {
            return false;
        }
        std::array<std::size_t, 256> places{};
        for (const Entry& entry : from) {
            ++places[entry.rank >> shift & 0xffU];
        }
        std::size_t place = 0;
        for (std::size_t& count : places) {
            place += std::exchange(count, place);
        }
        for (const Entry& entry : from) {
            to[places[entry.rank >> shift & 0xffU]++] = entry;
        }
        std::swap(from, to);
    }
    if (from.data() != entries.data()) {
        std::copy(from.begin(), from.end(), entries.begin());
    }
    return true;
}

// The eight bytes of a name from `depth` on, the first one the most significant.
std::uint64_t bytesAt(std::string_view name, std::size_t depth) noexcept {
    std::uint64_t bytes = 0;
    if (depth < name.size()) {
        std::memcpy(&bytes, name.data() + depth, std::min<std::size_t>(8, name.size() - depth));
    }
    if constexpr (std::endian::native == std::endian::little) {
        bytes = __builtin_bswap64(bytes);
    }
    return bytes;
}

// Eight bytes at a time: whoever agrees in them is a group that is sorted by the next eight, so
// that no name is read twice for what is known already.
class NameSort {
public:
    NameSort(const CensusView& view, const GoOn& goOn) : m_view(view), m_goOn(goOn) {}

    bool sort(std::vector<Entry>& entries) {
        std::vector<Group> groups{{0, entries.size(), 0}};
        while (!groups.empty()) {
            const Group group = groups.back();
            groups.pop_back();
            const std::span<Entry> part(entries.data() + group.begin, group.size);
            if (group.size <= kSmallGroup) {
                sortSmall(part, group.depth);
                if (!lookUp(group.size)) {
                    return false;
                }
                continue;
            }
            for (Entry& entry : part) {
                entry.rank = bytesAt(m_view.name(entry.key), group.depth);
                if (!lookUp(1)) {
                    return false;
                }
            }
            if (!sortByRank(part, m_spare, m_goOn)) {
                return false;
            }
            split(part, group, groups);
        }
        return true;
    }

private:
    struct Group {
        std::size_t begin;
        std::size_t size;
        std::size_t depth;  // of bytes in which all agree
    };

    bool lookUp(std::size_t keys) {
        m_keys += keys;
        if (m_keys < kKeysBetweenLooks) {
            return true;
        }
        m_keys = 0;
        return m_goOn();
    }

    void sortSmall(std::span<Entry> part, std::size_t depth) const {
        std::sort(part.begin(), part.end(), [&](const Entry& one, const Entry& other) {
            return m_view.name(one.key).substr(depth) < m_view.name(other.key).substr(depth);
        });
    }

    void split(std::span<Entry> part, const Group& group, std::vector<Group>& groups) const {
        for (std::size_t begin = 0; begin < part.size();) {
            std::size_t end = begin + 1;
            while (end < part.size() && part[end].rank == part[begin].rank) {
                ++end;
            }
            if (end - begin > 1) {
                // Missing bytes count as zeros, so those that end here come first, by length.
                const std::size_t depth = group.depth + 8;
                const auto ends = [&](const Entry& entry) {
                    return m_view.name(entry.key).size() <= depth;
                };
                const auto first = part.begin() + static_cast<std::ptrdiff_t>(begin);
                const auto last = part.begin() + static_cast<std::ptrdiff_t>(end);
                const auto longer = std::stable_partition(first, last, ends);
                std::sort(first, longer, [&](const Entry& one, const Entry& other) {
                    return m_view.name(one.key).size() < m_view.name(other.key).size();
                });
                if (last - longer > 1) {
                    groups.push_back({group.begin + static_cast<std::size_t>(longer - part.begin()),
                                      static_cast<std::size_t>(last - longer), depth});
                }
            }
            begin = end;
        }
    }

    const CensusView& m_view;
    const GoOn& m_goOn;
    std::vector<Entry> m_spare;
    std::size_t m_keys = 0;
};

// What keys are sorted by, as a number, but for names.
class Ranks {
public:
    Ranks(const CensusView& view, const KeyOrder& order) : m_view(view), m_order(order) {
        if (order.column != KeyColumn::type) {
            return;
        }
        std::vector<std::uint32_t> types(view.typeCount());
        for (std::uint32_t i = 0; i < types.size(); ++i) {
            types[i] = i;
        }
        std::sort(types.begin(), types.end(), [&](std::uint32_t one, std::uint32_t other) {
            return view.typeName(one) < view.typeName(other);
        });
        m_types.resize(types.size());
        for (std::size_t i = 0; i < types.size(); ++i) {
            m_types[types[i]] = i;
        }
    }

    std::uint64_t operator()(std::uint32_t key) const {
        const std::uint64_t value = valueOf(key);
        if (value == kLast) {
            return kLast;
        }
        return m_order.descending ? kLast - 1 - value : value;
    }

private:
    std::uint64_t valueOf(std::uint32_t key) const {
        switch (m_order.column) {
            case KeyColumn::type: {
                const std::uint32_t type = m_view.typeOf(key);
                return type == 0 ? kLast : m_types[type];
            }
            case KeyColumn::ttl: {
                const std::int64_t expiry = m_view.facts(key).expiry;
                return expiry == kExpiryUnknown ? kLast : static_cast<std::uint64_t>(expiry);
            }
            case KeyColumn::size: {
                const std::uint64_t bytes = m_view.facts(key).bytes;
                return bytes == kSizeUnknown ? kLast : bytes;
            }
            case KeyColumn::idle: {
                const std::uint32_t idle = m_view.facts(key).idle;
                return idle == kIdleUnknown ? kLast : idle;
            }
            case KeyColumn::server:
                return m_view.facts(key).server;
            case KeyColumn::found:
            case KeyColumn::name:
                break;
        }
        return key;
    }

    const CensusView& m_view;
    const KeyOrder& m_order;
    std::vector<std::uint64_t> m_types;  // by number, their place among the names
};

Result<std::vector<std::uint32_t>> select(const CensusView& view, const KeyQuery& query,
                                          std::int64_t now, const GoOn& goOn, std::size_t from) {
    const KeyFilter filter(view, query, now);
    std::vector<std::uint32_t> selected;
    if (query.isOpen()) {
        selected.reserve(view.size() - std::min(from, view.size()));
    }
    for (std::size_t key = from; key < view.size(); ++key) {
        if (key % kKeysBetweenLooks == 0 && !goOn()) {
            return cancelled();
        }
        if (filter.passes(key)) {
            selected.push_back(static_cast<std::uint32_t>(key));
        }
    }
    return selected;
}

bool sortKeys(const CensusView& view, const KeyOrder& order, std::vector<std::uint32_t>& keys,
              const GoOn& goOn) {
    if (order.column == KeyColumn::found) {
        if (order.descending) {
            std::reverse(keys.begin(), keys.end());
        }
        return true;
    }
    const Ranks ranks(view, order);
    const bool byName = order.column == KeyColumn::name;
    std::vector<Entry> entries(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        entries[i] = {byName ? 0 : ranks(keys[i]), keys[i]};
        if (i % kKeysBetweenLooks == 0 && !goOn()) {
            return false;
        }
    }
    std::vector<Entry> spare;
    const bool sorted =
        byName ? NameSort(view, goOn).sort(entries) : sortByRank(entries, spare, goOn);
    if (!sorted) {
        return false;
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        keys[i] = entries[byName && order.descending ? keys.size() - 1 - i : i].key;
    }
    return true;
}

}  // namespace

Result<std::vector<std::uint32_t>> selectKeys(const CensusView& view, const KeyQuery& query,
                                              const KeyOrder& order, std::int64_t now,
                                              const GoOn& goOn, std::size_t from) {
    try {
        auto selected = select(view, query, now, goOn, from);
        if (selected.ok() && !sortKeys(view, order, selected.value(), goOn)) {
            return cancelled();
        }
        return selected;
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::tooLarge, {}, "no memory to sort the keys"};
    }
}

Result<std::vector<std::uint32_t>> mergeKeys(const CensusView& view, const KeyOrder& order,
                                             const std::vector<std::uint32_t>& former,
                                             const std::vector<std::uint32_t>& later,
                                             const GoOn& goOn) {
    const Ranks ranks(view, order);
    // Whether `added` goes before `kept`: among equals those found earlier come first.
    const auto goesBefore = [&](std::uint32_t added, std::uint32_t kept) {
        if (order.column == KeyColumn::name) {
            const int compared = view.name(added).compare(view.name(kept));
            return order.descending ? compared > 0 : compared < 0;
        }
        return ranks(added) < ranks(kept);
    };
    try {
        std::vector<std::uint32_t> merged;
        merged.reserve(former.size() + later.size());
        auto at = former.begin();
        std::size_t looks = 0;
        for (const std::uint32_t added : later) {
            if (++looks % 1024 == 0 && !goOn()) {
                return cancelled();
            }
            // In steps that double: the next place is near where there are many to put in.
            std::ptrdiff_t step = 1;
            auto low = at;
            auto high = at;
            while (high != former.end() && !goesBefore(added, *high)) {
                low = high + 1;
                high = former.end() - low > step ? low + step : former.end();
                step *= 2;
            }
            const auto place = std::upper_bound(low, high, added, goesBefore);
            merged.insert(merged.end(), at, place);
            merged.push_back(added);
            at = place;
        }
        merged.insert(merged.end(), at, former.end());
        return merged;
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::tooLarge, {}, "no memory to sort the keys"};
    }
}

}  // namespace cachescope::inspect
