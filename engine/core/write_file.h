// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace cachescope {

/// Replaces a file as a whole, by a temporary file beside it and a rename: whoever reads it sees
/// the old or the new content, and a failure loses nothing. Errors as those of fileError(). Any
/// thread.
Result<void> writeFile(const std::string& path, std::string_view content);

}  // namespace cachescope
