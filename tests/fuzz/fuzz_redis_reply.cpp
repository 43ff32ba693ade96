// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a server says, cut anywhere: the same replies and the same end. The first byte says how.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/redis/reply_reader.h"
#include "tests/fuzz/fuzz.h"

using namespace cachescope;
using namespace cachescope::fuzz;

namespace {

struct Read {
    std::vector<RedisReply> replies;
    std::optional<ErrorCode> failure;
};

bool same(const RedisReply& a, const RedisReply& b) {
    return a.type == b.type && a.integer == b.integer && a.text == b.text &&
           std::equal(a.elements.begin(), a.elements.end(), b.elements.begin(), b.elements.end(),
                      same);
}

std::size_t sizeOf(const RedisReply& reply) {
    std::size_t size = reply.text.size();
    for (const RedisReply& element : reply.elements) {
        size += sizeOf(element);
    }
    return size;
}

Read readAll(std::string_view bytes, std::size_t step) {
    ReplyReader reader;
    Read read;
    std::size_t fed = 0;
    while (!bytes.empty() && !read.failure) {
        const std::string_view piece = bytes.substr(0, step);
        bytes.remove_prefix(piece.size());
        fed += piece.size();
        if (const auto took = reader.feed(piece); !took) {
            read.failure = took.error().code();
        }
        while (!read.failure) {
            auto reply = reader.next();
            if (!reply) {
                read.failure = reply.error().code();
                // What has failed stays so.
                promise(!reader.feed("+OK\r\n") && !reader.next());
                break;
            }
            if (!*reply) {
                break;
            }
            promise(isResp2(**reply) && sizeOf(**reply) <= fed && reader.bytesTaken() <= fed);
            read.replies.push_back(std::move(**reply));
        }
        promise(read.failure || reader.isMidReply() || reader.bytesTaken() == fed);
    }
    return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) {
        return 0;
    }
    const std::size_t step = std::size_t{data[0]} % 32 + 1;
    const std::string_view bytes = textOf(data + 1, size - 1);
    const Read whole = readAll(bytes, std::max<std::size_t>(bytes.size(), 1));
    const Read cut = readAll(bytes, step);
    promise(whole.failure.has_value() == cut.failure.has_value());
    promise(std::equal(whole.replies.begin(), whole.replies.end(), cut.replies.begin(),
                       cut.replies.end(), same));
    // What goes out as a command comes back as an array of the same texts.
    RedisCommand command;
    for (std::string_view rest = bytes; !rest.empty() && command.size() < 100;) {
        command.emplace_back(rest.substr(0, step));
        rest.remove_prefix(command.back().size());
    }
    std::string wire;
    if (command.empty() || !appendCommand(command, wire)) {
        return 0;
    }
    const Read back = readAll(wire, step);
    promise(!back.failure && back.replies.size() == 1 &&
            back.replies[0].elements.size() == command.size());
    for (std::size_t i = 0; i < command.size(); ++i) {
        promise(back.replies[0].elements[i].text == command[i]);
    }
    return 0;
}
