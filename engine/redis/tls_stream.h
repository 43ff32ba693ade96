// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/redis/byte_stream.h"
#include "engine/redis/tls_certificate.h"
#include "engine/redis/tls_options.h"

namespace cachescope {

/// A ByteStream that is encrypted (TLS 1.2 and later) over another one.
///
/// Made over a connected stream, it is of use once handshake() has succeeded. Unless told not to,
/// it refuses a server whose certificate does not lead to an authority it knows or is not for the
/// expected name or address; the error is `untrusted`, with a TlsRefusal in it. A server that
/// refuses us, for want of a certificate, may say so after the handshake only, so that any call may
/// fail with it. One thread at a time, but hangUp().
class TlsStream final : public ByteStream {
public:
    /// Fails as TlsContext::of() does. `host` is the name or the address that was connected to.
    static Result<std::unique_ptr<TlsStream>> over(std::unique_ptr<ByteStream> below,
                                                   const TlsOptions& options,
                                                   const std::string& host);
    ~TlsStream() override;

    /// timedOut, after which it may be called again to go on; untrusted; notThisProtocol where the
    /// other side speaks no TLS, with kSpeaksNoTls and what it said; disconnected, io; unsupported
    /// for a server that has only older versions; serverError for any other refusal.
    Result<void> handshake(TimePoint deadline, const Clock& clock);

    /// The first bytes of the other side, at most 80, before decryption.
    const std::string& heard() const noexcept;

    std::string version() const;  ///< "TLSv1.3"
    std::string cipher() const;   ///< "TLS_AES_256_GCM_SHA384"
    /// The server's, whether or not it was verified; nothing before the handshake.
    std::optional<TlsCertificate> certificate() const;

    Result<std::size_t> writeSome(std::string_view bytes) override;
    Result<std::size_t> readSome(std::span<char> into) override;
    short pollEvents(bool toRead, bool toWrite) const noexcept override;
    bool hasBuffered() const noexcept override;
    int descriptor() const noexcept override;
    void hangUp() noexcept override;

private:
    struct Wire;
    class Session;

    explicit TlsStream(std::unique_ptr<Session> session);

    std::unique_ptr<Session> m_session;
};

}  // namespace cachescope
