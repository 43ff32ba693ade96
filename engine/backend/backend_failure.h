// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/core/error.h"

namespace cachescope {

/// What the failure of a call says about the backend that was called, for those who wrap one.
enum class BackendFailure : std::uint8_t {
    outage,   ///< it cannot be reached, does not answer in time or cannot work at present
    refusal,  ///< it answers, and will not do this: access rules, no room, no writes
    call,     ///< it is about this call alone: a value too large, an option it does not have
};

/// A pure function; any thread.
constexpr BackendFailure backendFailure(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::unreachable:
        case ErrorCode::timedOut:
        case ErrorCode::disconnected:
        case ErrorCode::authentication:
        case ErrorCode::untrusted:
        case ErrorCode::loading:
        case ErrorCode::notThisProtocol:
        case ErrorCode::unavailable:
        case ErrorCode::notPermitted:
        case ErrorCode::io:
            return BackendFailure::outage;
        case ErrorCode::noPermission:
        case ErrorCode::readOnly:
        case ErrorCode::outOfMemory:
        case ErrorCode::diskFull:
        case ErrorCode::serverError:
            return BackendFailure::refusal;
        default:
            return BackendFailure::call;
    }
}

}  // namespace cachescope
