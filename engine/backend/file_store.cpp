// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/file_store.h"

#include <algorithm>
#include <utility>

namespace cachescope {

namespace {

constexpr Duration kOpeningPatience = std::chrono::seconds{10};
constexpr std::size_t kMostIdleReaders = 8;
constexpr std::size_t kMostNotices = 16;

}  // namespace

Result<std::unique_ptr<FileStore>> FileStore::open(std::string directory, Duration timeout) {
    std::unique_ptr<FileStore> store{new FileStore(std::move(directory), timeout)};
    auto writer = store->connect<FileStoreWriter>(kOpeningPatience);
    if (!writer) {
        return writer.error();
    }
    store->m_writer = std::move(*writer);
    const auto totals =
        store->read<FileStoreTotals>([](FileStoreReader& reader) { return reader.totals(); });
    if (!totals) {
        return totals.error();
    }
    store->m_totals = *totals;
    return store;
}

template <class Side>
Result<std::unique_ptr<Side>> FileStore::connect(Duration patience) {
    // Twice, as a database whose tables do not fit its version is found out only by using it.
    for (int attempt = 0;; ++attempt) {
        FileStoreNotice notice;
        auto connection = openFileStore(m_directory, patience, m_timeout, notice);
        addNotice(std::move(notice));
        if (!connection) {
            return connection.error();
        }
        const FileIdentity identity = connection->identity;
        auto side = Side::make(m_directory, std::move(*connection));
        if (side || side.error().code() != ErrorCode::damaged || attempt > 0) {
            return side;
        }
        if (auto moved = setAside(identity, side.error()); !moved) {
            return moved.error();
        }
    }
}

Result<std::unique_ptr<FileStoreReader>> FileStore::borrowReader() {
    const FileIdentity present = m_directory.databaseIdentity();
    {
        const std::lock_guard lock(m_readersMutex);
        while (!m_idleReaders.empty()) {
            auto reader = std::move(m_idleReaders.back());
            m_idleReaders.pop_back();
            if (reader->identity() == present) {
                return reader;
            }
        }
    }
    return connect<FileStoreReader>(m_timeout);
}

void FileStore::giveBack(std::unique_ptr<FileStoreReader> reader) {
    const std::lock_guard lock(m_readersMutex);
    if (m_idleReaders.size() < kMostIdleReaders) {
        m_idleReaders.push_back(std::move(reader));
    }
}

Result<void> FileStore::setAside(FileIdentity identity, const Error& reason) {
    FileStoreNotice notice;
    auto moved = setAsideDamaged(m_directory, identity, reason, m_timeout, notice);
    addNotice(std::move(notice));
    return moved ? Result<void>{} : Result<void>{moved.error()};
}

Result<std::vector<FileStoreRemoval>> FileStore::write(bool reporting, const Change& change) {
    auto removals = writeOnce(reporting, change);
    if (removals || !m_writer) {
        return removals;
    }
    // Once more when the database has been replaced: by us, as it is damaged, or by another.
    const FileIdentity identity = m_writer->identity();
    if (identity == m_directory.databaseIdentity()) {
        if (removals.error().code() != ErrorCode::damaged) {
            return removals;
        }
        m_writer.reset();
        if (auto moved = setAside(identity, removals.error()); !moved) {
            return moved.error();
        }
    }
    return writeOnce(reporting, change);
}

Result<std::vector<FileStoreRemoval>> FileStore::writeOnce(bool reporting, const Change& change) {
    if (!m_writer || m_writer->identity() != m_directory.databaseIdentity()) {
        m_writer.reset();
        auto writer = connect<FileStoreWriter>(m_timeout);
        if (!writer) {
            return writer.error();
        }
        m_writer = std::move(*writer);
    }
    m_writer->reportRemovals(reporting);
    auto done = m_writer->begin();
    if (done) {
        done = change(*m_writer);
    }
    auto removals = done ? m_writer->commit() : Result<std::vector<FileStoreRemoval>>{done.error()};
    if (removals) {
        m_totals = m_writer->totals();
    } else {
        m_writer->rollback();
    }
    return removals;
}

Result<void> FileStore::removeLeftovers() {
    using Names = std::vector<std::string>;
    const auto unused = [this](const Names& names) {
        return read<Names>([&](FileStoreReader& reader) -> Result<Names> {
            Names result;
            for (const std::string& name : names) {
                auto used = reader.refersToFile(name);
                if (!used) {
                    return used.error();
                }
                if (!*used) {
                    result.push_back(name);
                }
            }
            return result;
        });
    };
    const auto suspects = unused(m_directory.valueNames());
    if (!suspects) {
        return suspects.error();
    }
    if (suspects->empty()) {
        return {};
    }
    // Files are written within transactions: while this one is open, a file without a row is one
    // that nobody will refer to.
    auto done = write(false, [&](FileStoreWriter&) -> Result<void> {
        const auto leftovers = unused(*suspects);
        if (!leftovers) {
            return leftovers.error();
        }
        for (const std::string& name : *leftovers) {
            m_directory.removeLeftover(name);
        }
        return {};
    });
    return done ? Result<void>{} : Result<void>{done.error()};
}

void FileStore::checkpoint() {
    if (m_writer && m_writer->identity() == m_directory.databaseIdentity()) {
        m_writer->checkpoint();
    }
}

void FileStore::compact() {
    if (m_writer && m_writer->identity() == m_directory.databaseIdentity()) {
        m_writer->compact();
    }
}

void FileStore::addNotice(FileStoreNotice notice) {
    if (!notice) {
        return;
    }
    const std::lock_guard lock(m_noticesMutex);
    if (m_notices.size() == kMostNotices) {
        m_notices.erase(m_notices.begin());
    }
    m_notices.push_back(std::move(*notice));
    m_untoldNotices = std::min(m_untoldNotices + 1, m_notices.size());
}

std::vector<Error> FileStore::notices() const {
    const std::lock_guard lock(m_noticesMutex);
    return m_notices;
}

FileStoreNotice FileStore::takeNotice() {
    const std::lock_guard lock(m_noticesMutex);
    if (m_untoldNotices == 0) {
        return std::nullopt;
    }
    return m_notices[m_notices.size() - m_untoldNotices--];
}

}  // namespace cachescope
