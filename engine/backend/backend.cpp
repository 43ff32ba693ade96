// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/backend.h"

#include <utility>

#include "engine/backend/reserved_keys.h"

namespace cachescope {

Result<std::uint64_t> Backend::eraseMatching(std::string_view pattern) {
    constexpr std::size_t kPage = 1000;
    std::uint64_t erased = 0;
    std::string cursor;
    do {
        auto page = scan(cursor, pattern, kPage);
        if (!page) {
            return page.error();
        }
        for (const ScannedKey& found : page->keys) {
            if (isReservedKey(found.key)) {
                continue;
            }
            auto result = erase(found.key);
            if (!result) {
                return result.error();
            }
            erased += *result ? 1U : 0U;
        }
        cursor = page->next;
    } while (!cursor.empty());
    return erased;
}

Result<std::vector<std::optional<Entry>>> Backend::getMany(std::span<const std::string> keys) {
    std::vector<std::optional<Entry>> found;
    found.reserve(keys.size());
    for (const std::string& key : keys) {
        auto one = get(key);
        if (!one) {
            return one.error();
        }
        found.push_back(std::move(*one));
    }
    return found;
}

std::vector<Result<void>> Backend::setMany(std::span<const KeyedEntry> entries) {
    std::vector<Result<void>> done;
    done.reserve(entries.size());
    for (const KeyedEntry& item : entries) {
        done.push_back(set(item.key, item.entry));
    }
    return done;
}

Result<bool> Backend::touch(std::string_view, TimePoint) {
    return Error{ErrorCode::unsupported, url(), "touch"};
}

Result<std::optional<std::uint64_t>> Backend::acquireLease(std::string_view, Duration) {
    return Error{ErrorCode::unsupported, url(), "lease"};
}

Result<bool> Backend::setAndRelease(std::string_view, const Entry&, std::uint64_t) {
    return Error{ErrorCode::unsupported, url(), "lease"};
}

Result<void> Backend::releaseLease(std::string_view, std::uint64_t) {
    return Error{ErrorCode::unsupported, url(), "lease"};
}

}  // namespace cachescope
