// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/backend_registry.h"
#include "engine/backend/file_store.h"
#include "engine/backend/patient_mutex.h"
#include "engine/core/hash.h"
#include "engine/core/worker.h"

namespace cachescope {

/// Entries in a directory of this machine: an SQLite database, with large values in files of their
/// own. Any number of processes may use the directory at once, and may be killed at any moment.
///
/// A cache may forget, never lie: every entry carries a checksum, and a database that proves
/// damaged is set aside as cache.db.damaged-N and a new one begun; notices() and check() tell so.
/// Bounded, see open(). Writes in groups, see set(). All calls from any thread. What it does not
/// do: wait for the disk (fsync) at each group, so that a power failure may lose the last seconds.
class FileBackend final : public Backend {
public:
    /// Bounded by 1 GiB unless the configuration says otherwise: expired entries go first, then the
    /// least recently used, by a coarse order of use that costs reads hardly a write. A prefix
    /// becomes a directory below the given one, with its own bounds. `url` is what url() returns;
    /// empty: made from the path.
    ///
    /// notPermitted, diskFull or io when the directory cannot be made or used, timedOut when other
    /// processes keep it locked for ten seconds, missing for an empty path, unsupported for an
    /// eviction policy, as it has its own.
    static Result<std::unique_ptr<FileBackend>> open(const std::string& directory,
                                                     const BackendConfig& config,
                                                     std::string url = {});
    ~FileBackend() override;

    std::string url() const override { return m_url; }
    BackendCapabilities capabilities() const override;

    /// An entry created more than a minute in the future of the clock is dropped: the clock it was
    /// stored by was wrong, or ours is, and so its deadline means nothing. With SystemClock that is
    /// a computer whose date was set back; other clocks should not share a directory.
    Result<std::optional<Entry>> get(std::string_view key) override;
    /// Queues: a group becomes one transaction after 64 sets or about 5 ms, in a thread of the
    /// backend. This process sees a queued entry at once, others when its group is written; flush()
    /// and the destructor write what is queued, a kill loses it. A full queue makes the caller
    /// wait.
    ///
    /// The entries of a group that cannot be written are forgotten, and no older state of them is
    /// served. The next set() or flush() returns that error once (the set() is queued
    /// nevertheless). tooLarge for a key over 1 MiB and for an entry over the bound in bytes; what
    /// was there under the key is removed then. timedOut when the queue stays full.
    Result<void> set(std::string_view key, const Entry& entry) override;
    /// Like clear() and eraseMatching(): has taken effect for all processes when it returns.
    Result<bool> erase(std::string_view key) override;
    /// An entry that is queued keeps its place there; any other has its new deadline for all
    /// processes when this returns. Costs a transaction, but not the value.
    Result<bool> touch(std::string_view key, TimePoint expires) override;
    Result<std::uint64_t> clear() override;
    Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                          std::size_t limit) override;
    /// Writes what is queued, to be exact; then reads the sums that the database keeps.
    Result<BackendStat> stat() override;
    Result<std::uint64_t> removeExpired(std::size_t limit) override;
    Result<std::uint64_t> eraseMatching(std::string_view pattern) override;
    Result<void> flush() override;
    /// The error of the last group as long as it lasts; then each thing not told yet, once.
    Result<void> check() override;
    void setRemovalListener(RemovalListener listener) override;

    /// What was set aside or dropped as damaged since the backend was opened, oldest first, the
    /// latest sixteen: damaged or unsupported, with the file, and what became of it.
    std::vector<Error> notices() const;

private:
    struct Pending {
        Entry entry;
        std::uint64_t order = 0;
    };
    struct KeyHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view key) const noexcept { return hash64(key); }
    };
    using PendingMap = std::unordered_map<std::string, Pending, KeyHash, std::equal_to<>>;
    using KeySet = std::unordered_set<std::string, KeyHash, std::equal_to<>>;
    using Change = FileStore::Change;
    struct Group {
        std::vector<const PendingMap::value_type*> sets;  // in their order; they lie in m_writing
        std::vector<std::int64_t> used;
        KeySet lost;
        bool distrustDisk = false;

        bool empty() const { return sets.empty() && used.empty() && lost.empty() && !distrustDisk; }
    };

    static constexpr std::size_t kFullGroup = 64;

    FileBackend(std::unique_ptr<FileStore> store, const BackendConfig& config, std::string url);

    void writeGroups(Worker& worker, std::stop_token stop);

    // One transaction: all that is queued, and then the change.
    // A failure `inBackground` is kept for the next caller.
    Result<void> transact(const Change& change, bool inBackground = false);
    Result<void> apply(FileStoreWriter& writer, const Group& group, const Change& change);
    Group takeGroup();
    void settle(const Group& group, const Result<void>& done, bool inBackground);

    std::optional<Entry> serve(std::string_view key, FileStoreRow row, TimePoint now);
    void markUsed(const FileStoreRow& row);
    Result<void> writeQueued();
    Result<void> untoldError();

    const std::unique_ptr<FileStore> m_store;
    const std::string m_url;
    const Clock& m_clock;
    const Duration m_timeout;
    const std::uint64_t m_maxEntries;
    const std::uint64_t m_maxBytes;
    RemovalListener m_listener;

    // Held through a transaction; taken before m_queueMutex.
    PatientMutex m_writeMutex;

    mutable std::mutex m_queueMutex;
    std::condition_variable m_room;
    PendingMap m_queue;
    PendingMap m_writing;  // the group under way; its entries still have to be found
    std::uint64_t m_queuedBytes = 0;
    std::uint64_t m_lastOrder = 0;
    TimePoint m_queuedDeadline = kNever;      // the earliest one in m_queue
    TimePoint m_writingDeadline = kNever;     // and in m_writing
    std::unordered_set<std::int64_t> m_used;  // ids to be marked as used
    KeySet m_lost;                            // could not be written; on disk may be older
    bool m_distrustDisk = false;              // too many lost to name them
    std::optional<Error> m_writeError;        // of the last group, until one succeeds
    std::optional<Error> m_untoldError;  // of a group in the background, until somebody is told

    // As of the last transaction, for guessing whether a use is worth remembering.
    std::atomic<std::int64_t> m_entries{0};
    std::atomic<std::int64_t> m_stamp{0};

    std::unique_ptr<Worker> m_worker;
};

/// The scheme "file:".
BackendKind fileBackendKind();

}  // namespace cachescope
