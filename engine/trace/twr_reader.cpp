// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// twr: 20 bytes a request, little-endian
//
//     0        4                 12                16               20
//     [ time  ][ key             ][ sizes          ][ what          ]
//       u32 s    u64                u32: 10 bits      u32: 8 bits operation,
//                                   of the key,       24 bits TTL in seconds,
//                                   22 of the value   0 for none
//
// Operations: 0 none, 1 get, 2 gets, 3 set, 4 add, 5 cas, 6 replace, 7 append, 8 prepend, 9 delete,
// 10 incr, 11 decr, 12 read, 13 write, 14 update.

#include "engine/trace/binary_records.h"

namespace cachescope {

namespace {

constexpr unsigned kValueSizeBits = 22;
constexpr unsigned kTtlBits = 24;

bool isRead(std::uint32_t operation) noexcept {
    return operation <= 2 || operation == 12 || operation > 14;
}

struct Twr {
    static constexpr std::size_t kBytes = 20;

    static std::uint64_t decode(const char* record, TraceBuilder::Request& request) noexcept {
        const auto sizes = littleEndian<std::uint32_t>(record + 12);
        const auto what = littleEndian<std::uint32_t>(record + 16);
        request.time = littleEndian<std::uint32_t>(record) * kNanosecondsASecond;
        request.size = (sizes >> kValueSizeBits) + (sizes & ((1U << kValueSizeBits) - 1));
        request.ttl = std::chrono::seconds{what & ((1U << kTtlBits) - 1)};
        request.operation = isRead(what >> kTtlBits) ? TraceOperation::read : TraceOperation::write;
        return littleEndian<std::uint64_t>(record + 4);
    }
};

}  // namespace

std::unique_ptr<RecordReader> twrReader(InputBuffer& input) {
    return std::make_unique<BinaryRecordReader<Twr>>(input);
}

}  // namespace cachescope
