// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/redis/byte_stream.h"
#include "engine/redis/redis_address.h"
#include "engine/redis/tls_stream.h"

namespace cachescope {

/// A connected stream to the server at `address`, encrypted where the address says so; nobody is
/// logged in yet.
///
/// Fails as StreamSocket and TlsStream do, with the address as the subject, or the path of a file
/// of the TlsOptions. Returns before the deadline on `clock`, which must run in real time. Any
/// thread.
Result<std::unique_ptr<ByteStream>> openTransport(const RedisAddress& address, TimePoint deadline,
                                                  const Clock& clock);

/// The part of openTransport() after connecting, for an address with TLS: the handshake over a
/// stream to it. A server that says nothing at all is asked on a second connection whether it is a
/// Redis without TLS, which waits for the end of a line that the handshake does not have.
Result<std::unique_ptr<TlsStream>> encrypt(std::unique_ptr<ByteStream> stream,
                                           const RedisAddress& address, TimePoint deadline,
                                           const Clock& clock);

/// What a failure to log in without TLS comes from: a server that wants TLS hangs up without a word
/// or with one that is no reply, which a second connection finds out. Otherwise the failure itself.
Error explainLogIn(const Error& failure, const RedisAddress& address, TimePoint deadline,
                   const Clock& clock);

}  // namespace cachescope
