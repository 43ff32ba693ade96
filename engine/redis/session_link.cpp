// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/session_link.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace cachescope {

namespace {

constexpr std::size_t kKeptOutput = std::size_t{1024} * 1024;

}  // namespace

std::optional<std::uint64_t> SessionLink::append(const RedisCommand& command) {
    const std::size_t before = m_out.size();
    if (!appendCommand(command, m_out)) {
        return std::nullopt;
    }
    const std::uint64_t bytes = m_out.size() - before;
    m_appended += bytes;
    return bytes;
}

Result<void> SessionLink::flush() {
    while (pending() > 0) {
        const auto count = m_stream->writeSome(std::string_view{m_out}.substr(m_outBegin));
        if (!count) {
            return count.error();
        }
        m_outBegin += *count;
        if (*count == 0) {
            // Under a steady load it may never be empty, and must not grow for ever.
            if (m_outBegin >= std::max(kKeptOutput, pending())) {
                m_out.erase(0, std::exchange(m_outBegin, 0));
            }
            return {};
        }
    }
    m_out.clear();
    m_outBegin = 0;
    if (m_out.capacity() > kKeptOutput) {
        std::string{}.swap(m_out);
    }
    return {};
}

Result<bool> SessionLink::receive(const std::function<bool(RedisReply&&, std::uint64_t)>& take) {
    const auto count = m_stream->readSome(m_in);
    if (!count) {
        return count.error();
    }
    if (*count == 0) {
        return false;
    }
    if (auto fed = m_reader.feed({m_in.data(), *count}); !fed) {
        return fed.error();
    }
    for (;;) {
        auto reply = m_reader.next();
        if (!reply) {
            return reply.error();
        }
        if (!*reply) {
            return true;
        }
        const std::uint64_t taken = m_reader.bytesTaken();
        if (!take(std::move(**reply), taken - std::exchange(m_taken, taken))) {
            return Error{ErrorCode::notThisProtocol, {}, "more replies than commands"};
        }
    }
}

}  // namespace cachescope
