// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/file_backend.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "engine/backend/reserved_keys.h"
#include "engine/core/glob.h"

namespace cachescope {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kDefaultMaxBytes = 1ULL << 30;
constexpr std::size_t kLargestKey = 1U << 20;

constexpr std::size_t kQueueSets = 1024;
constexpr std::uint64_t kQueueBytes = 32U << 20;

constexpr std::size_t kMostUsed = 4096;

constexpr Duration kClockTolerance = 1min;

constexpr BackendCapabilities kCapabilities{
    .persistent = true, .shared = true, .evicts = true, .touches = true};

// A note of the cache in front may be from the future: it is heeded then all the more.
bool fromTheFuture(std::string_view key, const Entry& entry, TimePoint now) noexcept {
    return !isReservedKey(key) && entry.created > deadlineAfter(now, kClockTolerance);
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
    auto store = FileStore::open(path, config.timeout);
    if (!store) {
        return store.error();
    }
    return std::unique_ptr<FileBackend>{new FileBackend(
        std::move(*store), config, url.empty() ? "file:" + directory : std::move(url))};
}

FileBackend::FileBackend(std::unique_ptr<FileStore> store, const BackendConfig& config,
                         std::string url)
    : m_store(std::move(store)),
      m_url(std::move(url)),
      m_clock(*config.clock),
      m_timeout(config.timeout),
      m_maxEntries(config.maxEntries),
      m_maxBytes(config.maxBytes == 0 ? kDefaultMaxBytes : config.maxBytes),
      m_entries(m_store->totals().entries),
      m_stamp(m_store->totals().stamp),
      m_worker(std::make_unique<Worker>("file-cache", [this](Worker& worker, std::stop_token stop) {
          writeGroups(worker, std::move(stop));
      })) {}

FileBackend::~FileBackend() {
    m_worker->stop();
    // Nobody is left to hear of a failure.
    static_cast<void>(transact({}).ok());
    m_store->checkpoint();
}

BackendCapabilities FileBackend::capabilities() const {
    return kCapabilities;
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
            return fromTheFuture(key, *found, now) ? std::optional<Entry>{} : std::optional{*found};
        }
        expiredInQueue = found != nullptr;
        if (!expiredInQueue && (m_distrustDisk || m_lost.contains(key))) {
            return std::optional<Entry>{};
        }
    }
    if (expiredInQueue) {
        // That it is gone is true even if the disk cannot be told at the moment.
        static_cast<void>(transact([&](FileStoreWriter& writer) {
                              return writer.eraseIfExpired(key, now);
                          }).ok());
        return std::optional<Entry>{};
    }
    auto row = m_store->read<std::optional<FileStoreRow>>(
        [&](FileStoreReader& reader) { return reader.find(key); });
    if (!row) {
        return row.error();
    }
    return *row ? serve(key, std::move(**row), now) : std::optional<Entry>{};
}

std::optional<Entry> FileBackend::serve(std::string_view key, FileStoreRow row, TimePoint now) {
    std::optional<RemovalCause> drop;
    if (row.entry.expiredAt(now)) {
        drop = RemovalCause::expired;
    } else if (fromTheFuture(key, row.entry, now)) {
        drop = RemovalCause::evicted;
    } else if (!row.file.empty()) {
        drop = RemovalCause::evicted;
        m_store->addNotice(Error{ErrorCode::damaged,
                                 m_store->directory().path() + "/values/" + row.file,
                                 "missing or changed; its entry was dropped"});
    }
    if (drop) {
        static_cast<void>(
            transact([&](FileStoreWriter& writer) { return writer.eraseFound(row, *drop); }).ok());
        return std::nullopt;
    }
    markUsed(row);
    return std::move(row.entry);
}

void FileBackend::markUsed(const FileStoreRow& row) {
    // A use is worth a write only when the entry has come into the older seven eighths; while
    // nothing is stored nothing ages, so that reading alone does not write for long.
    const std::int64_t age = m_stamp.load(std::memory_order_relaxed) - row.used;
    if (age <= m_entries.load(std::memory_order_relaxed) / 8) {
        return;
    }
    const std::lock_guard lock(m_queueMutex);
    if (m_used.size() < kMostUsed && m_used.insert(row.id).second && m_used.size() == 1) {
        m_worker->wake();
    }
}

