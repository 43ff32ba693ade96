// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/core/result.h"
#include "engine/inspect/monitor_burst.h"

namespace cachescope::inspect {

struct CaptureProgress {
    Duration span{};  ///< since the first command
    std::uint64_t requests = 0;
    std::uint64_t bytes = 0;  ///< of the file so far
};

struct CaptureOptions {
    MonitorBurstOptions burst{};
    /// Called about as often as commands come in, at most some times a second.
    std::function<void(const CaptureProgress&)> progress{};
};

struct CaptureReport {
    BurstReport burst;
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t leftOut = 0;  ///< commands of no interest to a cache, or of another database
    std::uint64_t skipped = 0;  ///< keys that are empty or longer than a trace can hold
    std::uint64_t fileBytes = 0;
    std::optional<Error> writing;  ///< the file could not be written to its end
};

/// Records what a server is asked into a trace: CSV with the columns time_us, key, size, ttl_ms and
/// op, for the Lab, `replay` and `tune`.
///
/// What becomes a line is MonitorRequests' to say; of the address's database alone, without our own
/// commands, which have no keys. Times count from 1970 by the server's clock. The file is replaced
/// at first, written as the commands come, and holds whole lines whenever this ends, whatever ended
/// it. Costs and bounds are those of runMonitorBurst(), as are the waits and the errors before the
/// first command; also those of fileError() where the file cannot be made, before the server is
/// asked for anything.
Result<CaptureReport> captureTrace(const RedisAddress& address, const std::shared_ptr<Guard>& guard,
                                   const std::string& path, const CaptureOptions& options,
                                   const std::stop_token& stop);

}  // namespace cachescope::inspect
