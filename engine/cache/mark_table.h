// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/backend/backend.h"
#include "engine/cache/cache_options.h"
#include "engine/cache/entry_notes.h"

namespace cachescope {

/// The marks by which many entries are invalidated at once: for a name, the moment up to which all
/// that was loaded under it is void. Setting one takes the same time however many entries there
/// are; each is found out when it is read.
///
/// An entry counts as loaded when its load began, since what it read may be as old as that. Marks
/// live in the backend where others share it or it outlives this process, and are believed for
/// kBelieved there before they are read again; elsewhere they live here. A mark that cannot be read
/// leaves it open whether an entry is void, but for one whose load began within kBelieved. A mark
/// that is known here and has gone from the backend, or could not be written, is written again when
/// that is noticed; up to a hundred thousand names are remembered for that. Processes whose wall
/// clocks differ may miss a mark by that difference; a mark is never set before a load that this
/// process has seen (a hybrid logical clock: S. Kulkarni et al., OPODIS 2014). Any thread.
class MarkTable {
public:
    /// How long another process's mark may go unseen.
    static constexpr Duration kBelieved = std::chrono::milliseconds{500};
    /// The mark of everything; no tag or space is called so, because theirs begin with 't' or 's'.
    static constexpr std::string_view kEverything = "*";

    /// `trouble` is told of failures to read a mark, or to write one again.
    MarkTable(Backend& backend, const Clock& clock, std::function<void(const Error&)> trouble = {});

    /// All that was loaded under `name` until now is void. On failure only for this process.
    Result<void> set(std::string_view name);

    enum class Standing : std::uint8_t {
        valid,
        unknown,  ///< a mark that it heeds could not be read
        isVoid,
    };
    /// Whether a mark of what the entry heeds voids it.
    Standing standingOf(const Entry& entry, const EntryNotes& notes);
    /// The same by what this process knows, without a call of the backend.
    bool isKnownVoid(const Entry& entry, const EntryNotes& notes);
    bool voids(const Entry& entry, const EntryNotes& notes) {
        return standingOf(entry, notes) == Standing::isVoid;
    }

    /// Has seen, from now on, all marks that entries with these options heed, as far as they can be
    /// read: before a request joins a load that may have begun before one.
    void look(const CacheOptions& options);

    /// The latest mark that this process has set or seen, of whatever name.
    TimePoint latest() const noexcept {
        return TimePoint{Duration{m_latestMark.load(std::memory_order_relaxed)}};
    }
    /// The moment for a load that begins now: after every mark.
    TimePoint loadBegins() noexcept;

    /// Under which key of the backend a mark lies.
    static std::string keyOf(std::string_view name);

private:
    struct Mark {
        TimePoint until{};   // what began up to here is void
        TimePoint readAt{};  // when the backend was asked last
    };
    struct Look {
        TimePoint until{};
        bool isSure = true;  // nobody can have set a later one, as far as is believed
    };
    Look markOf(std::string_view name, TimePoint now);
    void tell(const Error& error) const;
    Result<void> write(std::string_view name, TimePoint mark);
    void makeRoom(TimePoint now);
    static void raise(std::atomic<std::int64_t>& latest, TimePoint moment) noexcept;

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };

    Backend& m_backend;
    const Clock& m_clock;
    const std::function<void(const Error&)> m_trouble;
    const bool m_stored;
    std::atomic<std::int64_t>
        m_latest;  // the latest moment seen, of marks, marked entries and loads
    std::atomic<std::int64_t> m_latestMark;
    std::mutex m_mutex;
    std::unordered_map<std::string, Mark, Hash, std::equal_to<>> m_marks;
};

}  // namespace cachescope
