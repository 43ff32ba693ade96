// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/backend_registry.h"

namespace cachescope {

/// One file an entry, in a directory: the plainest backend that keeps every promise of Backend, and
/// the worked example of docs/custom-backend.md.
///
/// A key becomes the name of its file by a 128-bit hash, so that no key can reach outside the
/// directory and every key fits. The file holds the full key, the entry and a checksum, and is
/// replaced by a rename, so that readers see one whole entry or another, in any process. What is
/// not whole, or not ours, is treated as absent; nothing that is not ours is ever removed.
///
/// Unbounded: it does not evict. It has no touch(): to move a deadline is to replace the file,
/// which would bring back an entry that another process has removed meanwhile. Its counts and its
/// idea of the next deadline are those of this process; entries that another process stores are
/// served, and counted at the next full walk. All calls from any thread. It does not wait for the
/// disk (fsync).
class DirectoryBackend final : public Backend {
public:
    /// Makes the directory where it is missing: notPermitted, diskFull or io when that fails,
    /// missing for an empty path, unsupported for a bound or an eviction policy, as it has none.
    static Result<std::unique_ptr<DirectoryBackend>> open(const std::string& directory,
                                                          const BackendConfig& config,
                                                          std::string url = {});

    std::string url() const override { return m_url; }
    BackendCapabilities capabilities() const override;
    Result<std::optional<Entry>> get(std::string_view key) override;
    Result<void> set(std::string_view key, const Entry& entry) override;
    Result<bool> erase(std::string_view key) override;
    Result<std::uint64_t> clear() override;
    Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                          std::size_t limit) override;
    Result<BackendStat> stat() override;
    Result<std::uint64_t> removeExpired(std::size_t limit) override;
    Result<void> check() override;
    void setRemovalListener(RemovalListener listener) override;

private:
    struct Stored {
        std::string key;
        Entry entry;
        std::uint64_t fileSize = 0;
    };

    DirectoryBackend(std::string directory, const BackendConfig& config, std::string url);

    std::string pathOf(std::string_view key) const;
    // Nothing when the file is absent, damaged or of somebody else.
    Result<std::optional<Stored>> load(const std::string& path) const;
    // The names "ab/cdef….entry" that are greater than `after`, in order, about `limit` of them.
    std::vector<std::string> names(const std::string& after, std::size_t limit) const;
    void recount();

    // With m_mutex held. Whether there was a live entry.
    Result<bool> remove(const std::string& path, RemovalCause cause);
    void forget(const Stored& stored, RemovalCause cause);

    const std::string m_directory;
    const std::string m_url;
    const Clock& m_clock;
    RemovalListener m_listener;

    std::mutex m_mutex;  // of all that changes; readers need none
    std::uint64_t m_entries = 0;
    std::uint64_t m_bytes = 0;
    TimePoint m_nextDeadline{};  // no entry expires before; in the past: not known yet
};

/// The scheme "dir:".
BackendKind directoryBackendKind();

}  // namespace cachescope
