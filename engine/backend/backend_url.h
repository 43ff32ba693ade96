// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace cachescope {

/// A backend's address, taken apart by the rules of RFC 3986 as far as backends need them:
/// `scheme:path`, `scheme://user:password@host:port/path?name=value&…`.
///
/// Percent escapes are resolved in every part. `[::1]` is understood as a host, and a list of hosts
/// as `a:1,b:2`. `tiered:` is put before another URL, whose parts these then are. A value type; any
/// thread.
struct BackendUrl {
    std::string scheme;  ///< lower case, without the colon
    std::string user;
    std::string password;
    std::string host;
    int port = 0;  ///< 0: none given
    struct Host {
        std::string name;
        int port = 0;  ///< 0: none given
    };
    std::vector<Host> moreHosts;  ///< of a list, those after the first
    std::string path;
    std::map<std::string, std::string> parameters;
    std::string lower;  ///< of tiered: alone: the scheme of the URL it is put before

    /// The scheme of the store, whether or not something is put before it.
    const std::string& storeScheme() const noexcept { return lower.empty() ? scheme : lower; }

    /// syntax on anything that is not a URL, outOfRange on a port that is none. The error's subject
    /// is the text without its password.
    static Result<BackendUrl> parse(std::string_view text);

    /// The same address as text, with "***" for the password, and for each parameter whose name
    /// ends with "password".
    std::string withoutPassword() const;
};

/// `text` with the passwords of a URL replaced, as well as that can be done on a broken URL too.
std::string hidePassword(std::string_view text);

/// `text` without the passwords of a URL, for files that others may read: `redis://user@host`.
std::string removePassword(std::string_view text);

}  // namespace cachescope
