// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/cache_options.h"

#include <array>
#include <utility>

namespace cachescope {

namespace {

constexpr double kMostBeta = 10;

Error outOfRange(const char* option, const char* allowed) {
    return Error{ErrorCode::outOfRange, option, allowed};
}

}  // namespace

Result<void> validate(const CacheOptions& options) {
    if (options.ttl && *options.ttl < Duration::zero()) {
        return outOfRange("ttl", "a span of time, 0 to store nothing, or none to keep for ever");
    }
    const std::array<std::pair<const char*, Duration>, 9> spans{{
        {"max_age", options.maxAge.value_or(Duration{})},
        {"negative_ttl", options.negativeTtl.value_or(Duration{})},
        {"error_ttl", options.errorTtl},
        {"lease", options.lease},
        {"stale_while_revalidate", options.staleWhileRevalidate},
        {"stale_if_error", options.staleIfError},
        {"retry_after", options.retryAfter},
        {"soft_timeout", options.softTimeout},
        {"hard_timeout", options.hardTimeout},
    }};
    for (const auto& [name, span] : spans) {
        if (span < Duration::zero()) {
            return outOfRange(name, "a span of time that is not negative");
        }
    }
    // Written so that what is no number is refused too.
    if (!(options.jitter >= 0 && options.jitter <= 1)) {
        return outOfRange("jitter", "0 to 1");
    }
    if (!(options.refreshAfter >= 0 && options.refreshAfter < 1)) {
        return outOfRange("refresh_after", "0 to below 1");
    }
    if (!(options.xfetchBeta >= 0 && options.xfetchBeta <= kMostBeta)) {
        return outOfRange("xfetch_beta", "0 to 10");
    }
    if (options.sliding && !options.ttl) {
        return outOfRange("sliding", "false where there is no ttl");
    }
    if (options.maxAge && (!options.ttl || *options.maxAge < *options.ttl)) {
        return outOfRange("max_age", "at least the ttl");
    }
    if (options.softTimeout > Duration::zero() && options.hardTimeout > Duration::zero() &&
        options.softTimeout > options.hardTimeout) {
        return outOfRange("soft_timeout", "at most the hard_timeout");
    }
    return {};
}

}  // namespace cachescope
