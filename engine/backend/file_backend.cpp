// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/file_backend.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "engine/core/glob.h"

namespace cachescope {

namespace {

using namespace std::chrono_literals;

constexpr Duration kOpeningPatience = 10s;
constexpr std::uint64_t kDefaultMaxBytes = 1ULL << 30;
constexpr std::size_t kLargestKey = 1U << 20;

constexpr std::size_t kGroupSets = 64;
constexpr Duration kGroupDelay = 5ms;
constexpr std::size_t kQueueSets = 1024;
constexpr std::uint64_t kQueueBytes = 32U << 20;

constexpr Duration kLaterDelay = 1s;  // for marks of use, and for trying again after a failure
constexpr std::size_t kMostTouched = 4096;
constexpr std::size_t kMostLost = 65536;

constexpr std::size_t kMostIdleReaders = 8;
constexpr std::size_t kMostNotices = 16;
constexpr Duration kClockTolerance = 1min;

bool fromTheFuture(const Entry& entry, TimePoint now) noexcept {
    return entry.created > deadlineAfter(now, kClockTolerance);
}

}  // namespace

Result<std::unique_ptr<FileBackend>> FileBackend::open(const std::string& directory,
                                                       const BackendConfig& config,
                                                       std::string url) {
    if (directory.empty()) {
        return Error{ErrorCode::missing, url.empty() ? "file:" : url, "a path: file:/path/to/dir"};
    }
    if (!config.policy.empty()) {
        return Error{ErrorCode::unsupported, "policy", config.policy};
    }
    const std::string path =
        config.prefix.empty() ? directory : directory + "/prefix-" + hash128Hex(config.prefix);
    std::unique_ptr<FileBackend> backend{
        new FileBackend(path, config, url.empty() ? "file:" + directory : std::move(url))};
    if (auto opened = backend->openWriter(kOpeningPatience); !opened) {
        return opened.error();
    }
    const auto totals =
        backend->read<FileStoreTotals>([](FileStoreReader& reader) { return reader.totals(); });
    if (!totals) {
        return totals.error();
    }
    backend->m_entries = totals->entries;
    backend->m_stamp = totals->stamp;
    backend->m_worker = std::make_unique<Worker>(
        "file-cache", [raw = backend.get()](Worker& worker, std::stop_token stop) {
            raw->writeGroups(worker, std::move(stop));
        });
    return backend;
}

FileBackend::FileBackend(std::string directory, const BackendConfig& config, std::string url)
    : m_directory(std::move(directory)),
      m_url(std::move(url)),
      m_clock(*config.clock),
      m_timeout(config.timeout),
      m_maxEntries(config.maxEntries),
      m_maxBytes(config.maxBytes == 0 ? kDefaultMaxBytes : config.maxBytes) {}

FileBackend::~FileBackend() {
    if (m_worker) {
        m_worker->stop();
        // Nobody is left to hear of a failure.
        static_cast<void>(transact({}).ok());
    }
    if (m_writer && m_writer->identity() == m_directory.databaseIdentity()) {
        m_writer->checkpoint();
    }
}

BackendCapabilities FileBackend::capabilities() const {
    return {.persistent = true, .shared = true, .remote = false, .evicts = true, .policies = false};
}

void FileBackend::setRemovalListener(RemovalListener listener) {
    const std::lock_guard write(m_writeMutex);
    const std::lock_guard queue(m_queueMutex);
    m_listener = std::move(listener);
}

// Reading

Result<std::optional<Entry>> FileBackend::get(std::string_view key) {
    const TimePoint now = m_clock.now();
    bool expiredInQueue = false;
    {
        const std::lock_guard lock(m_queueMutex);
        const Entry* found = nullptr;
        for (const PendingMap* map : {&m_queue, &m_writing}) {
            if (const auto at = map->find(key); at != map->end()) {
                found = &at->second.entry;
                break;
            }
        }
        if (found != nullptr && !found->expiredAt(now)) {
            return fromTheFuture(*found, now) ? std::optional<Entry>{} : std::optional{*found};
        }
        expiredInQueue = found != nullptr;
        if (!expiredInQueue && (m_distrustDisk || m_lost.contains(key))) {
            return std::optional<Entry>{};
        }
    }
    if (expiredInQueue) {
        // That it is gone is true even if the disk cannot be told at the moment.
        static_cast<void>(transact([&](FileStoreWriter& writer) -> Result<void> {
                              auto done = writer.eraseIfExpired(key, now);
                              return done ? Result<void>{} : Result<void>{done.error()};
                          }).ok());
        return std::optional<Entry>{};
    }
    auto row = read<std::optional<FileStoreRow>>(
        [&](FileStoreReader& reader) { return reader.find(key); });
    if (!row) {
        return row.error();
    }
    return *row ? serve(key, std::move(**row), now) : std::optional<Entry>{};
}

Result<std::optional<Entry>> FileBackend::serve(std::string_view key, FileStoreRow row,
                                                TimePoint now) {
    std::optional<RemovalCause> drop;
    if (row.entry.expiredAt(now)) {
        drop = RemovalCause::expired;
    } else if (fromTheFuture(row.entry, now)) {
        drop = RemovalCause::evicted;
    } else if (!row.file.empty()) {
        drop = RemovalCause::evicted;
        addNotice(Error{ErrorCode::damaged, m_directory.path() + "/values/" + row.file,
                        "a value is missing or changed; its entry was dropped"});
    }
    if (drop) {
        static_cast<void>(dropFromDisk(row, *drop).ok());
        return std::optional<Entry>{};
    }
    // A use is worth a write only when the entry has come into the older seven eighths; while
    // nothing is stored nothing ages, so that reading alone does not write for long.
    const std::int64_t age = m_stamp.load(std::memory_order_relaxed) - row.used;
    if (age > m_entries.load(std::memory_order_relaxed) / 8) {
        const std::lock_guard lock(m_queueMutex);
        if (m_touched.size() < kMostTouched && m_touched.insert(row.id).second &&
            m_touched.size() == 1) {
            m_worker->wake();
        }
    }
    static_cast<void>(key);
    return std::optional{std::move(row.entry)};
}

Result<bool> FileBackend::dropFromDisk(const FileStoreRow& row, RemovalCause cause) {
    bool dropped = false;
    auto done = transact([&](FileStoreWriter& writer) -> Result<void> {
        auto erased = writer.eraseFound(row, cause);
        if (!erased) {
            return erased.error();
        }
        dropped = *erased;
        return {};
    });
    return done ? Result<bool>{dropped} : Result<bool>{done.error()};
}

template <class T>
Result<T> FileBackend::read(const std::function<Result<T>(FileStoreReader&)>& question) {
    // The second attempt meets the new database that has taken the place of a damaged one.
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

Result<std::unique_ptr<FileStoreReader>> FileBackend::borrowReader() {
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
    FileStoreNotice notice;
    auto connection =
        openFileStore(m_directory, std::max(m_timeout, Duration{1ms}), m_timeout, notice);
    addNotice(std::move(notice));
    if (!connection) {
        return connection.error();
    }
    auto reader = FileStoreReader::make(m_directory, std::move(*connection));
    if (reader || reader.error().code() != ErrorCode::damaged) {
        return reader;
    }
    // Version number and tables do not agree.
    const FileIdentity broken = m_directory.databaseIdentity();
    if (auto moved = setAside(broken, reader.error()); !moved) {
        return moved.error();
    }
    connection = openFileStore(m_directory, m_timeout, m_timeout, notice);
    if (!connection) {
        return connection.error();
    }
    return FileStoreReader::make(m_directory, std::move(*connection));
}

void FileBackend::giveBack(std::unique_ptr<FileStoreReader> reader) {
    const std::lock_guard lock(m_readersMutex);
    if (m_idleReaders.size() < kMostIdleReaders) {
        m_idleReaders.push_back(std::move(reader));
    }
}

Result<void> FileBackend::setAside(FileIdentity identity, const Error& reason) {
    FileStoreNotice notice;
    auto moved = setAsideDamaged(m_directory, identity, reason, m_timeout, notice);
    addNotice(std::move(notice));
    return moved ? Result<void>{} : Result<void>{moved.error()};
}

// Writing

Result<void> FileBackend::set(std::string_view key, const Entry& entry) {
    const TimePoint now = m_clock.now();
    const std::uint64_t size =
        key.size() + entry.value.size() + static_cast<std::uint64_t>(kFileStoreEntryOverhead);
    const bool tooLarge = key.size() > kLargestKey || size > m_maxBytes;
    if (tooLarge || entry.expiredAt(now)) {
        auto erased = transact([&](FileStoreWriter& writer) -> Result<void> {
            auto done = writer.erase(key, RemovalCause::replaced, now);
            return done ? Result<void>{} : Result<void>{done.error()};
        });
        return erased && tooLarge ? Error{ErrorCode::tooLarge, m_url, std::to_string(size)}
                                  : erased;
    }
    {
        std::unique_lock lock(m_queueMutex);
        const auto hasRoom = [&] {
            return m_queue.empty() ||
                   (m_queue.size() < kQueueSets && m_queuedBytes + size <= kQueueBytes);
        };
        if (!hasRoom() && !m_room.wait_for(lock, m_timeout, hasRoom)) {
            return Error{ErrorCode::timedOut, m_url, "the queue of entries to be written is full"};
        }
        const auto at = m_queue.find(key);
        if (at != m_queue.end()) {
            const Entry& old = at->second.entry;
            report(key, old.expiredAt(now) ? RemovalCause::expired : RemovalCause::replaced, old);
            at->second = {entry, ++m_lastOrder};
        } else {
            m_queue.emplace(key, Pending{entry, ++m_lastOrder});
        }
        m_queuedBytes += size;
        m_queuedDeadline = std::min(m_queuedDeadline, entry.expires);
        if (at == m_queue.end() && (m_queue.size() == 1 || m_queue.size() == kGroupSets)) {
            m_worker->wake();
        }
    }
    return untoldError();
}

Result<bool> FileBackend::erase(std::string_view key) {
    const TimePoint now = m_clock.now();
    bool erased = false;
    auto done = transact([&](FileStoreWriter& writer) -> Result<void> {
        auto result = writer.erase(key, RemovalCause::invalidated, now);
        if (!result) {
            return result.error();
        }
        erased = *result;
        return {};
    });
    return done ? Result<bool>{erased} : Result<bool>{done.error()};
}

Result<std::uint64_t> FileBackend::clear() {
    const TimePoint now = m_clock.now();
    std::uint64_t erased = 0;
    auto done = transact([&](FileStoreWriter& writer) -> Result<void> {
        auto result = writer.eraseAll(now);
        if (!result) {
            return result.error();
        }
        erased = *result;
        return {};
    });
    if (!done) {
        return done.error();
    }
    const std::unique_lock lock(m_writeMutex, m_timeout);
    if (lock.owns_lock() && m_writer) {
        m_writer->compact();
    }
    return erased;
}

Result<std::uint64_t> FileBackend::eraseMatching(std::string_view pattern) {
    constexpr std::size_t kPage = 1000;
    const TimePoint now = m_clock.now();
    std::uint64_t erased = 0;
    std::string cursor;
    do {
        auto page = scan(cursor, pattern, kPage);
        if (!page) {
            return page.error();
        }
        std::uint64_t erasedHere = 0;
        auto done = transact([&](FileStoreWriter& writer) -> Result<void> {
            erasedHere = 0;
            for (const ScannedKey& found : page->keys) {
                auto result = writer.erase(found.key, RemovalCause::invalidated, now);
                if (!result) {
                    return result.error();
                }
                erasedHere += *result ? 1U : 0U;
            }
            return {};
        });
        if (!done) {
            return done.error();
        }
        erased += erasedHere;
        cursor = page->next;
    } while (!cursor.empty());
    return erased;
}

Result<std::uint64_t> FileBackend::removeExpired(std::size_t limit) {
    const TimePoint now = m_clock.now();
    bool due = false;
    {
        const std::lock_guard lock(m_queueMutex);
        due = m_queuedDeadline < now;
    }
    if (!due) {
        // One step in the index of deadlines, and true for the entries of all processes.
        auto earliest =
            read<TimePoint>([](FileStoreReader& reader) { return reader.earliestDeadline(); });
        if (!earliest) {
            return earliest.error();
        }
        due = *earliest < now;
    }
    std::uint64_t removed = 0;
    if (due) {
        auto done = transact([&](FileStoreWriter& writer) -> Result<void> {
            auto result = writer.eraseExpired(now, limit);
            if (!result) {
                return result.error();
            }
            removed = *result;
            return {};
        });
        if (!done) {
            return done.error();
        }
    }
    return removed;
}

Result<void> FileBackend::flush() {
    if (somethingQueued()) {
        if (auto written = transact({}); !written) {
            return written;
        }
    }
    return untoldError();
}

Result<void> FileBackend::untoldError() {
    const std::lock_guard lock(m_queueMutex);
    if (std::exchange(m_writeErrorUntold, false)) {
        return *m_writeError;
    }
    return {};
}

bool FileBackend::somethingQueued() const {
    const std::lock_guard lock(m_queueMutex);
    return !m_queue.empty() || !m_writing.empty();
}

void FileBackend::writeGroups(Worker& worker, std::stop_token stop) {
    removeLeftovers();
    while (!stop.stop_requested()) {
        std::size_t sets = 0;
        bool later = false;
        {
            const std::lock_guard lock(m_queueMutex);
            sets = m_queue.size();
            later = !m_touched.empty() || !m_lost.empty() || m_distrustDisk;
        }
        if (sets == 0 && !later) {
            worker.sleep();
            continue;
        }
        if (sets < kGroupSets && !worker.sleepFor(sets == 0 ? kLaterDelay : kGroupDelay)) {
            return;
        }
        if (auto written = transact({}); !written) {
            const std::lock_guard lock(m_queueMutex);
            m_writeErrorUntold = m_writeError.has_value();
        }
    }
}

Result<void> FileBackend::transact(const Change& change) {
    const std::unique_lock write(m_writeMutex, m_timeout);
    if (!write.owns_lock()) {
        return Error{ErrorCode::timedOut, m_url, "other writes are under way"};
    }
    std::vector<PendingMap::value_type*> group;
    std::vector<std::int64_t> touched;
    KeySet lost;
    bool distrust = false;
    {
        const std::lock_guard lock(m_queueMutex);
        m_writing.swap(m_queue);
        m_queuedBytes = 0;
        m_queuedDeadline = kNever;
        touched.assign(m_touched.begin(), m_touched.end());
        m_touched.clear();
        lost = m_lost;
        distrust = m_distrustDisk;
        group.reserve(m_writing.size());
        for (auto& pending : m_writing) {
            group.push_back(&pending);
        }
    }
    m_room.notify_all();
    std::sort(group.begin(), group.end(),
              [](const auto* a, const auto* b) { return a->second.order < b->second.order; });
    if (group.empty() && touched.empty() && lost.empty() && !distrust && !change) {
        return {};
    }

    auto done = writeOnce(group, touched, lost, distrust, change);
    // Once more when the database has been replaced: by us, as it is damaged, or by another.
    if (!done && m_writer) {
        const FileIdentity identity = m_writer->identity();
        bool replaced = identity != m_directory.databaseIdentity();
        if (!replaced && done.error().code() == ErrorCode::damaged) {
            m_writer.reset();
            auto moved = setAside(identity, done.error());
            replaced = moved.ok();
            done = moved ? done : moved;
        }
        if (replaced) {
            m_writer.reset();
            done = writeOnce(group, touched, lost, distrust, change);
        }
    }

    const std::lock_guard lock(m_queueMutex);
    if (done) {
        m_writeError.reset();
        m_writeErrorUntold = false;
        m_lost.clear();
        m_distrustDisk = false;
    } else {
        m_writeError = done.error();
        for (const auto* pending : group) {
            m_lost.insert(pending->first);
        }
        if (m_lost.size() > kMostLost) {
            m_lost.clear();
            m_distrustDisk = true;
        }
    }
    m_writing.clear();
    return done;
}

Result<void> FileBackend::writeOnce(const std::vector<PendingMap::value_type*>& group,
                                    const std::vector<std::int64_t>& touched, const KeySet& lost,
                                    bool distrust, const Change& change) {
    if (!m_writer || m_writer->identity() != m_directory.databaseIdentity()) {
        if (auto opened = openWriter(m_timeout); !opened) {
            return opened;
        }
    }
    const TimePoint now = m_clock.now();
    FileStoreWriter& writer = *m_writer;
    writer.reportRemovals(static_cast<bool>(m_listener));
    const auto changeAll = [&]() -> Result<void> {
        if (auto begun = writer.begin(); !begun) {
            return begun;
        }
        if (distrust) {
            if (auto erased = writer.eraseAll(now); !erased) {
                return erased.error();
            }
        }
        for (const std::string& key : lost) {
            if (auto erased = writer.erase(key, RemovalCause::evicted, now); !erased) {
                return erased.error();
            }
        }
        for (const auto* pending : group) {
            if (auto put = writer.put(pending->first, pending->second.entry, now); !put) {
                return put;
            }
        }
        for (const std::int64_t id : touched) {
            if (auto marked = writer.touch(id); !marked) {
                return marked;
            }
        }
        if (change) {
            if (auto changed = change(writer); !changed) {
                return changed;
            }
        }
        return writer.enforce(m_maxEntries, m_maxBytes, now);
    };
    if (auto changed = changeAll(); !changed) {
        writer.rollback();
        return changed;
    }
    auto removals = writer.commit();
    if (!removals) {
        writer.rollback();
        return removals.error();
    }
    m_entries.store(writer.totals().entries, std::memory_order_relaxed);
    m_stamp.store(writer.totals().stamp, std::memory_order_relaxed);
    for (const FileStoreRemoval& removal : *removals) {
        m_listener({removal.key, removal.cause, removal.created, removal.expires});
    }
    return {};
}

Result<void> FileBackend::openWriter(Duration patience) {
    m_writer.reset();
    // Twice, as a database whose tables do not fit its version is found out only by using it.
    for (int attempt = 0;; ++attempt) {
        FileStoreNotice notice;
        auto connection = openFileStore(m_directory, patience, m_timeout, notice);
        addNotice(std::move(notice));
        if (!connection) {
            return connection.error();
        }
        const FileIdentity identity = connection->identity;
        auto writer = FileStoreWriter::make(m_directory, std::move(*connection));
        if (writer) {
            m_writer = std::move(*writer);
            return {};
        }
        if (writer.error().code() != ErrorCode::damaged || attempt > 0) {
            return writer.error();
        }
        if (auto moved = setAside(identity, writer.error()); !moved) {
            return moved;
        }
    }
}

void FileBackend::removeLeftovers() {
    const std::vector<std::string> names = m_directory.valueNames();
    if (names.empty()) {
        return;
    }
    const auto leftovers = [&](const std::vector<std::string>& candidates) {
        return read<std::vector<std::string>>(
            [&](FileStoreReader& reader) -> Result<std::vector<std::string>> {
                std::vector<std::string> unused;
                for (const std::string& name : candidates) {
                    auto used = reader.refersToFile(name);
                    if (!used) {
                        return used.error();
                    }
                    if (!*used) {
                        unused.push_back(name);
                    }
                }
                return unused;
            });
    };
    const auto suspects = leftovers(names);
    if (!suspects || suspects->empty()) {
        return;
    }
    // Files are written within transactions: while ours is open, none is without its row for long.
    static_cast<void>(transact([&](FileStoreWriter&) -> Result<void> {
                          auto unused = leftovers(*suspects);
                          for (const std::string& name : unused ? *unused : names) {
                              if (unused) {
                                  m_directory.removeLeftover(name);
                              }
                          }
                          return {};
                      }).ok());
}

// Looking around

Result<ScanPage> FileBackend::scanOne(std::string_view key) {
    ScanPage page;
    auto entry = get(key);
    if (!entry) {
        return entry.error();
    }
    if (*entry) {
        page.keys.push_back(
            {std::string{key}, (*entry)->created, (*entry)->expires, (*entry)->value.size()});
    }
    return page;
}

Result<ScanPage> FileBackend::scan(const std::string& cursor, std::string_view pattern,
                                   std::size_t limit) {
    std::optional<std::int64_t> after;
    if (!cursor.empty()) {
        std::int64_t id = 0;
        const auto [end, failure] =
            std::from_chars(cursor.data(), cursor.data() + cursor.size(), id);
        if (failure != std::errc{} || end != cursor.data() + cursor.size()) {
            return Error{ErrorCode::syntax, m_url, "not a cursor of a scan"};
        }
        after = id;
    } else if (auto written = somethingQueued() ? transact({}) : Result<void>{}; !written) {
        return written.error();
    }
    auto found = read<FileStoreReader::Page>([&](FileStoreReader& reader) {
        return reader.page(after, std::clamp<std::size_t>(limit, 1, 100'000));
    });
    if (!found) {
        return found.error();
    }
    const TimePoint now = m_clock.now();
    ScanPage page;
    for (ScannedKey& key : found->keys) {
        if (key.expires >= now && globMatches(pattern, key.key)) {
            page.keys.push_back(std::move(key));
        }
    }
    page.next = found->last ? std::to_string(*found->last) : std::string{};
    return page;
}

Result<BackendStat> FileBackend::stat() {
    if (somethingQueued()) {
        if (auto written = transact({}); !written) {
            return written.error();
        }
    }
    auto totals = read<FileStoreTotals>([](FileStoreReader& reader) { return reader.totals(); });
    if (!totals) {
        return totals.error();
    }
    return BackendStat{static_cast<std::uint64_t>(totals->entries),
                       static_cast<std::uint64_t>(totals->bytes), m_maxEntries, m_maxBytes};
}

Result<void> FileBackend::check() {
    {
        const std::lock_guard lock(m_queueMutex);
        if (m_writeError) {
            m_writeErrorUntold = false;
            return *m_writeError;
        }
    }
    auto totals = read<FileStoreTotals>([](FileStoreReader& reader) { return reader.totals(); });
    if (!totals) {
        return totals.error();
    }
    const std::lock_guard lock(m_noticesMutex);
    if (m_untoldNotices > 0) {
        return m_notices[m_notices.size() - m_untoldNotices--];
    }
    return {};
}

std::vector<Error> FileBackend::notices() const {
    const std::lock_guard lock(m_noticesMutex);
    return m_notices;
}

void FileBackend::addNotice(FileStoreNotice notice) {
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

void FileBackend::report(std::string_view key, RemovalCause cause, const Entry& entry) const {
    if (m_listener) {
        m_listener({key, cause, entry.created, entry.expires});
    }
}

BackendKind fileBackendKind() {
    BackendKind kind;
    kind.scheme = "file";
    kind.example = "file:/var/cache/app";
    kind.capabilities = {
        .persistent = true, .shared = true, .remote = false, .evicts = true, .policies = false};
    kind.make = [](const BackendUrl& url,
                   const BackendConfig& config) -> Result<std::unique_ptr<Backend>> {
        if (!url.host.empty()) {
            return Error{ErrorCode::outOfRange, url.withoutPassword(),
                         "no host: file:/path or file:///path"};
        }
        auto backend = FileBackend::open(url.path, config, url.withoutPassword());
        if (!backend) {
            return backend.error();
        }
        return std::unique_ptr<Backend>{std::move(*backend)};
    };
    return kind;
}

}  // namespace cachescope
