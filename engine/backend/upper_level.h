// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "engine/backend/backend.h"

namespace cachescope {

/// Copies of entries of a slower store, in memory, that are never kept past a change.
///
/// Whoever reads or changes the store takes a mark before, and hands it in with the outcome. A copy
/// is kept only if nothing was heard of its key since the mark; every change, our own or another's,
/// is heard here after it took effect in the store. So of a reader and a change that overlap,
/// whichever comes here first, no outdated copy stays:
///
///     reader    mark ── reads the old value ─────────── keep: refused, the stamp has moved
///     change               takes effect ── drop: the stamp moves
///
///     reader    mark ── reads the old value ── keep ─── (copy gone)
///     change               takes effect ─────────────── drop: the stamp moves, the copy goes
///
/// A mark taken after the drop is from after the change, and then the reader has read the new
/// value. Of two own changes that overlap, the store alone knows the order: the one that ends first
/// keeps its value, the second finds the stamp moved and drops it, and neither stays.
///
/// Keys share 256 stamps by their hash, so that a change may also keep another key from being
/// copied; that costs a read. Any thread. No call reaches the store.
class UpperLevel {
public:
    struct Options {
        Duration longest{};  ///< the longest a copy stays; 0: as long as the entry lives
        const Clock* clock = &SystemClock::instance();  ///< must outlive this
    };
    using Mark = std::uint64_t;

    /// `memory` is a backend that keeps to this process and does not fail.
    UpperLevel(std::unique_ptr<Backend> memory, Options options);

    std::optional<Entry> get(std::string_view key);
    Mark mark(std::string_view key) const noexcept;

    /// After a read: keeps a copy unless something was heard since the mark; whether it did.
    bool keep(std::string_view key, const Entry& entry, Mark mark);
    /// After a change of ours: as keep(), and drops what is there otherwise, or without an entry.
    void settle(std::string_view key, const Entry* entry, Mark mark);
    /// After we have moved the deadline.
    void move(std::string_view key, TimePoint expires, Mark mark);

    void drop(std::string_view key);
    void dropAll();
    void dropMatching(std::string_view pattern);

    void removeExpired(std::size_t limit) { (void)m_memory->removeExpired(limit); }
    BackendStat stat();

private:
    // Each in a line of its own, so that threads with different keys do not disturb each other.
    struct alignas(64) Place {
        std::mutex mutex;
        std::atomic<Mark> stamp{0};
    };

    Place& placeOf(std::string_view key) const noexcept;
    void store(std::string_view key, const Entry& entry);
    void touchAllStamps();

    const std::unique_ptr<Backend> m_memory;
    const Options m_options;
    const std::unique_ptr<std::array<Place, 256>> m_places;
};

}  // namespace cachescope
