// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/byte_stream.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <system_error>
#include <vector>

#include "engine/redis/stoppable_waits.h"
#include "engine/redis/wake_up.h"

namespace cachescope {

namespace {

Result<bool> pollUntil(std::span<pollfd> wanted, TimePoint deadline, const Clock& clock) {
    for (;;) {
        const Duration left = std::max(deadline - clock.now(), Duration::zero());
        const auto milliseconds = std::min<std::int64_t>(
            std::chrono::ceil<std::chrono::milliseconds>(left).count(), INT_MAX);
        const int ready = ::poll(wanted.data(), wanted.size(), static_cast<int>(milliseconds));
        if (ready >= 0) {
            return ready > 0;
        }
        if (errno != EINTR) {
            return Error{ErrorCode::io, {}, std::system_category().message(errno)};
        }
    }
}

// The same on a thread that may be called off.
Result<bool> pollUntilStopped(std::span<const pollfd> wanted, TimePoint deadline,
                              const Clock& clock, const std::stop_token& stop) {
    const WakeUp stopped;
    const std::stop_callback waker{stop, [&] { stopped.notify(); }};
    std::vector<pollfd> all{wanted.begin(), wanted.end()};
    all.push_back({stopped.descriptor(), POLLIN, 0});
    auto ready = pollUntil(all, deadline, clock);
    return stop.stop_requested() ? Result<bool>{Error{ErrorCode::cancelled}} : ready;
}

// Whether one of the descriptors is ready before the deadline.
Result<bool> pollAny(std::span<pollfd> wanted, TimePoint deadline, const Clock& clock) {
    const std::stop_token& stop = StoppableWaits::current();
    return stop.stop_possible() ? pollUntilStopped(wanted, deadline, clock, stop)
                                : pollUntil(wanted, deadline, clock);
}

pollfd entryFor(const ByteStream& stream, bool toRead, bool toWrite) {
    pollfd entry{};
    entry.fd = stream.descriptor();
    entry.events = stream.pollEvents(toRead, toWrite);
    return entry;
}

}  // namespace

Result<void> waitFor(const ByteStream& stream, bool toRead, bool toWrite, TimePoint deadline,
                     const Clock& clock) {
    if (toRead && stream.hasBuffered()) {
        return {};
    }
    pollfd wanted = entryFor(stream, toRead, toWrite);
    const auto ready = pollAny({&wanted, 1}, deadline, clock);
    if (!ready) {
        return ready.error();
    }
    return *ready ? Result<void>{} : Error{ErrorCode::timedOut};
}

Result<bool> waitForAny(std::span<const AwaitedStream> awaited, TimePoint deadline,
                        const Clock& clock) {
    std::vector<pollfd> wanted;
    wanted.reserve(awaited.size());
    for (const AwaitedStream& one : awaited) {
        if (one.toRead && one.stream->hasBuffered()) {
            return true;
        }
        wanted.push_back(entryFor(*one.stream, one.toRead, one.toWrite));
    }
    return pollUntil(wanted, deadline, clock);
}

Result<bool> waitForEither(const ByteStream& one, const ByteStream& other, TimePoint deadline,
                           const Clock& clock) {
    if (one.hasBuffered() || other.hasBuffered()) {
        return true;
    }
    std::array<pollfd, 2> wanted{entryFor(one, true, false), entryFor(other, true, false)};
    return pollAny(wanted, deadline, clock);
}

}  // namespace cachescope
