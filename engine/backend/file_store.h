// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/backend/file_store_directory.h"
#include "engine/backend/file_store_reader.h"
#include "engine/backend/file_store_writer.h"

namespace cachescope {

/// The entries in a directory, kept usable: the connections to its database, replaced when the
/// database has been replaced, and a new database when it proves damaged.
///
/// Before each use it looks whether the file is still the one it is connected to, so that one that
/// another process has set aside, or somebody has removed, is not used any longer. read() may be
/// called from any thread, write() and what follows it from one at a time. Knows nothing of queues,
/// bounds and deadlines.
class FileStore {
public:
    /// Waits up to ten seconds for other processes; later calls up to `timeout`.
    static Result<std::unique_ptr<FileStore>> open(std::string directory, Duration timeout);

    const FileStoreDirectory& directory() const noexcept { return m_directory; }

    /// What `question` answers; asked again of a new, empty database when the first one answers
    /// with damaged.
    template <class T>
    Result<T> read(const std::function<Result<T>(FileStoreReader&)>& question) {
        for (int attempt = 0;; ++attempt) {
            auto reader = borrowReader();
            if (!reader) {
                return reader.error();
            }
            auto answer = question(**reader);
            if (answer) {
                giveBack(std::move(*reader));
                return answer;
            }
            const FileIdentity identity = (*reader)->identity();
            reader->reset();
            if (answer.error().code() != ErrorCode::damaged || attempt > 0) {
                return answer;
            }
            if (auto moved = setAside(identity, answer.error()); !moved) {
                return moved.error();
            }
        }
    }

    using Change = std::function<Result<void>(FileStoreWriter&)>;

    /// One transaction, all or nothing; what it removed, if `reporting`. The change is called again
    /// when the database had to be replaced in between, and must start anew then.
    Result<std::vector<FileStoreRemoval>> write(bool reporting, const Change& change);

    /// The sums after the last write().
    const FileStoreTotals& totals() const noexcept { return m_totals; }

    /// Removes value files that no entry refers to: what killed processes leave.
    Result<void> removeLeftovers();

    /// See FileStoreWriter.
    void checkpoint();
    void compact();

    /// Any thread. notices() are the latest sixteen; takeNotice() is the oldest untold one.
    void addNotice(FileStoreNotice notice);
    std::vector<Error> notices() const;
    FileStoreNotice takeNotice();

private:
    FileStore(std::string directory, Duration timeout)
        : m_directory(std::move(directory)), m_timeout(timeout) {}

    // A connection on which the statements of Side can be prepared, on a new database if need be.
    template <class Side>
    Result<std::unique_ptr<Side>> connect(Duration patience);
    Result<std::unique_ptr<FileStoreReader>> borrowReader();
    void giveBack(std::unique_ptr<FileStoreReader> reader);
    Result<void> setAside(FileIdentity identity, const Error& reason);
    Result<std::vector<FileStoreRemoval>> writeOnce(bool reporting, const Change& change);

    const FileStoreDirectory m_directory;
    const Duration m_timeout;
    std::unique_ptr<FileStoreWriter> m_writer;
    FileStoreTotals m_totals;

    std::mutex m_readersMutex;
    std::vector<std::unique_ptr<FileStoreReader>> m_idleReaders;

    mutable std::mutex m_noticesMutex;
    std::vector<Error> m_notices;
    std::size_t m_untoldNotices = 0;
};

}  // namespace cachescope
