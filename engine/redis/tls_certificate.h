// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

struct x509_st;

namespace cachescope {

/// What a certificate says about itself, as text from outside: bounded, but not to be trusted.
///
/// A value type; any thread. Says nothing about whether the certificate is worth anything.
struct TlsCertificate {
    std::string subject;             ///< its common name, otherwise its whole name: "O=Example"
    std::string issuer;              ///< of who signed it, of the same form
    std::vector<std::string> names;  ///< the hosts and addresses that it is for
    std::string validFrom;           ///< "2026-11-23"
    std::string validTo;             ///< of the same form

    /// Of a certificate of OpenSSL.
    static TlsCertificate of(const x509_st& certificate);
};

}  // namespace cachescope
