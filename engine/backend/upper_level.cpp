// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/upper_level.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "engine/core/hash.h"

namespace cachescope {

namespace {

// Where copies go before their entry does, the entry's own deadline stands behind its notes.
constexpr std::size_t kDeadlineBytes = sizeof(std::int64_t);

SharedBytes withDeadline(const SharedBytes& notes, TimePoint expires) {
    const std::int64_t ticks = expires.time_since_epoch().count();
    std::string text{notes.view()};
    text.append(reinterpret_cast<const char*>(&ticks), kDeadlineBytes);
    return SharedBytes{text};
}

void takeDeadline(Entry& entry) {
    const std::string_view stored = entry.notes.view();
    const std::size_t length = stored.size() - kDeadlineBytes;
    std::int64_t ticks = 0;
    std::memcpy(&ticks, stored.data() + length, kDeadlineBytes);
    entry.expires = TimePoint{Duration{ticks}};
    entry.notes = SharedBytes{stored.substr(0, length)};
}

}  // namespace

UpperLevel::UpperLevel(std::unique_ptr<Backend> memory, Options options)
    : m_memory(std::move(memory)),
      m_options(options),
      m_places(std::make_unique<std::array<Place, 256>>()) {}

UpperLevel::Place& UpperLevel::placeOf(std::string_view key) const noexcept {
    // Not the bits by which the memory below spreads keys over its shards.
    return (*m_places)[static_cast<std::size_t>(hash64(key) >> 16) % m_places->size()];
}

std::optional<Entry> UpperLevel::get(std::string_view key) {
    auto found = m_memory->get(key);
    if (!found || !*found) {
        return std::nullopt;
    }
    if (m_options.longest > Duration::zero()) {
        try {
            takeDeadline(**found);
        } catch (const std::bad_alloc&) {
            return std::nullopt;
        }
    }
    return std::move(*found);
}

UpperLevel::Mark UpperLevel::mark(std::string_view key) const noexcept {
    return placeOf(key).stamp.load(std::memory_order_acquire);
}

void UpperLevel::store(std::string_view key, const Entry& entry) {
    try {
        Entry copy = entry;
        copy.level = 0;
        if (m_options.longest > Duration::zero()) {
            copy.notes = withDeadline(entry.notes, entry.expires);
            copy.expires =
                std::min(entry.expires, deadlineAfter(m_options.clock->now(), m_options.longest));
        }
        if (m_memory->set(key, copy)) {
            return;
        }
    } catch (const std::bad_alloc&) {
        // As below.
    }
    (void)m_memory->erase(key);
}

bool UpperLevel::keep(std::string_view key, const Entry& entry, Mark mark) {
    Place& place = placeOf(key);
    const std::lock_guard lock(place.mutex);
    if (place.stamp.load(std::memory_order_relaxed) != mark) {
        return false;
    }
    store(key, entry);
    return true;
}

void UpperLevel::settle(std::string_view key, const Entry* entry, Mark mark) {
    Place& place = placeOf(key);
    const std::lock_guard lock(place.mutex);
    if (entry != nullptr && place.stamp.load(std::memory_order_relaxed) == mark) {
        store(key, *entry);
    } else {
        (void)m_memory->erase(key);
    }
    place.stamp.fetch_add(1, std::memory_order_release);
}

void UpperLevel::move(std::string_view key, TimePoint expires, Mark mark) {
    auto copy = get(key);
    if (copy) {
        copy->expires = expires;
    }
    // What was copied before the mark may have been replaced by what is there now: then the stamp
    // has moved, and the copy goes.
    settle(key, copy ? &*copy : nullptr, mark);
}

void UpperLevel::drop(std::string_view key) {
    settle(key, nullptr, 0);
}

void UpperLevel::touchAllStamps() {
    for (Place& place : *m_places) {
        const std::lock_guard lock(place.mutex);
        place.stamp.fetch_add(1, std::memory_order_release);
    }
}

// Stamps first: what is kept after its stamp has moved is from after the change.
void UpperLevel::dropAll() {
    touchAllStamps();
    (void)m_memory->clear();
}

void UpperLevel::dropMatching(std::string_view pattern) {
    touchAllStamps();
    (void)m_memory->eraseMatching(pattern);
}

BackendStat UpperLevel::stat() {
    const auto stat = m_memory->stat();
    return stat ? *stat : BackendStat{};
}

}  // namespace cachescope
