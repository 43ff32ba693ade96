// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/tiered_backend.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "engine/backend/circuit_breaker.h"
#include "engine/backend/redis_backend.h"
#include "engine/backend/reserved_keys.h"
#include "engine/core/duration_text.h"
#include "engine/redis/redis_target.h"

namespace cachescope {

namespace {

const std::vector<std::string>& ownParameters() {
    static const std::vector<std::string> names{"upper_entries", "upper_bytes", "upper_ttl",
                                                "upper_policy",  "breaker",     "recovery"};
    return names;
}

struct Setup {
    BackendConfig upper;
    std::optional<Duration> longest;
    bool breaker = true;
    bool recovery = true;
};

bool readCount(const std::string& text, std::uint64_t& count) {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
    return failure == std::errc{} && end == text.data() + text.size();
}

bool readSwitch(const std::string& text, bool& on) {
    on = text == "on";
    return on || text == "off";
}

bool readSpan(const std::string& text, std::optional<Duration>& span) {
    span = parseDuration(text);
    return span && *span >= Duration::zero();
}

bool read(const std::string& name, const std::string& text, Setup& setup) {
    if (name == "upper_entries") {
        return readCount(text, setup.upper.maxEntries);
    }
    if (name == "upper_bytes") {
        return readCount(text, setup.upper.maxBytes);
    }
    if (name == "upper_ttl") {
        return readSpan(text, setup.longest);
    }
    if (name == "upper_policy") {
        setup.upper.policy = text;
        return true;
    }
    return readSwitch(text, name == "breaker" ? setup.breaker : setup.recovery);
}

// Takes what is ours out of the URL.
Result<Setup> takeSetup(BackendUrl& url) {
    Setup setup;
    for (const std::string& name : ownParameters()) {
        const auto given = url.parameters.find(name);
        if (given == url.parameters.end()) {
            continue;
        }
        if (!read(name, given->second, setup)) {
            return Error{ErrorCode::wrongType, url.withoutPassword(), name};
        }
    }
    const bool bounded =
        url.parameters.contains("upper_entries") || url.parameters.contains("upper_bytes");
    setup.upper.maxBytes = bounded ? setup.upper.maxBytes : kDefaultUpperBytes;
    for (const std::string& name : ownParameters()) {
        url.parameters.erase(name);
    }
    return setup;
}

}  // namespace

Result<std::unique_ptr<Backend>> TieredBackend::make(const BackendUrl& url,
                                                     const BackendConfig& config,
                                                     const BackendRegistry& registry) {
    BackendUrl below = url;
    auto setup = takeSetup(below);
    if (!setup) {
        return setup.error();
    }
    below.scheme = std::exchange(below.lower, {});
    const bool redis = !RedisTarget::parametersOf(below.scheme).empty();
    if (redis && !below.scheme.ends_with("+cluster")) {
        // Another process may not be permitted to have the server tell it.
        below.parameters.try_emplace("announce", "on");
    }
    setup->upper.clock = config.clock;
    Parts parts;
    auto upper = registry.create("memory:", setup->upper);
    if (!upper) {
        return upper.error().about(url.withoutPassword());
    }
    parts.upper = std::move(*upper);
    auto lower = registry.create(below, config);
    if (!lower) {
        return lower.error();
    }
    parts.lower = std::move(*lower);
    Duration longest = setup->longest.value_or(Duration::zero());
    auto* const shared = dynamic_cast<RedisBackend*>(parts.lower.get());
    if (shared != nullptr && shared->canFollow()) {
        parts.feed = [shared](ChangeListener& listener) { return shared->follow(listener); };
    } else if (parts.lower->capabilities().shared && longest == Duration::zero()) {
        longest = kDefaultUnfedTtl;
    }
    if (setup->breaker) {
        CircuitBreakerOptions options;
        options.clock = config.clock;
        parts.lower = std::make_unique<CircuitBreaker>(std::move(parts.lower), options);
    }
    if (setup->recovery) {
        RecoveryQueueOptions options;
        options.clock = config.clock;
        auto queue = std::make_unique<RecoveryQueue>(std::move(parts.lower), options);
        parts.queue = queue.get();
        parts.lower = std::move(queue);
    }
    return std::unique_ptr<Backend>{std::make_unique<TieredBackend>(
        url.withoutPassword(), std::move(parts), UpperLevel::Options{longest, config.clock})};
}

TieredBackend::TieredBackend(std::string url, Parts parts, UpperLevel::Options options)
    : m_url(std::move(url)),
      m_trustsAge(options.longest > Duration::zero()),
      m_upper(std::move(parts.upper), options),
      m_lower(std::move(parts.lower)),
      m_queue(parts.queue) {
    // What the lower backend gives up, to keep a bound or because its time has come, is nobody's
    // to be found above. Replaced is what set() itself settles.
    m_lower->setRemovalListener([this](const Removal& removal) {
        if (removal.cause != RemovalCause::replaced) {
            m_upper.drop(removal.key);
        }
        if (m_listener) {
            m_listener(removal);
        }
    });
    if (parts.feed) {
        m_feed = parts.feed(*this);
    }
}

TieredBackend::~TieredBackend() = default;

// The mark comes first: when the feed is lost after that, the stamp moves.
TieredBackend::Before TieredBackend::before(std::string_view key) const {
    Before before;
    before.mark = m_upper.mark(key);
    before.mayCopy = usesUpper() && !isReservedKey(key);
    if (m_queue != nullptr) {
        const auto waited = m_queue->quiet();
        before.mayCopy = before.mayCopy && waited.has_value();
        before.waited = waited.value_or(0);
    }
    return before;
}

// A value that waited in the queue, if only in between, may have given way to another process's.
bool TieredBackend::mayCopyAfter(const Before& before) const {
    return before.mayCopy && (m_queue == nullptr || m_queue->quiet() == before.waited);
}

// What the cache in front keeps for all processes is never copied: that it goes by what others
// wrote a moment ago is all that it is for.
Result<std::optional<Entry>> TieredBackend::get(std::string_view key) {
    if (isReservedKey(key)) {
        return m_lower->get(key);
    }
    if (usesUpper()) {
        if (auto copy = m_upper.get(key)) {
            return copy;
        }
    }
    const Before stood = before(key);
    auto found = m_lower->get(key);
    if (found && *found) {
        (*found)->level = 1;
        if (mayCopyAfter(stood)) {
            m_upper.keep(key, **found, stood.mark);
        }
    }
    return found;
}

Result<void> TieredBackend::set(std::string_view key, const Entry& entry) {
    const Before stood = before(key);
    auto done = m_lower->set(key, entry);
    m_upper.settle(key, done && mayCopyAfter(stood) ? &entry : nullptr, stood.mark);
    return done;
}

Result<std::vector<std::optional<Entry>>> TieredBackend::getMany(
    std::span<const std::string> keys) {
    std::vector<std::optional<Entry>> found(keys.size());
    std::vector<std::size_t> places;
    std::vector<std::string> missing;
    std::vector<Before> stood;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const bool mayBeThere = usesUpper() && !isReservedKey(keys[i]);
        found[i] = mayBeThere ? m_upper.get(keys[i]) : std::nullopt;
        if (!found[i]) {
            places.push_back(i);
            missing.push_back(keys[i]);
            stood.push_back(before(keys[i]));
        }
    }
    if (missing.empty()) {
        return found;
    }
    auto below = m_lower->getMany(missing);
    if (!below) {
        return below.error();
    }
    for (std::size_t i = 0; i < missing.size(); ++i) {
        std::optional<Entry>& entry = (*below)[i];
        if (!entry) {
            continue;
        }
        entry->level = 1;
        if (mayCopyAfter(stood[i])) {
            m_upper.keep(missing[i], *entry, stood[i].mark);
        }
        found[places[i]] = std::move(entry);
    }
    return found;
}

