// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/directory_backend.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <limits>
#include <memory>
#include <system_error>
#include <utility>

#include "engine/backend/private_files.h"
#include "engine/backend/reserved_keys.h"
#include "engine/core/hash.h"

namespace cachescope {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".entry";

// The first bytes of a file. Written as it lies in memory: the cache of one machine need not be
// readable on another, and there the magic, a number too, would not match. Files of the first
// layout, which ends before notesSize, are still read.
struct Header {
    static constexpr std::uint64_t kMagic = 0x32'79'72'74'6e'45'73'43;       // "CsEntry2"
    static constexpr std::uint64_t kFirstMagic = 0x31'79'72'74'6e'45'73'43;  // "CsEntry1"

    std::uint64_t magic = kMagic;
    std::uint64_t checksum = 0;  // of all that follows, header and body
    std::int64_t created = 0;
    std::int64_t expires = 0;
    std::uint64_t version = 0;
    std::int64_t loadCost = 0;
    std::uint64_t keySize = 0;
    std::uint64_t valueSize = 0;
    std::uint64_t notesSize = 0;

    std::size_t size() const noexcept {
        return magic == kFirstMagic ? offsetof(Header, notesSize) : sizeof(Header);
    }
    std::uint64_t checksumWith(std::string_view key, std::string_view notes,
                               std::string_view value) const noexcept {
        Header copy = *this;
        copy.magic = hash64(key);
        copy.checksum = hash64(value);
        // The size of the notes is what is left of the file, so it need not be in here.
        copy.notesSize = hash64(notes);
        return hash64({reinterpret_cast<const char*>(&copy), size()});
    }
    /// Nothing when the file does not begin with one of ours.
    static std::optional<Header> of(std::string_view content) noexcept {
        Header header;
        std::memcpy(&header, content.data(), std::min(content.size(), sizeof header));
        if ((header.magic != kMagic && header.magic != kFirstMagic) ||
            content.size() < header.size()) {
            return std::nullopt;
        }
        if (header.magic == kFirstMagic) {
            header.notesSize = 0;
        }
        return header;
    }
};
static_assert(sizeof(Header) == 72 && std::has_unique_object_representations_v<Header>);

// "ab/" + 30 hexadecimal digits + ".entry".
bool isEntryName(std::string_view folder, std::string_view file) noexcept {
    const auto isHex = [](std::string_view text) {
        return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    };
    return folder.size() == 2 && isHex(folder) && file.size() == 30 + kSuffix.size() &&
           isHex(file.substr(0, 30)) && file.substr(30) == kSuffix;
}

}  // namespace

Result<std::unique_ptr<DirectoryBackend>> DirectoryBackend::open(const std::string& directory,
                                                                 const BackendConfig& config,
                                                                 std::string url) {
    if (directory.empty()) {
        return Error{ErrorCode::missing, url.empty() ? "dir:" : url, "a path: dir:/path/to/dir"};
    }
    if (config.maxEntries != 0 || config.maxBytes != 0 || !config.policy.empty()) {
        return Error{ErrorCode::unsupported, url.empty() ? "dir:" + directory : url,
                     "entries, bytes, policy"};
    }
    // A prefix has to keep two caches apart; two directories do that.
    const std::string path =
        config.prefix.empty() ? directory : directory + "/prefix-" + hash128Hex(config.prefix);
    if (auto made = makePrivateDirectory(path); !made) {
        return made.error();
    }
    std::unique_ptr<DirectoryBackend> backend{
        new DirectoryBackend(path, config, url.empty() ? "dir:" + directory : std::move(url))};
    backend->recount();
    return backend;
}

DirectoryBackend::DirectoryBackend(std::string directory, const BackendConfig& config,
                                   std::string url)
    : m_directory(std::move(directory)), m_url(std::move(url)), m_clock(*config.clock) {}

BackendCapabilities DirectoryBackend::capabilities() const {
    return {.persistent = true, .shared = true};
}

void DirectoryBackend::setRemovalListener(RemovalListener listener) {
    const std::lock_guard lock(m_mutex);
    m_listener = std::move(listener);
}

std::string DirectoryBackend::pathOf(std::string_view key) const {
    const std::string hash = hash128Hex(key);
    return m_directory + '/' + hash.substr(0, 2) + '/' + hash.substr(2) + std::string{kSuffix};
}

