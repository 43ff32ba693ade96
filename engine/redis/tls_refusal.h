// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/core/error.h"

namespace cachescope {

/// Why one side of an encrypted connection refused the other, as far as a program can tell.
///
/// An Error with the code `untrusted` carries it in its detail, which begins with two words that
/// never change (toError()); who makes sentences reads it back (of()). A value type; any thread.
struct TlsRefusal {
    enum class Why : std::uint8_t {
        expired,            ///< about: since when, as 2026-11-23
        notYetValid,        ///< about: from when on
        wrongName,          ///< about: the names that the certificate has, as a, b
        unknownAuthority,   ///< about: who signed it
        selfSigned,         ///< about: whom it names
        clientCertificate,  ///< the server wants one, or not this one; about: what it said
        other,              ///< about: what is wrong
    };

    Why why = Why::other;
    std::string about;

    /// An Error without subject.
    Error toError() const;
    /// What such an error says; nothing for any other.
    static std::optional<TlsRefusal> of(const Error& error);

    bool operator==(const TlsRefusal&) const = default;
};

/// The beginning of the detail of notThisProtocol, where TLS was spoken to a server without it.
inline constexpr const char* kSpeaksNoTls = "no TLS";
/// And where a server that wants TLS was spoken to without.
inline constexpr const char* kSpeaksOnlyTls = "only TLS";

}  // namespace cachescope
