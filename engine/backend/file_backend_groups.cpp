// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The writing half of FileBackend: how queued sets become transactions.

#include <algorithm>
#include <utility>

#include "engine/backend/file_backend.h"

namespace cachescope {

namespace {

using namespace std::chrono_literals;

constexpr Duration kGroupDelay = 5ms;
constexpr Duration kLaterDelay = 1s;  // for marks of use, and for trying again after a failure
constexpr std::size_t kMostLost = 65536;

}  // namespace

Result<void> FileBackend::writeQueued() {
    {
        const std::lock_guard lock(m_queueMutex);
        if (m_queue.empty() && m_writing.empty()) {
            return {};
        }
    }
    return transact({});
}

Result<void> FileBackend::untoldError() {
    const std::lock_guard lock(m_queueMutex);
    if (const auto error = std::exchange(m_untoldError, std::nullopt)) {
        return *error;
    }
    return {};
}

void FileBackend::writeGroups(Worker& worker, std::stop_token stop) {
    {
        const std::lock_guard lock(m_writeMutex);
        // What cannot be removed now is found again when the directory is opened the next time.
        static_cast<void>(m_store->removeLeftovers().ok());
    }
    while (!stop.stop_requested()) {
        std::size_t sets = 0;
        bool later = false;
        {
            const std::lock_guard lock(m_queueMutex);
            sets = m_queue.size();
            later = !m_used.empty() || !m_lost.empty() || m_distrustDisk;
        }
        if (sets == 0 && !later) {
            worker.sleep();
            continue;
        }
        if (sets < kFullGroup && !worker.sleepFor(sets == 0 ? kLaterDelay : kGroupDelay)) {
            return;
        }
        static_cast<void>(transact({}, true).ok());
    }
}

Result<void> FileBackend::transact(const Change& change, bool inBackground) {
    const std::unique_lock write(m_writeMutex, m_timeout);
    if (!write.owns_lock()) {
        return Error{ErrorCode::timedOut, m_url, "other writes are under way"};
    }
    const Group group = takeGroup();
    if (group.empty() && !change) {
        return {};
    }
    const auto removals =
        m_store->write(static_cast<bool>(m_listener),
                       [&](FileStoreWriter& writer) { return apply(writer, group, change); });
    const Result<void> done = removals ? Result<void>{} : Result<void>{removals.error()};
    if (removals) {
        m_entries.store(m_store->totals().entries, std::memory_order_relaxed);
        m_stamp.store(m_store->totals().stamp, std::memory_order_relaxed);
        for (const FileStoreRemoval& removal : *removals) {
            m_listener({removal.key, removal.cause, removal.created, removal.expires});
        }
    }
    settle(group, done, inBackground);
    return done;
}

FileBackend::Group FileBackend::takeGroup() {
    Group group;
    {
        const std::lock_guard lock(m_queueMutex);
        m_writing.swap(m_queue);
        m_queuedBytes = 0;
        m_writingDeadline = std::exchange(m_queuedDeadline, kNever);
        group.used.assign(m_used.begin(), m_used.end());
        m_used.clear();
        group.lost = m_lost;
        group.distrustDisk = m_distrustDisk;
    }
    m_room.notify_all();
    // While a group is under way others only read m_writing, so it needs no lock to be read.
    group.sets.reserve(m_writing.size());
    for (const auto& pending : m_writing) {
        group.sets.push_back(&pending);
    }
    std::sort(group.sets.begin(), group.sets.end(),
              [](const auto* a, const auto* b) { return a->second.order < b->second.order; });
    return group;
}

Result<void> FileBackend::apply(FileStoreWriter& writer, const Group& group, const Change& change) {
    const TimePoint now = m_clock.now();
    if (group.distrustDisk) {
        if (auto erased = writer.eraseAll(now); !erased) {
            return erased.error();
        }
    }
    for (const std::string& key : group.lost) {
        if (auto erased = writer.erase(key, RemovalCause::evicted, now); !erased) {
            return erased.error();
        }
    }
    for (const auto* pending : group.sets) {
        if (auto put = writer.put(pending->first, pending->second.entry, now); !put) {
            return put;
        }
    }
    for (const std::int64_t id : group.used) {
        if (auto marked = writer.markUsed(id); !marked) {
            return marked;
        }
    }
    if (change) {
        if (auto changed = change(writer); !changed) {
            return changed;
        }
    }
    return writer.enforce(m_maxEntries, m_maxBytes, now);
}

void FileBackend::settle(const Group& group, const Result<void>& done, bool inBackground) {
    const std::lock_guard lock(m_queueMutex);
    if (done) {
        m_writeError.reset();
        m_lost.clear();
        m_distrustDisk = false;
    } else {
        m_writeError = done.error();
        if (inBackground) {
            m_untoldError = done.error();
        }
        for (const auto* pending : group.sets) {
            m_lost.insert(pending->first);
            if (m_listener) {
                const Entry& entry = pending->second.entry;
                m_listener({pending->first, RemovalCause::evicted, entry.created, entry.expires});
            }
        }
        if (m_lost.size() > kMostLost) {
            m_lost.clear();
            m_distrustDisk = true;
        }
    }
    m_writing.clear();
    m_writingDeadline = kNever;
}

}  // namespace cachescope