// Writing

Result<void> FileBackend::set(std::string_view key, const Entry& entry) {
    const TimePoint now = m_clock.now();
    const std::uint64_t size = key.size() + entry.value.size() + entry.notes.view().size() +
                               static_cast<std::uint64_t>(kFileStoreEntryOverhead);
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
            if (m_listener) {
                m_listener({key,
                            old.expiredAt(now) ? RemovalCause::expired : RemovalCause::replaced,
                            old.created, old.expires});
            }
            at->second = {entry, ++m_lastOrder};
        } else {
            m_queue.emplace(key, Pending{entry, ++m_lastOrder});
        }
        m_queuedBytes += size;
        m_queuedDeadline = std::min(m_queuedDeadline, entry.expires);
        if (at == m_queue.end() && (m_queue.size() == 1 || m_queue.size() == kFullGroup)) {
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

Result<bool> FileBackend::touch(std::string_view key, TimePoint expires) {
    {
        const std::lock_guard lock(m_queueMutex);
        if (const auto at = m_queue.find(key); at != m_queue.end()) {
            Entry& entry = at->second.entry;
            if (entry.expiredAt(m_clock.now())) {
                return false;
            }
            entry.expires = expires;
            m_queuedDeadline = std::min(m_queuedDeadline, expires);
            return true;
        }
    }
    bool touched = false;
    auto done = transact([&](FileStoreWriter& writer) -> Result<void> {
        // The time is that of the transaction: one that had to wait must not prolong what others
        // have seen expire.
        auto result = writer.touch(key, expires, m_clock.now());
        if (!result) {
            return result.error();
        }
        touched = *result;
        return {};
    });
    return done ? Result<bool>{touched} : Result<bool>{done.error()};
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
    if (lock.owns_lock()) {
        m_store->compact();
    }
    return erased;
}

Result<std::uint64_t> FileBackend::eraseMatching(std::string_view pattern) {
    constexpr std::size_t kPage = 1000;
    if (globIsLiteral(pattern)) {
        const std::string literal = globLiteralPrefix(pattern);
        if (isReservedKey(literal)) {
            return std::uint64_t{0};
        }
        auto done = erase(literal);
        return done ? Result<std::uint64_t>{*done ? 1U : 0U} : done.error();
    }
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
        // Readers do not see a group that is being written: asking the index would miss it.
        due = std::min(m_queuedDeadline, m_writingDeadline) < now;
    }
    if (!due) {
        // One step in the index of deadlines, and true for the entries of all processes.
        auto earliest = m_store->read<TimePoint>(
            [](FileStoreReader& reader) { return reader.earliestDeadline(); });
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
    auto written = writeQueued();
    return written ? untoldError() : written;
}

// Looking around

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
    } else if (auto written = writeQueued(); !written) {
        return written.error();
    }
    auto found = m_store->read<FileStoreReader::Page>([&](FileStoreReader& reader) {
        return reader.page(after, std::clamp<std::size_t>(limit, 1, 100'000));
    });
    if (!found) {
        return found.error();
    }
    const TimePoint now = m_clock.now();
    ScanPage page;
    for (ScannedKey& key : found->keys) {
        if (key.expires >= now && patternMeans(pattern, key.key)) {
            page.keys.push_back(std::move(key));
        }
    }
    page.next = found->last ? std::to_string(*found->last) : std::string{};
    return page;
}

Result<BackendStat> FileBackend::stat() {
    if (auto written = writeQueued(); !written) {
        return written.error();
    }
    auto totals =
        m_store->read<FileStoreTotals>([](FileStoreReader& reader) { return reader.totals(); });
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
            m_untoldError.reset();
            return *m_writeError;
        }
    }
    if (auto told = untoldError(); !told) {
        return told;
    }
    auto totals =
        m_store->read<FileStoreTotals>([](FileStoreReader& reader) { return reader.totals(); });
    if (!totals) {
        return totals.error();
    }
    if (auto notice = m_store->takeNotice()) {
        return *notice;
    }
    return {};
}

std::vector<Error> FileBackend::notices() const {
    return m_store->notices();
}

BackendKind fileBackendKind() {
    BackendKind kind;
    kind.scheme = "file";
    kind.example = "file:/var/cache/app";
    kind.capabilities = kCapabilities;
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
