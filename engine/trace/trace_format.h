// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/trace/trace_reader.h"

namespace cachescope {

/// Decides in which format a file is by its beginning and its name, or whether it can be in the one
/// that was asked for. Never automatic. Error: syntax, with what the file looks like and what can
/// be done as its detail. `beginning` is not empty.
Result<TraceFormat> decideTraceFormat(std::string_view beginning, std::string_view name,
                                      TraceFormat asked);

}  // namespace cachescope
