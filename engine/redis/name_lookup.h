// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/socket.h>

#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"

namespace cachescope {

/// One address that a host name stands for, ready for connect(2).
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;

    /// "127.0.0.1:6379", "[::1]:6379", the path of a Unix socket; empty for any other.
    std::string toText() const;
};

/// Whether a host is an address in digits, which needs no lookup. Any thread.
bool isNumericHost(const std::string& host) noexcept;

/// The addresses of a TCP host, in the order of preference of the operating system.
///
/// Numeric addresses and names are understood. unreachable when the name has no address, timedOut
/// when the resolver is silent past `deadline` (on `clock`, which must run in real time); the
/// thread that asks it then stays until it answers. Any thread.
Result<std::vector<SocketAddress>> lookUpHost(const std::string& host, int port, TimePoint deadline,
                                              const Clock& clock);

}  // namespace cachescope