Result<std::optional<DirectoryBackend::Stored>> DirectoryBackend::load(
    const std::string& path) const {
    const auto content = readWholeFile(path);
    if (!content) {
        return content.error();
    }
    const auto header = *content ? Header::of(**content) : std::nullopt;
    if (!header) {
        return std::optional<Stored>{};
    }
    const std::string_view body = std::string_view{**content}.substr(header->size());
    if (header->keySize > body.size() || header->notesSize > body.size() - header->keySize ||
        header->valueSize != body.size() - header->keySize - header->notesSize) {
        return std::optional<Stored>{};
    }
    const std::string_view key = body.substr(0, header->keySize);
    const std::string_view notes = body.substr(header->keySize, header->notesSize);
    const std::string_view value = body.substr(header->keySize + header->notesSize);
    if (header->checksum != header->checksumWith(key, notes, value)) {
        return std::optional<Stored>{};
    }
    Entry entry{.value = Bytes{value},
                .created = TimePoint{Duration{header->created}},
                .expires = TimePoint{Duration{header->expires}},
                .version = header->version,
                .loadCost = Duration{header->loadCost},
                .notes = SharedBytes{notes}};
    return std::optional{Stored{std::string{key}, std::move(entry), (*content)->size()}};
}

Result<std::optional<Entry>> DirectoryBackend::get(std::string_view key) {
    const TimePoint now = m_clock.now();
    const std::string path = pathOf(key);
    auto stored = load(path);
    if (!stored) {
        return stored.error();
    }
    // Two keys may share a hash; the file says whose it is.
    if (!*stored || (*stored)->key != key) {
        return std::optional<Entry>{};
    }
    if (!(*stored)->entry.expiredAt(now)) {
        return std::optional{std::move((*stored)->entry)};
    }
    const std::lock_guard lock(m_mutex);
    // Read again, as a fresh entry may have taken the place of the expired one.
    stored = load(path);
    if (stored && *stored && (*stored)->entry.expiredAt(now)) {
        static_cast<void>(remove(path, RemovalCause::expired).ok());
    }
    return std::optional<Entry>{};
}

Result<void> DirectoryBackend::set(std::string_view key, const Entry& entry) {
    const std::string path = pathOf(key);
    const std::lock_guard lock(m_mutex);
    if (entry.expiredAt(m_clock.now())) {
        auto removed = remove(path, RemovalCause::replaced);
        return removed ? Result<void>{} : Result<void>{removed.error()};
    }
    Header header;
    header.created = entry.created.time_since_epoch().count();
    header.expires = entry.expires.time_since_epoch().count();
    header.version = entry.version;
    header.loadCost = entry.loadCost.count();
    header.keySize = key.size();
    header.valueSize = entry.value.size();
    const std::string_view notes = entry.notes.view();
    header.notesSize = notes.size();
    header.checksum = header.checksumWith(key, notes, entry.value.view());
    const std::string_view headerBytes{reinterpret_cast<const char*>(&header), sizeof header};

    const auto old = load(path);
    auto written = replaceFile(path, {headerBytes, key, notes, entry.value.view()});
    if (!written && written.error().code() == ErrorCode::notFound) {
        if (auto made = makePrivateDirectory(fs::path{path}.parent_path().string()); !made) {
            return made;
        }
        written = replaceFile(path, {headerBytes, key, notes, entry.value.view()});
    }
    if (!written) {
        // The old value is older than what the caller knows: better none than that one.
        static_cast<void>(remove(path, RemovalCause::evicted).ok());
        return written;
    }
    if (old && *old) {
        forget(**old, RemovalCause::replaced);
    }
    m_entries += 1;
    m_bytes += sizeof header + key.size() + notes.size() + entry.value.size();
    m_nextDeadline = std::min(m_nextDeadline, entry.expires);
    return {};
}

Result<bool> DirectoryBackend::erase(std::string_view key) {
    const std::lock_guard lock(m_mutex);
    return remove(pathOf(key), RemovalCause::invalidated);
}

Result<bool> DirectoryBackend::remove(const std::string& path, RemovalCause cause) {
    const auto stored = load(path);
    if (!stored) {
        return stored.error();
    }
    if (!*stored) {
        return false;
    }
    const auto removed = removeFile(path);
    if (!removed || !*removed) {
        return removed;
    }
    forget(**stored, cause);
    return !(*stored)->entry.expiredAt(m_clock.now());
}

void DirectoryBackend::forget(const Stored& stored, RemovalCause cause) {
    // Other processes may have changed what was counted; never count below zero.
    m_entries -= std::min<std::uint64_t>(m_entries, 1);
    m_bytes -= std::min(m_bytes, stored.fileSize);
    if (m_listener) {
        const Entry& entry = stored.entry;
        m_listener({stored.key, entry.expiredAt(m_clock.now()) ? RemovalCause::expired : cause,
                    entry.created, entry.expires});
    }
}

