// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace cachescope {

/// What one user of a prefix publishes to the others after a change, where the server cannot tell
/// them by itself.
///
///     0  sixteen bytes that name the sender
///    16  uint64, little-endian: the sender's number of the change
///    24  'k' and the key, without the prefix, or 'e' alone: every key
///
/// The channel is named `<prefix>` RedisLeases::kMark `changes`. A value type; any thread.
struct ChangeNotice {
    static constexpr std::size_t kSenderBytes = 16;

    std::string_view sender;
    std::uint64_t number = 0;
    std::optional<std::string_view> key;  ///< nothing: every key

    static std::string channelOf(const std::string& prefix);
    /// A name that nobody else has.
    static std::string newSender();

    std::string encode() const;
    /// Views of `message`; nothing when it is no notice of ours.
    static std::optional<ChangeNotice> decode(std::string_view message);
};

/// Tells one sender's own notices, which he need not heed, from those of others.
///
/// A change whose answer never came may take effect long after, so that its notice is news to its
/// own sender as well: doubt() says so. Any thread.
class OwnNotices {
public:
    ChangeNotice next(std::optional<std::string_view> key) noexcept {
        return {m_name, m_numbers.fetch_add(1, std::memory_order_relaxed), key};
    }
    void doubt(std::uint64_t number);
    bool mayBeIgnored(const ChangeNotice& notice) const;

private:
    static constexpr std::size_t kMostDoubts = 10'000;

    const std::string m_name = ChangeNotice::newSender();
    std::atomic<std::uint64_t> m_numbers{0};
    mutable std::mutex m_mutex;
    std::unordered_set<std::uint64_t> m_doubts;
    bool m_doubtsAll = false;  // once they are too many to keep apart
};

}  // namespace cachescope
