// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/trace/input_buffer.h"
#include "engine/trace/trace_builder.h"

namespace cachescope {

/// One format of recordings: takes bytes and gives requests, a few thousand at a time.
///
/// Made by one of the functions below, one a format, each in a file of its own. One thread.
class RecordReader {
public:
    /// About as many requests as one call of read() adds.
    static constexpr std::size_t kRequestsAtATime = 4096;

    virtual ~RecordReader() = default;

    /// Adds the next requests. False at the end of the input.
    virtual bool read(TraceBuilder& builder) = 0;
};

/// Each reads what lies before it in `input`, which outlives the reader. The one of CSV fails with
/// the error `syntax` where the columns are not found.
Result<std::unique_ptr<RecordReader>> csvReader(InputBuffer& input, const TraceColumns& columns,
                                                TraceBuilder& builder);
std::unique_ptr<RecordReader> keyListReader(InputBuffer& input, TraceBuilder& builder);
std::unique_ptr<RecordReader> monitorLogReader(InputBuffer& input);
std::unique_ptr<RecordReader> oracleGeneralReader(InputBuffer& input);
std::unique_ptr<RecordReader> twrReader(InputBuffer& input);

}  // namespace cachescope
