// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/mark_table.h"

#include "engine/backend/reserved_keys.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

namespace cachescope {

namespace {

constexpr TimePoint kNoMark{Duration{std::numeric_limits<std::int64_t>::min()}};
// How many marks are remembered before some are forgotten.
constexpr std::size_t kMostRemembered = 100'000;

std::string textOf(TimePoint moment) {
    return std::to_string(moment.time_since_epoch().count());
}

// What is not a number voids everything: somebody meant something by it.
TimePoint momentOf(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
    const bool whole = failure == std::errc{} && end == text.data() + text.size();
    return whole ? TimePoint{Duration{count}} : kNever;
}

TimePoint begunAt(const Entry& entry) noexcept {
    return entry.created - entry.loadCost;
}

}  // namespace

MarkTable::MarkTable(Backend& backend, const Clock& clock,
                     std::function<void(const Error&)> trouble)
    : m_backend(backend),
      m_clock(clock),
      m_trouble(std::move(trouble)),
      m_stored(backend.capabilities().shared || backend.capabilities().persistent),
      m_latest(std::numeric_limits<std::int64_t>::min()),
      m_latestMark(std::numeric_limits<std::int64_t>::min()) {}

std::string MarkTable::keyOf(std::string_view name) {
    return std::string{kReservedPrefix} + std::string{name};
}

void MarkTable::raise(std::atomic<std::int64_t>& latest, TimePoint moment) noexcept {
    const std::int64_t seen = moment.time_since_epoch().count();
    std::int64_t known = latest.load(std::memory_order_relaxed);
    while (known < seen && !latest.compare_exchange_weak(known, seen, std::memory_order_relaxed)) {
    }
}

TimePoint MarkTable::loadBegins() noexcept {
    const TimePoint latest{Duration{m_latest.load(std::memory_order_relaxed)}};
    const TimePoint now = m_clock.now();
    if (now > latest) {
        return now;
    }
    // The clock is behind what was seen: the next mark must not be set before this load.
    const TimePoint ahead = latest + Duration{1};
    raise(m_latest, ahead);
    return ahead;
}

Result<void> MarkTable::set(std::string_view name) {
    const TimePoint now = m_clock.now();
    const TimePoint mark =
        std::max(now, TimePoint{Duration{m_latest.load(std::memory_order_relaxed)}});
    raise(m_latest, mark);
    raise(m_latestMark, mark);
    {
        const std::lock_guard lock(m_mutex);
        Mark& known = m_marks[std::string{name}];
        known.until = std::max(known.until, mark);
        known.readAt = now;
        makeRoom(now);
    }
    if (!m_stored) {
        return {};
    }
    return write(name, mark);
}

// Two writes of one name may end in any order: whoever finds that a later mark was set meanwhile
// writes that one after his own.
Result<void> MarkTable::write(std::string_view name, TimePoint mark) {
    for (;;) {
        Entry entry;
        entry.value = Bytes{textOf(mark)};
        entry.created = mark;
        auto written = m_backend.set(keyOf(name), entry);
        {
            const std::lock_guard lock(m_mutex);
            const auto known = m_marks.find(name);
            if (known == m_marks.end() || known->second.until <= mark ||
                known->second.until == kNever) {
                return written;
            }
            mark = known->second.until;
        }
        if (!written) {
            tell(written.error());
        }
    }
}

void MarkTable::tell(const Error& error) const {
    if (m_trouble) {
        m_trouble(error);
    }
}

// Of marks that lie in the backend, those that would be read again anyhow, names that have none
// first: whoever knows one writes it again if it is gone there. Of others the older
// half, and the mark of everything takes their place: more than was asked for is void, never less.
void MarkTable::makeRoom(TimePoint now) {
    if (m_marks.size() < kMostRemembered) {
        return;
    }
    if (m_stored) {
        const auto forget = [&](bool marksToo) {
            std::erase_if(m_marks, [&](const auto& each) {
                return now - each.second.readAt > kBelieved &&
                       (marksToo || each.second.until == kNoMark);
            });
        };
        forget(false);
        if (m_marks.size() >= kMostRemembered / 2) {
            forget(true);
        }
        return;
    }
    std::vector<TimePoint> moments;
    moments.reserve(m_marks.size());
    for (const auto& [name, mark] : m_marks) {
        moments.push_back(mark.until);
    }
    const auto middle = moments.begin() + static_cast<std::ptrdiff_t>(moments.size() / 2);
    std::nth_element(moments.begin(), middle, moments.end());
    std::erase_if(m_marks, [&](const auto& each) { return each.second.until <= *middle; });
    m_marks[std::string{kEverything}] = {*middle, now};
}

MarkTable::Look MarkTable::markOf(std::string_view name, TimePoint now) {
    TimePoint known = kNoMark;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_marks.find(name);
        if (found != m_marks.end()) {
            known = found->second.until;
        }
        if (!m_stored || (found != m_marks.end() && now - found->second.readAt <= kBelieved)) {
            return {known};
        }
    }
    const auto stored = m_backend.get(keyOf(name));
    if (!stored.ok()) {
        tell(stored.error());
        return {known, false};  // asked again the next time
    }
    const TimePoint mark = *stored ? momentOf((*stored)->value.view()) : kNoMark;
    TimePoint until;
    {
        const std::lock_guard lock(m_mutex);
        makeRoom(now);
        Mark& remembered = m_marks.try_emplace(std::string{name}, Mark{kNoMark, now}).first->second;
        // One that was set here while we read must not be lost to what we read.
        remembered.until = std::max(remembered.until, mark);
        remembered.readAt = now;
        until = remembered.until;
    }
    if (mark != kNever) {
        raise(m_latest, mark);
        raise(m_latestMark, mark);
    }
    // A server may have evicted it, or lost it with its memory; an outage may have kept it from
    // being written. Whoever sets a later one at this very moment and finds it overwritten writes
    // it again himself.
    if (mark < until && until != kNever) {
        if (const auto written = write(name, until); !written) {
            tell(written.error());
        }
    }
    return {until};
}

