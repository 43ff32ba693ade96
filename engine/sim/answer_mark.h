// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/sim/workload.h"

namespace cachescope::sim {

/// What a simulated answer is known by: the version of its data, and the user whom it was made for.
///
/// Both travel in the one number that a cache keeps beside each value, so that a lane can tell a
/// stale answer from a fresh one and an answer of somebody else from one's own. An answer that is
/// for everybody is the version alone. A value; any thread.
struct AnswerMark {
    std::uint64_t version = 0;
    std::uint32_t user = Request::kNobody;  ///< below kMostUsers; nobody: it is for everybody

    std::uint64_t pack() const noexcept {
        return user == Request::kNobody ? version : kPersonal | version << kUserBits | user;
    }
    static AnswerMark unpack(std::uint64_t packed) noexcept {
        if ((packed & kPersonal) == 0) {
            return {packed};
        }
        return {(packed & ~kPersonal) >> kUserBits,
                static_cast<std::uint32_t>(packed & ((std::uint64_t{1} << kUserBits) - 1))};
    }

private:
    static constexpr int kUserBits = 20;
    static constexpr std::uint64_t kPersonal = std::uint64_t{1} << 62;
    static_assert(kMostUsers <= (std::uint32_t{1} << kUserBits));
};

}  // namespace cachescope::sim
