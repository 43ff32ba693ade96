// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <utility>

namespace cachescope {

/// While it lives, what this thread waits for in waitFor() and lookUpHost() ends with `cancelled`
/// once a stop is requested.
///
/// For a thread that opens a connection and may be called off in the middle of any of its steps, so
/// that none of these needs to know. Made and destroyed on the thread it is for; does not nest.
class StoppableWaits {
public:
    explicit StoppableWaits(std::stop_token stop) { current() = std::move(stop); }
    ~StoppableWaits() { current() = std::stop_token{}; }
    StoppableWaits(const StoppableWaits&) = delete;
    StoppableWaits& operator=(const StoppableWaits&) = delete;

    /// The calling thread's; one that cannot be stopped where nobody made one.
    static std::stop_token& current() noexcept {
        thread_local std::stop_token token;
        return token;
    }
};

}  // namespace cachescope
