// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace cachescope::ui {

/// The address of a lane's backend as text, where it may have copies in memory above it: taken
/// apart into the address below and the parameters of the level above, and put together again.
///
/// Whatever else stands in an address stays as it was written. Values are plain words and numbers;
/// nothing is escaped. Pure; any thread.
struct LevelAddress {
    static bool hasTwoLevels(std::string_view backend);

    /// The address below, without the parameters of the level above; `backend` itself where there
    /// is one level.
    static std::string lower(const std::string& backend);
    /// `lower` with copies above it, kept as `former` says if it has two levels too.
    static std::string over(const std::string& lower, const std::string& former);

    /// The parameters of an address with the question mark in front, or nothing.
    static std::string query(const std::string& backend);
    /// Empty where there is none.
    static std::string parameter(const std::string& backend, std::string_view name);
    /// The address with it; an empty value takes it away.
    static std::string with(const std::string& backend, std::string_view name,
                            std::string_view value);
};

}  // namespace cachescope::ui
