// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "engine/core/clock.h"
#include "engine/core/result.h"

namespace cachescope {

/// A connected stream of bytes that never blocks: plain (StreamSocket) or encrypted (TlsStream).
///
/// Who has nothing to do polls descriptor() for pollEvents(), but first asks hasBuffered(): bytes
/// that were taken from the descriptor and not handed out yet would not wake it. Bytes that
/// writeSome() did not take are still due: the next call begins with the same bytes, and offers no
/// fewer. Writing to a peer that has gone is an error, never a signal; what the peer said before
/// may still be read then. Errors have no subject; who knows the address adds it. One thread at a
/// time, but hangUp().
class ByteStream {
public:
    virtual ~ByteStream() = default;
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;

    /// How many bytes went out, 0 when there is no room at present; disconnected or io.
    virtual Result<std::size_t> writeSome(std::string_view bytes) = 0;

    /// How many bytes came in, 0 when there are none at present; disconnected at the end of the
    /// stream or on a reset, or io.
    virtual Result<std::size_t> readSome(std::span<char> into) = 0;

    /// What to poll for, POLLIN and POLLOUT, before the next try to read, to write, or either.
    virtual short pollEvents(bool toRead, bool toWrite) const noexcept = 0;

    /// Whether readSome() may have something without any event on the descriptor.
    virtual bool hasBuffered() const noexcept = 0;

    virtual int descriptor() const noexcept = 0;

    /// Ends the stream in both directions, so that whoever waits or reads notices. The one call
    /// that another thread may make meanwhile.
    virtual void hangUp() noexcept = 0;

protected:
    ByteStream() = default;
};

/// Waits until it is worth another try to read or to write, as wanted; timedOut at the deadline.
/// `clock` must run in real time.
Result<void> waitFor(const ByteStream& stream, bool toRead, bool toWrite, TimePoint deadline,
                     const Clock& clock);

/// A stream and what is wanted of it.
struct AwaitedStream {
    const ByteStream* stream = nullptr;
    bool toRead = true;
    bool toWrite = false;
};

/// Waits until one of the streams is worth another try; false at the deadline.
Result<bool> waitForAny(std::span<const AwaitedStream> awaited, TimePoint deadline,
                        const Clock& clock);

/// Waits until there is something to read, or an end to notice, on either of the two; false at the
/// deadline.
Result<bool> waitForEither(const ByteStream& one, const ByteStream& other, TimePoint deadline,
                           const Clock& clock);

}  // namespace cachescope