std::vector<std::string> DirectoryBackend::names(const std::string& after,
                                                 std::size_t limit) const {
    std::vector<std::string> found;
    for (int number = 0; number < 256 && found.size() < limit; ++number) {
        static constexpr std::string_view kDigits = "0123456789abcdef";
        const std::string folder{kDigits[static_cast<std::size_t>(number) / 16],
                                 kDigits[static_cast<std::size_t>(number) % 16]};
        if (folder < after.substr(0, 2)) {
            continue;
        }
        std::vector<std::string> here;
        std::error_code failure;  // a folder that is not there has no files
        for (fs::directory_iterator at{m_directory + '/' + folder, failure}, end;
             !failure && at != end; at.increment(failure)) {
            const std::string file = at->path().filename().string();
            if (isEntryName(folder, file) && folder + '/' + file > after) {
                here.push_back(folder + '/' + file);
            }
        }
        std::sort(here.begin(), here.end());
        here.resize(std::min(here.size(), limit - found.size()));
        found.insert(found.end(), here.begin(), here.end());
    }
    return found;
}

Result<ScanPage> DirectoryBackend::scan(const std::string& cursor, std::string_view pattern,
                                        std::size_t limit) {
    const TimePoint now = m_clock.now();
    const auto found = names(cursor, std::max<std::size_t>(limit, 1));
    ScanPage page;
    for (const std::string& name : found) {
        const auto stored = load(m_directory + '/' + name);
        if (!stored) {
            return stored.error();
        }
        if (!*stored || (*stored)->entry.expiredAt(now) || !patternMeans(pattern, (*stored)->key)) {
            continue;
        }
        const Entry& entry = (*stored)->entry;
        page.keys.push_back({(*stored)->key, entry.created, entry.expires, entry.value.size()});
    }
    page.next = found.empty() ? std::string{} : found.back();
    return page;
}

Result<std::uint64_t> DirectoryBackend::clear() {
    const std::lock_guard lock(m_mutex);
    std::uint64_t removed = 0;
    for (const std::string& name : names({}, std::numeric_limits<std::size_t>::max())) {
        const std::string path = m_directory + '/' + name;
        const auto stored = load(path);
        if (!stored) {
            return stored.error();
        }
        if (!*stored) {
            continue;
        }
        const auto done = removeFile(path);
        if (!done) {
            return done.error();
        }
        if (*done) {
            forget(**stored, RemovalCause::invalidated);
            ++removed;
        }
    }
    m_entries = 0;
    m_bytes = 0;
    return removed;
}

Result<std::uint64_t> DirectoryBackend::removeExpired(std::size_t limit) {
    const TimePoint now = m_clock.now();
    const std::lock_guard lock(m_mutex);
    if (m_nextDeadline >= now) {
        return std::uint64_t{0};
    }
    TimePoint next = kNever;
    std::uint64_t removed = 0;
    for (const std::string& name : names({}, std::numeric_limits<std::size_t>::max())) {
        const std::string path = m_directory + '/' + name;
        const auto stored = load(path);
        if (!stored) {
            return stored.error();
        }
        if (!*stored) {
            continue;
        }
        if (!(*stored)->entry.expiredAt(now)) {
            next = std::min(next, (*stored)->entry.expires);
            continue;
        }
        if (removed == limit) {
            return removed;  // m_nextDeadline stays in the past: there is more to do
        }
        if (auto done = remove(path, RemovalCause::expired); !done) {
            return done.error();
        }
        ++removed;
    }
    m_nextDeadline = next;
    return removed;
}

Result<BackendStat> DirectoryBackend::stat() {
    const std::lock_guard lock(m_mutex);
    return BackendStat{.entries = m_entries, .bytes = m_bytes};
}

void DirectoryBackend::recount() {
    for (const std::string& name : names({}, std::numeric_limits<std::size_t>::max())) {
        std::error_code failure;
        const auto size = fs::file_size(m_directory + '/' + name, failure);
        if (!failure) {
            m_entries += 1;
            m_bytes += size;
        }
    }
}

Result<void> DirectoryBackend::check() {
    return makePrivateDirectory(m_directory);
}

BackendKind directoryBackendKind() {
    BackendKind kind;
    kind.scheme = "dir";
    kind.example = "dir:/var/cache/app-files";
    kind.capabilities = {.persistent = true, .shared = true};
    kind.make = [](const BackendUrl& url,
                   const BackendConfig& config) -> Result<std::unique_ptr<Backend>> {
        if (!url.host.empty()) {
            return Error{ErrorCode::outOfRange, url.withoutPassword(),
                         "no host: dir:/path or dir:///path"};
        }
        auto backend = DirectoryBackend::open(url.path, config, url.withoutPassword());
        if (!backend) {
            return backend.error();
        }
        return std::unique_ptr<Backend>{std::move(*backend)};
    };
    return kind;
}

}  // namespace cachescope
