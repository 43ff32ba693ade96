// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cachescope {

/// XXH3, 64 bits: the index hash of keys. Two keys may share it; full keys are always compared.
std::uint64_t hash64(std::string_view bytes) noexcept;

/// XXH3, 128 bits, as 32 lower-case hexadecimal digits: safe file names for arbitrary keys.
std::string hash128Hex(std::string_view bytes);

}  // namespace cachescope
