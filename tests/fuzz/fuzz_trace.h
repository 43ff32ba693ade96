// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/trace_reader.h"
#include "tests/fuzz/fuzz.h"

namespace cachescope::fuzz {

/// Whatever a reader of traces accepts is a trace, as Trace describes it; whatever it refuses has a
/// reason. Memory is limited to what a small file can mean.
inline void readAsTrace(const std::uint8_t* data, std::size_t size, TraceReadOptions options) {
    options.mostBytes = std::uint64_t{64} << 20;
    const auto reading = readTrace(readMemory(textOf(data, size)), "t", options);
    if (!reading.ok()) {
        promise(!reading.error().detail().empty());
        return;
    }
    const Trace& trace = reading->trace;
    const auto fits = [&](const auto& column) {
        return column.empty() || column.size() == trace.size();
    };
    promise(trace.size() != 0);
    promise(fits(trace.times) && fits(trace.sizes) && fits(trace.ttls) && fits(trace.operations));
    promise((reading->skipped == 0) == (reading->firstSkipped == 0));
    promise((reading->skipped == 0) == reading->firstReason.empty());
    Duration last{};
    for (const Duration time : trace.times) {
        promise(time >= last);
        last = time;
    }
    for (const Duration ttl : trace.ttls) {
        promise(ttl >= Duration::zero());
    }
    std::uint32_t known = 0;
    for (const std::uint32_t key : trace.keys) {
        promise(key <= known);
        known += key == known ? 1U : 0U;
    }
    promise(known == trace.names.size());
    KeyIndex again;
    for (std::uint32_t key = 0; key < known; ++key) {
        promise(again.numberOf(trace.names.name(key)) == key);
    }
}

}  // namespace cachescope::fuzz
