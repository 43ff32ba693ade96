// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_transport.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "engine/redis/stream_socket.h"
#include "engine/redis/tls_refusal.h"

namespace cachescope {

namespace {

Result<std::unique_ptr<StreamSocket>> connect(const RedisAddress& address, TimePoint deadline,
                                              const Clock& clock) {
    return address.isUnix() ? StreamSocket::connectUnix(address.unixPath, deadline, clock)
                            : StreamSocket::connectTcp(address.host, address.port, deadline, clock);
}

// The moment when `share` of the time until the deadline is over.
TimePoint partOf(TimePoint deadline, double share, const Clock& clock) {
    const TimePoint now = clock.now();
    const auto left = static_cast<double>((deadline - now).count());
    return now + Duration{static_cast<Duration::rep>(left * share)};
}

bool speaksRedisWithoutTls(const RedisAddress& address, TimePoint deadline, const Clock& clock) {
    const auto socket = connect(address, deadline, clock);
    constexpr std::string_view kPing = "PING\r\n";
    if (!socket || (*socket)->writeSome(kPing).valueOr(0) != kPing.size() ||
        !waitFor(**socket, true, false, deadline, clock)) {
        return false;
    }
    char first = 0;
    const auto got = (*socket)->readSome({&first, 1});
    return got && *got == 1 && (first == '+' || first == '-');
}

bool speaksTls(const RedisAddress& address, TimePoint deadline, const Clock& clock) {
    auto socket = connect(address, deadline, clock);
    if (!socket) {
        return false;
    }
    TlsOptions anyServer;
    anyServer.verify = false;
    auto stream = TlsStream::over(std::move(*socket), anyServer, address.host);
    if (!stream) {
        return false;
    }
    const auto done = (*stream)->handshake(deadline, clock);
    // Whoever shakes hands or refuses to in its language speaks it.
    const std::string& heard = (*stream)->heard();
    return done || (heard.size() > 1 && (heard[0] == 21 || heard[0] == 22) && heard[1] == 3);
}

}  // namespace

Result<std::unique_ptr<ByteStream>> openTransport(const RedisAddress& address, TimePoint deadline,
                                                  const Clock& clock) {
    auto socket = connect(address, deadline, clock);
    if (!socket) {
        return socket.error().about(address.toText());
    }
    if (!address.tls) {
        return std::unique_ptr<ByteStream>{std::move(*socket)};
    }
    auto encrypted = encrypt(std::move(*socket), address, deadline, clock);
    if (!encrypted) {
        return encrypted.error();
    }
    return std::unique_ptr<ByteStream>{std::move(*encrypted)};
}

Result<std::unique_ptr<TlsStream>> encrypt(std::unique_ptr<ByteStream> stream,
                                           const RedisAddress& address, TimePoint deadline,
                                           const Clock& clock) {
    auto made = TlsStream::over(std::move(stream), *address.tls, address.host);
    if (!made) {
        return made.error().subject().empty() ? made.error().about(address.toText()) : made.error();
    }
    auto done = (*made)->handshake(partOf(deadline, 0.5, clock), clock);
    if (!done && done.error().code() == ErrorCode::timedOut) {
        if ((*made)->heard().empty() &&
            speaksRedisWithoutTls(address, partOf(deadline, 0.5, clock), clock)) {
            return Error{ErrorCode::notThisProtocol, address.toText(), kSpeaksNoTls};
        }
        done = (*made)->handshake(deadline, clock);
    }
    if (!done) {
        return done.error().about(address.toText());
    }
    return made;
}

Error explainLogIn(const Error& failure, const RedisAddress& address, TimePoint deadline,
                   const Clock& clock) {
    const bool hungUp = failure.code() == ErrorCode::disconnected;
    const bool nonsense = failure.code() == ErrorCode::notThisProtocol &&
                          failure.detail().starts_with("\x15\x03");  // an alert of TLS
    if (address.tls || address.isUnix() || (!hungUp && !nonsense)) {
        return failure;
    }
    if (nonsense || speaksTls(address, deadline, clock)) {
        return Error{ErrorCode::notThisProtocol, address.toText(), kSpeaksOnlyTls};
    }
    return failure;
}

}  // namespace cachescope
