// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/core/result.h"
#include "engine/redis/tls_options.h"

struct ssl_ctx_st;

namespace cachescope {

/// What all encrypted connections with the same TlsOptions share: authorities, certificate, key.
///
/// Reading the authorities of a system takes many times longer than a handshake, so it is done
/// once, and again only when one of the named files has changed since. TLS 1.2 and later alone.
/// Immutable; any thread. Lives as long as a connection uses it.
class TlsContext {
public:
    /// notFound, notPermitted, io and damaged with the path of the file as the subject; missing for
    /// a key without a certificate; unsupported for a key that is locked by a password.
    static Result<std::shared_ptr<const TlsContext>> of(const TlsOptions& options);

    /// For OpenSSL, which counts the users of a context itself and so takes it as not const.
    ssl_ctx_st* native() const noexcept { return m_context.get(); }

private:
    struct FreeContext {
        void operator()(ssl_ctx_st* context) const noexcept;
    };

    TlsContext();
    Result<void> load(const TlsOptions& options);
    Result<void> loadOwn(const TlsOptions& options);

    std::unique_ptr<ssl_ctx_st, FreeContext> m_context;
};

}  // namespace cachescope