bool MarkTable::isKnownVoid(const Entry& entry, const EntryNotes& notes) {
    if (!notes.marked && notes.tags.empty()) {
        return false;
    }
    const TimePoint begun = begunAt(entry);
    const std::lock_guard lock(m_mutex);
    const auto isVoid = [&](std::string_view name) {
        const auto found = m_marks.find(name);
        return found != m_marks.end() && begun <= found->second.until;
    };
    return isVoid(kEverything) || std::any_of(notes.tags.begin(), notes.tags.end(), isVoid);
}

void MarkTable::look(const CacheOptions& options) {
    if (!m_stored || !options.heedsMarks()) {
        return;
    }
    const TimePoint now = m_clock.now();
    (void)markOf(kEverything, now);
    for (const std::string& tag : options.tags) {
        (void)markOf('t' + tag, now);
    }
    if (!options.space.empty()) {
        (void)markOf('s' + options.space, now);
    }
}

MarkTable::Standing MarkTable::standingOf(const Entry& entry, const EntryNotes& notes) {
    if (!notes.marked && notes.tags.empty()) {
        return Standing::valid;
    }
    raise(m_latest, entry.created);
    const TimePoint begun = begunAt(entry);
    const TimePoint now = m_clock.now();
    bool isSure = true;
    const auto isVoid = [&](std::string_view name) {
        const Look mark = markOf(name, now);
        isSure = isSure && mark.isSure;
        return begun <= mark.until;
    };
    if (isVoid(kEverything) || std::any_of(notes.tags.begin(), notes.tags.end(), isVoid)) {
        return Standing::isVoid;
    }
    // What was loaded a moment ago would be believed without a look, too.
    return isSure || now - begun <= kBelieved ? Standing::valid : Standing::unknown;
}

}  // namespace cachescope
