// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/ttl_lint.h"

#include <algorithm>
#include <array>

namespace cachescope::inspect {

namespace {

constexpr double kSome = 0.01;    // fewer than these without a TTL, or with one, is no mixture
constexpr double kRounded = 0.3;  // of the TTLs; by chance at most a sixtieth
constexpr std::int64_t kSecond = 1000;

constexpr std::array<std::int64_t, 3> kSteps{60 * kSecond, 3600 * kSecond, 86'400 * kSecond};

struct Counts {
    std::uint64_t keys = 0;
    std::uint64_t bytes = 0;
};

struct SpaceCounts {
    Counts all;
    Counts never;
    std::uint64_t known = 0;
    std::array<Counts, kSteps.size()> rounded;
};

void count(Counts& counts, const KeyFacts& facts) {
    ++counts.keys;
    counts.bytes += facts.hasSize() ? facts.bytes : 0;
}

void look(SpaceCounts& space, const KeyFacts& facts) {
    count(space.all, facts);
    if (facts.expiry == kNoExpiry) {
        ++space.known;
        count(space.never, facts);
    } else if (facts.hasExpiry()) {
        ++space.known;
        for (std::size_t i = 0; i < kSteps.size(); ++i) {
            if (facts.expiry % kSteps.at(i) < kSecond) {
                count(space.rounded.at(i), facts);
            }
        }
    }
}

}  // namespace

std::vector<TtlFinding> lintTtls(const CensusView& view, const LintOptions& options) {
    std::vector<SpaceCounts> spaces(view.namespaceCount());
    for (std::size_t key = 0; key < view.size(); ++key) {
        look(spaces[view.namespaceOf(key)], view.facts(key));
    }
    const bool evictsVolatile = options.maxmemoryPolicy.starts_with("volatile-");
    std::vector<TtlFinding> findings;
    for (std::uint32_t i = 0; i < spaces.size(); ++i) {
        const SpaceCounts& space = spaces[i];
        const auto say = [&](TtlFinding::Kind kind, const Counts& about, Duration step = {}) {
            findings.push_back({kind, std::string{view.namespaceName(i)}, about.keys,
                                space.all.keys, about.bytes, step});
        };
        if (space.known < std::max<std::uint64_t>(options.least, 1)) {
            continue;
        }
        const double never =
            static_cast<double>(space.never.keys) / static_cast<double>(space.known);
        if (never >= kSome && never <= 1 - kSome) {
            say(TtlFinding::Kind::mixed, space.never);
        }
        if (evictsVolatile && space.never.keys > 0) {
            say(TtlFinding::Kind::neverEvicted, space.never);
        }
        const std::uint64_t withTtl = space.known - space.never.keys;
        for (std::size_t step = kSteps.size(); step-- > 0;) {
            const Counts& rounded = space.rounded.at(step);
            if (rounded.keys >= options.least &&
                static_cast<double>(rounded.keys) >= kRounded * static_cast<double>(withTtl)) {
                say(TtlFinding::Kind::rounded, rounded, std::chrono::milliseconds{kSteps.at(step)});
                break;
            }
        }
    }
    std::stable_sort(
        findings.begin(), findings.end(),
        [](const TtlFinding& one, const TtlFinding& other) { return one.keys > other.keys; });
    return findings;
}

}  // namespace cachescope::inspect
