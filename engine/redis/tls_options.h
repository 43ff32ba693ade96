// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace cachescope {

/// How to speak TLS with a server, and whom to believe. A value type; any thread.
struct TlsOptions {
    bool verify = true;           ///< refuse a server whose certificate does not prove its name
    std::string caFile;           ///< PEM; empty: the system's authorities
    std::string certificateFile;  ///< PEM, of the client; empty: it shows none
    std::string keyFile;          ///< PEM; empty: in certificateFile
    std::string serverName;       ///< the name that the certificate must have; empty: the host's

    bool operator==(const TlsOptions&) const = default;
};

}  // namespace cachescope
