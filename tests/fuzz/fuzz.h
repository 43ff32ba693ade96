// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace cachescope::fuzz {

inline std::string_view textOf(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Ends the run, so that the fuzzer keeps the input, where a promise is not kept.
inline void promise(bool kept) {
    if (!kept) {
        std::abort();
    }
}

}  // namespace cachescope::fuzz

/// What libFuzzer calls with each input; 0 means that the input may be used again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