std::vector<Result<void>> TieredBackend::setMany(std::span<const KeyedEntry> entries) {
    std::vector<Before> stood;
    stood.reserve(entries.size());
    for (const KeyedEntry& item : entries) {
        stood.push_back(before(item.key));
    }
    auto done = m_lower->setMany(entries);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const bool copies = done[i].ok() && mayCopyAfter(stood[i]);
        m_upper.settle(entries[i].key, copies ? &entries[i].entry : nullptr, stood[i].mark);
    }
    return done;
}

Result<bool> TieredBackend::setAndRelease(std::string_view key, const Entry& entry,
                                          std::uint64_t token) {
    const Before stood = before(key);
    auto stored = m_lower->setAndRelease(key, entry, token);
    const bool copies = stored && *stored && mayCopyAfter(stood);
    m_upper.settle(key, copies ? &entry : nullptr, stood.mark);
    return stored;
}

Result<bool> TieredBackend::touch(std::string_view key, TimePoint expires) {
    const Before stood = before(key);
    auto touched = m_lower->touch(key, expires);
    if (touched && *touched && mayCopyAfter(stood)) {
        m_upper.move(key, expires, stood.mark);
    } else {
        m_upper.drop(key);
    }
    return touched;
}

// A removal that failed may have happened all the same.
Result<bool> TieredBackend::erase(std::string_view key) {
    auto erased = m_lower->erase(key);
    m_upper.drop(key);
    return erased;
}

Result<std::uint64_t> TieredBackend::clear() {
    auto removed = m_lower->clear();
    m_upper.dropAll();
    return removed;
}

Result<std::uint64_t> TieredBackend::eraseMatching(std::string_view pattern) {
    auto removed = m_lower->eraseMatching(pattern);
    m_upper.dropMatching(pattern);
    return removed;
}

Result<ScanPage> TieredBackend::scan(const std::string& cursor, std::string_view pattern,
                                     std::size_t limit) {
    return m_lower->scan(cursor, pattern, limit);
}

Result<std::uint64_t> TieredBackend::removeExpired(std::size_t limit) {
    m_upper.removeExpired(limit);
    return m_lower->removeExpired(limit);
}

Result<std::optional<std::uint64_t>> TieredBackend::acquireLease(std::string_view key,
                                                                 Duration span) {
    return m_lower->acquireLease(key, span);
}

Result<void> TieredBackend::releaseLease(std::string_view key, std::uint64_t token) {
    return m_lower->releaseLease(key, token);
}

void TieredBackend::setRemovalListener(RemovalListener listener) {
    m_listener = std::move(listener);
}

BackendKind tieredBackendKind(const BackendRegistry& (*registry)()) {
    BackendKind kind;
    kind.scheme = "tiered";
    kind.example = "tiered:redis://127.0.0.1:6379/0";
    // As those of a lower backend that has them all.
    kind.capabilities = RedisBackend::kCapabilities;
    kind.make = [registry](const BackendUrl& url, const BackendConfig& config) {
        return TieredBackend::make(url, config, registry());
    };
    kind.parameters = ownParameters();
    return kind;
}

}  // namespace cachescope
