// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string_view>

#include "engine/core/clock.h"
#include "engine/core/error.h"

namespace cachescope {

/// Where an answer came from.
enum class Source : std::uint8_t {
    stored,  ///< it lay in the backend; entry.level says on which level
    loaded,  ///< this request called the origin
    waited,  ///< another request's load was waited for, here or in another process
};

/// Why a request was served a value past its TTL, or one that may be void because a mark that it
/// heeds could not be read.
enum class StaleReason : std::uint8_t {
    none,          ///< it was not
    revalidating,  ///< a load in the background refreshes it
    loadFailed,    ///< the load failed, now or within retryAfter
    slowLoad,      ///< the load did not end within the soft or hard time-out
};

enum class CacheEventKind : std::uint8_t {
    served,       ///< a request got its answer; source, level, stale and absent say how
    failed,       ///< a request got none; error says why
    loadBegan,    ///< cause says what for
    loadEnded,    ///< it took `span`; error where it failed
    invalidated,  ///< a mark voided the entry that was found
};

/// What a load is for.
enum class LoadCause : std::uint8_t {
    miss,     ///< nothing that could be served
    early,    ///< XFetch chose this request to load before the end of the TTL
    refresh,  ///< in the background, while the value is served
};

/// One thing that happened in a Cache, for logs and traces. Valid during the call only.
struct CacheEvent {
    CacheEventKind kind = CacheEventKind::served;
    std::string_view key;
    Source source = Source::stored;
    std::uint8_t level = 0;  ///< of the backend, 0 the first
    StaleReason stale = StaleReason::none;
    LoadCause cause = LoadCause::miss;
    bool absent = false;
    Duration span{};               ///< age of what was served, or length of a load
    const Error* error = nullptr;  ///< null where nothing failed
};

/// Called on the thread on which it happens, without a lock; it should be quick.
using CacheEventListener = std::function<void(const CacheEvent&)>;

}  // namespace cachescope
