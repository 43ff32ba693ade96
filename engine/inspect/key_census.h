// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/core/result.h"

namespace cachescope::inspect {

/// Moments of keys are milliseconds since 1970 on the clock of their server.
inline constexpr std::int64_t kNoExpiry = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t kExpiryUnknown = -1;
inline constexpr std::uint64_t kSizeUnknown = std::numeric_limits<std::uint64_t>::max();
inline constexpr std::uint32_t kIdleUnknown = std::numeric_limits<std::uint32_t>::max();
/// Instead of a moment: the key is not there any more.
inline constexpr std::int64_t kKeyGone = -2;
/// The number of a key that no census has given one.
inline constexpr std::uint32_t kNoKeyNumber = std::numeric_limits<std::uint32_t>::max();

/// What is known of one key. A value; any thread.
struct KeyFacts {
    std::int64_t expiry = kExpiryUnknown;  ///< or kNoExpiry
    std::uint64_t bytes = kSizeUnknown;    ///< by MEMORY USAGE
    std::uint32_t idle = kIdleUnknown;     ///< seconds, or the frequency under an LFU policy
    std::string_view type;                 ///< "hash", or a module's name; empty: unknown
    std::uint16_t server = 0;              ///< which of the inspected servers, below 1024

    bool hasExpiry() const noexcept { return expiry != kNoExpiry && expiry != kExpiryUnknown; }
    bool hasSize() const noexcept { return bytes != kSizeUnknown; }
};

/// A key with its name, before it is stored.
struct NamedKey {
    std::string_view name;
    KeyFacts facts;
};

/// What has become of a key since it was read: another deadline, kNoExpiry, or kKeyGone. A value.
struct KeyRevision {
    std::uint32_t key = 0;  ///< its number in the view
    std::int64_t expiry = kNoExpiry;
    bool operator==(const KeyRevision&) const = default;
};

/// All keys that were in a census at one moment, for reading while more are added.
///
/// Numbered from 0 in the order in which they were found; the same number is the same key in every
/// later view of the census. Cheap to copy: it shares the store, which lives as long as a view
/// does. A value; any thread.
class CensusView {
public:
    std::size_t size() const noexcept { return m_size; }
    std::string_view name(std::size_t key) const noexcept;
    KeyFacts facts(std::size_t key) const noexcept;

    /// The number of the key's first-level namespace, below namespaceCount().
    std::uint32_t namespaceOf(std::size_t key) const noexcept;
    std::size_t namespaceCount() const noexcept { return m_namespaces; }
    /// What stands before the first separator; empty for keys without one, which are number 0. All
    /// that came after kMostNamespaces others are number 1, kManyOthers.
    std::string_view namespaceName(std::uint32_t number) const noexcept;

    /// The number of the key's type, below typeCount(); 0 is unknown.
    std::uint32_t typeOf(std::size_t key) const noexcept;
    std::size_t typeCount() const noexcept { return m_types; }
    std::string_view typeName(std::uint32_t number) const noexcept;

    const std::string& separator() const noexcept { return m_separator; }

    /// What the keys are by now: with the deadlines of `revisions`, which are in the order of their
    /// numbers, and without those that are gone. Those that stay keep their order and not their
    /// numbers. Names are shared, so a key takes 24 bytes more. tooLarge when memory is short.
    Result<CensusView> revised(std::span<const KeyRevision> revisions) const;

private:
    friend class KeyCensus;
    struct Record;
    struct RecordChunk;
    struct NameChunk;
    struct Names;

    const Record& record(std::size_t key) const noexcept;

    std::vector<std::shared_ptr<const RecordChunk>> m_records;
    std::vector<std::shared_ptr<const NameChunk>> m_names;
    std::shared_ptr<const Names> m_terms;  // of namespaces and types
    std::size_t m_size = 0;
    std::size_t m_namespaces = 0;
    std::size_t m_types = 0;
    std::string m_separator;
};

/// The store of all keys that a sample or a walk has found: each once, however often it was found.
///
/// A key takes its name, 25 bytes and 5 to 13 of an index: below 100 bytes for common names. What
/// was added is never changed nor removed, so views read it without a lock while more is added.
/// Keys are bytes, of any length and content. Any thread.
class KeyCensus {
public:
    static constexpr std::size_t kMostNamespaces = 65'536;
    static constexpr std::string_view kManyOthers = "(others)";

    /// `separator` ends a level of a namespace; empty: there are none.
    explicit KeyCensus(std::string separator = ":");
    ~KeyCensus();
    KeyCensus(const KeyCensus&) = delete;
    KeyCensus& operator=(const KeyCensus&) = delete;

    /// Adds those that are not in yet, and says how many that were. tooLarge when memory is short;
    /// what came before is in then.
    Result<std::size_t> add(std::span<const NamedKey> keys);

    /// Makes room in the index for so many keys, so that it need not be built anew. A hint.
    void expect(std::size_t keys);

    CensusView view() const;
    /// What is known of a key, but for its type; nothing where it was not found.
    std::optional<KeyFacts> find(std::string_view name) const;
    std::size_t size() const;
    /// What the store takes, in all.
    std::size_t memoryBytes() const;

private:
    bool insert(const NamedKey& key);
    void growTo(std::size_t slots);
    std::uint64_t keepName(std::string_view name);
    std::uint32_t namespaceNumber(std::string_view name);
    std::uint32_t typeNumber(std::string_view type);

    mutable std::mutex m_mutex;
    CensusView m_all;
    std::vector<std::shared_ptr<CensusView::RecordChunk>> m_recordChunks;
    std::shared_ptr<CensusView::NameChunk> m_nameChunk;  // that names are put into
    std::uint64_t m_nameChunkNumber = 0;
    std::size_t m_nameChunkUsed = 0;
    std::size_t m_nameBytes = 0;  // of all chunks
    std::shared_ptr<CensusView::Names> m_terms;
    std::vector<std::uint32_t> m_slots;  // number of a key + 1; 0: free
    std::vector<std::uint8_t> m_tags;    // some bits of its hash
};

}  // namespace cachescope::inspect
