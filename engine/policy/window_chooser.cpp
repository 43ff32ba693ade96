// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/policy/window_chooser.h"

#include <algorithm>

namespace cachescope {

namespace {

constexpr std::size_t kRequestsPerChoice = 4096;
// Of the requests: less may be chance, as a sample has only some of the popular keys.
constexpr double kClearly = 0.01;
constexpr double kMemory = 0.75;  // what one choice counts at the next

}  // namespace

WindowChooser::WindowChooser() {
    m_miniatures.reserve(kShares.size());
    for (const double share : kShares) {
        m_miniatures.emplace_back(share);
    }
    m_untilChoice = kRequestsPerChoice;
}

bool WindowChooser::sampled(std::uint32_t key, std::size_t entries,
                            FrequencySketch& sketch) noexcept {
    if (entries > m_entries + m_entries / 8 || entries < m_entries / 2) {
        adjustSample(std::max<std::size_t>(entries, 1));
    }
    for (std::size_t i = 0; i < kShares.size(); ++i) {
        m_hits[i] += m_miniatures[i].request(key, m_capacity, sketch) ? 1 : 0;
    }
    m_requests += 1;
    return --m_untilChoice == 0 && choose();
}

// Keys that are not in the sample any more must leave: nobody asks for them here, but the sketch
// says that they are asked for, so that they would never be evicted.
void WindowChooser::adjustSample(std::size_t entries) noexcept {
    m_entries = entries;
    m_capacity = std::min<std::size_t>(entries, kEntries);
    m_sampledUpTo = static_cast<std::uint32_t>(0xffff'ffffULL * m_capacity / entries);
    for (Miniature& miniature : m_miniatures) {
        miniature.keepSampled(m_sampledUpTo);
    }
}

bool WindowChooser::choose() noexcept {
    m_untilChoice = kRequestsPerChoice;
    const auto best =
        static_cast<std::size_t>(std::max_element(m_hits.begin(), m_hits.end()) - m_hits.begin());
    // The smallest window is right for most caches and any other has to prove itself against it;
    // once chosen, half as much keeps it.
    const double needed = (m_chosen == 0 ? kClearly : kClearly / 2) * m_requests;
    std::size_t next = m_hits[best] - m_hits[0] > needed ? best : 0;
    if (next != 0 && m_chosen != 0 && m_hits[next] - m_hits[m_chosen] <= needed) {
        next = m_chosen;
    }
    const bool changes = next != m_chosen;
    m_chosen = next;
    for (double& hits : m_hits) {
        hits *= kMemory;
    }
    m_requests *= kMemory;
    return changes;
}

WindowChooser::Miniature::Miniature(double share) {
    m_queues.setShare(share);
    m_queues.grow(kEntries);
    for (std::uint32_t slot = 0; slot < kEntries; ++slot) {
        m_free.push_back(slot);
    }
}

bool WindowChooser::Miniature::request(std::uint32_t key, std::size_t capacity,
                                       FrequencySketch& sketch) noexcept {
    std::uint32_t slot = m_slots[placeOf(key)];
    if (slot != kNone) {
        m_queues.hit(slot);
        return true;
    }
    while (m_queues.size() >= capacity) {
        forget(m_queues.victim(sketch));
    }
    slot = m_free.back();
    m_free.pop_back();
    m_queues.insert(slot, key);
    m_slots[placeOf(key)] = slot;
    return false;
}

// Of the key, or the free place where it belongs.
std::size_t WindowChooser::Miniature::placeOf(std::uint32_t key) const noexcept {
    const std::size_t mask = m_slots.size() - 1;
    std::size_t place = key * 0x9e3779b97f4a7c15ULL >> 40 & mask;
    while (m_slots[place] != kNone && m_queues.keyOf(m_slots[place]) != key) {
        place = (place + 1) & mask;
    }
    return place;
}

void WindowChooser::Miniature::keepSampled(std::uint32_t upTo) noexcept {
    for (std::uint32_t slot = 0; slot < kEntries; ++slot) {
        if (m_queues.holds(slot) && hashOf(m_queues.keyOf(slot)) > upTo) {
            m_queues.erase(slot);
            forget(slot);
        }
    }
}

void WindowChooser::Miniature::forget(std::uint32_t slot) noexcept {
    const std::size_t mask = m_slots.size() - 1;
    std::size_t place = placeOf(m_queues.keyOf(slot));
    m_slots[place] = kNone;
    m_free.push_back(slot);
    // Those behind it must still be found: put in again, each to the first free place.
    for (place = (place + 1) & mask; m_slots[place] != kNone; place = (place + 1) & mask) {
        const std::uint32_t moved = m_slots[place];
        m_slots[place] = kNone;
        m_slots[placeOf(m_queues.keyOf(moved))] = moved;
    }
}

}  // namespace cachescope
