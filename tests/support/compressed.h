// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace cachescope::test {

/// One gzip member, or one zstd frame, that holds `bytes`: what a test lets the engine undo, made
/// by the libraries themselves. Pure; any thread.
std::string gzipped(std::string_view bytes);
std::string zstdCompressed(std::string_view bytes);

}  // namespace cachescope::test
