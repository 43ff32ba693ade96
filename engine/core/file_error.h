// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/core/error.h"

namespace cachescope {

/// The Error for an `errno` of a file operation on `path`: notFound, notPermitted, diskFull or io,
/// with the system's own words as detail.
Error fileError(const std::string& path, int systemError);

}  // namespace cachescope
