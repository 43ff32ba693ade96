// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/inspect/key_census.h"

namespace cachescope::ui {

/// What is known to have happened to one key since the keyspace was read. A value.
struct KeyMark {
    enum class Kind : std::uint8_t {
        none,
        removed,   ///< by a change from here
        gone,      ///< was not there any more when it was looked at or its turn came
        expired,   ///< is not there any more, and its time was over
        deadline,  ///< expires at another moment, or no more, or now does
        changed,   ///< is of another type or size; perhaps another deadline, too
    };

    Kind kind = Kind::none;
    std::int64_t expiry = inspect::kExpiryUnknown;  ///< of `deadline` and `changed`
    /// Of `changed`, and as it was last seen of one that has gone since; else no type.
    std::uint64_t bytes = inspect::kSizeUnknown;
    std::string type;

    bool isGone() const noexcept {
        return kind == Kind::removed || kind == Kind::gone || kind == Kind::expired;
    }
    /// Whether the key is there and another one than it was.
    bool isOther() const noexcept { return kind == Kind::deadline || kind == Kind::changed; }
    bool operator==(const KeyMark&) const = default;
};

/// The marks of a keyspace, by the numbers of its keys.
///
/// A mark takes 16 bytes and is found by halving, so that a change of a million keys costs a paint
/// of the table nothing. Immutable: with() makes the next ones, and takes some milliseconds for a
/// million. Whoever keeps them knows of which keyspace they are. A value, cheap to copy; any
/// thread.
class KeyMarks {
public:
    /// Moments that differ by less are the same: a deadline is known by the time that is left, on
    /// a clock that is known nearly.
    static constexpr std::int64_t kSameMs = 1000;
    static bool isSame(std::int64_t expiry, std::int64_t other) noexcept;

    /// Of most keys: none.
    KeyMark of(std::uint32_t key) const;
    bool isEmpty() const noexcept { return m_many == nullptr && m_few == nullptr; }
    /// Keys that are not as they were read. Those that have expired are not counted: that they
    /// would was known.
    std::size_t count() const noexcept { return m_count; }

    /// After a change of many keys, in any order: deadlines, kKeyGone or kKeyRemoved; `now` on the
    /// servers' clock. Keys that are again what the view says lose their marks.
    KeyMarks with(std::vector<inspect::KeyRevision> revisions, const inspect::CensusView& view,
                  std::int64_t now) const;
    /// `none` takes a mark away.
    KeyMarks with(std::uint32_t key, const KeyMark& mark) const;

    /// All of them, for CensusView::revised().
    std::vector<inspect::KeyRevision> revisions() const;

private:
    using Many = std::vector<inspect::KeyRevision>;
    using Few = std::map<std::uint32_t, KeyMark>;

    const inspect::KeyRevision* amongMany(std::uint32_t key) const;
    void recount();

    std::shared_ptr<const Many> m_many;  // by number; null: none
    std::shared_ptr<const Few> m_few;    // go before those; null: none
    std::size_t m_count = 0;
};

/// What the view says of a key, and what its mark says instead. The type's name belongs to whoever
/// has it. Any thread.
inspect::KeyFacts markedFacts(const inspect::CensusView& view, std::uint32_t key,
                              const KeyMark& mark);

}  // namespace cachescope::ui
