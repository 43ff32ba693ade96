// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// oracleGeneral: 24 bytes a request, little-endian
//
//     0        4                 12       16                24
//     [ time  ][ key             ][ size  ][ next access    ]
//       u32 s    u64                u32      i64, number of the next request for the key, or -1
//
// The next access is for policies that know the future; a replay finds it by itself.

#include "engine/trace/binary_records.h"

namespace cachescope {

namespace {

struct OracleGeneral {
    static constexpr std::size_t kBytes = 24;

    static std::uint64_t decode(const char* record, TraceBuilder::Request& request) noexcept {
        request.time = littleEndian<std::uint32_t>(record) * kNanosecondsASecond;
        request.size = littleEndian<std::uint32_t>(record + 12);
        return littleEndian<std::uint64_t>(record + 4);
    }
};

}  // namespace

std::unique_ptr<RecordReader> oracleGeneralReader(InputBuffer& input) {
    return std::make_unique<BinaryRecordReader<OracleGeneral>>(input);
}

}  // namespace cachescope
