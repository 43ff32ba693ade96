// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/inspect/key_census.h"

namespace cachescope::inspect {

/// Something about the TTLs of a namespace that is probably not meant, with its figures.
struct TtlFinding {
    enum class Kind : std::uint8_t {
        mixed,         ///< some keys have a TTL and some have none: probably one was forgotten
        neverEvicted,  ///< no TTL, under a policy that evicts only keys with one
        rounded,       ///< expire at whole minutes, hours or days together
    };

    Kind kind = Kind::mixed;
    std::string space;        ///< the namespace
    std::uint64_t keys = 0;   ///< it is about, in the view
    std::uint64_t of = 0;     ///< keys that the namespace has there
    std::uint64_t bytes = 0;  ///< of the keys that it is about
    Duration step{};          ///< of `rounded`: a minute, an hour, a day
};

/// What to judge keys by. `least` is how many keys of a namespace are enough to say something.
struct LintOptions {
    std::string maxmemoryPolicy;
    std::uint64_t least = 20;
};

/// What is to be said about the TTLs of a view, most keys first; nothing where TTLs are not known.
/// Looks at every key once. Pure; any thread.
std::vector<TtlFinding> lintTtls(const CensusView& view, const LintOptions& options);

}  // namespace cachescope::inspect
