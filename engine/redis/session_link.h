// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/redis/byte_stream.h"
#include "engine/redis/redis_reply.h"
#include "engine/redis/reply_reader.h"

namespace cachescope {

/// The connection of a RedisSession: commands go into a buffer and out with the next flush(),
/// replies come out of what was read. Never waits. After a failure it must be thrown away. One
/// thread.
class SessionLink {
public:
    explicit SessionLink(std::unique_ptr<ByteStream> stream) : m_stream(std::move(stream)) {}

    /// Puts a command behind what is to be sent; how many bytes that is, or nothing when memory is
    /// short.
    std::optional<std::uint64_t> append(const RedisCommand& command);
    /// Sends what the stream takes at present.
    Result<void> flush();

    /// Reads once and hands each whole reply out, with its bytes on the wire, until `take` refuses
    /// one, which is notThisProtocol. False when nothing at all had come.
    Result<bool> receive(const std::function<bool(RedisReply&&, std::uint64_t)>& take);

    std::uint64_t bytesAppended() const noexcept { return m_appended; }
    std::uint64_t bytesWritten() const noexcept { return m_appended - pending(); }
    std::size_t pending() const noexcept { return m_out.size() - m_outBegin; }
    /// What the buffer holds, pending or not.
    std::size_t buffered() const noexcept { return m_out.size(); }

    const ByteStream& stream() const noexcept { return *m_stream; }

private:
    std::unique_ptr<ByteStream> m_stream;
    ReplyReader m_reader;
    std::string m_out;
    std::size_t m_outBegin = 0;  // what lies before went out
    std::uint64_t m_appended = 0;
    std::uint64_t m_taken = 0;
    std::vector<char> m_in = std::vector<char>(std::size_t{64} * 1024);
};

}  // namespace cachescope
