// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/replay_plan.h"

#include <QLocale>
#include <QString>
#include <algorithm>
#include <cmath>

#include "app/trace_input.h"
#include "engine/core/duration_text.h"
#include "engine/policy/policy_registry.h"
#include "ui/model/formats.h"

namespace cachescope::app {

namespace {

constexpr double kLargest = 9e18;

Result<std::vector<const PolicyKind*>> policiesOf(const std::vector<std::string>& names) {
    std::vector<const PolicyKind*> all;
    std::string known = "all";
    for (const PolicyKind& kind : PolicyRegistry::builtin().kinds()) {
        if (kind.replay != nullptr) {
            all.push_back(&kind);
            known += ", " + kind.name;
        }
    }
    if (names.empty()) {
        return std::vector{all.front()};
    }
    std::vector<const PolicyKind*> chosen;
    const auto choose = [&chosen](const PolicyKind* kind) {
        if (std::find(chosen.begin(), chosen.end(), kind) == chosen.end()) {
            chosen.push_back(kind);
        }
    };
    for (const std::string& name : names) {
        if (name == "all") {
            std::for_each(all.begin(), all.end(), choose);
            continue;
        }
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](const PolicyKind* kind) { return kind->name == name; });
        if (found == all.end()) {
            return Error{ErrorCode::unknownName, "policy \"" + name + '"', known};
        }
        choose(*found);
    }
    return chosen;
}

// Nothing where the text means nothing.
std::optional<ReplayPlan::Capacity> capacityOf(const std::string& text, bool inBytes) {
    const QString shown = QString::fromStdString(text);
    ReplayPlan::Capacity capacity;
    if (shown.endsWith(QLatin1Char('%'))) {
        const auto share = ui::parsePercent(shown, QLocale::c());
        if (!share || !(*share > 0)) {
            return std::nullopt;
        }
        capacity.share = *share;
        return capacity;
    }
    const auto amount =
        inBytes ? ui::parseBytes(shown, QLocale::c()) : ui::parseCount(shown, QLocale::c());
    if (!amount || !(*amount >= 1) || *amount > kLargest) {
        return std::nullopt;
    }
    capacity.amount = static_cast<std::uint64_t>(*amount);
    return capacity;
}

Result<std::vector<ReplayPlan::Capacity>> capacitiesOf(const std::vector<std::string>& texts,
                                                       bool inBytes) {
    std::vector<ReplayPlan::Capacity> capacities;
    for (const std::string& text : texts) {
        const auto capacity = capacityOf(text, inBytes);
        if (!capacity) {
            return Error{ErrorCode::outOfRange, "capacity \"" + text + '"',
                         inBytes ? "for example 1000000, 64MiB or 10%"
                                 : "for example 1000, 50k or 10%, or a size such as 64MiB together "
                                   "with --unit bytes"};
        }
        capacities.push_back(*capacity);
    }
    return capacities;
}

Error lacks(const std::string& file, const std::string& column, const std::string& remedy) {
    return Error{ErrorCode::missing, file + ": column \"" + column + '"', remedy};
}

}  // namespace

Result<ReplayPlan> ReplayPlan::of(const ReplayVerbOptions& options) {
    ReplayPlan plan;
    plan.inBytes = options.unit == "bytes";
    plan.ignoresTtls = options.noTtl;
    auto policies = policiesOf(options.policies);
    if (!policies) {
        return policies.error();
    }
    plan.policies = std::move(*policies);
    auto capacities = options.capacities.empty() ? capacitiesOf({"1%", "10%", "50%"}, plan.inBytes)
                                                 : capacitiesOf(options.capacities, plan.inBytes);
    if (!capacities) {
        return capacities.error();
    }
    plan.capacities = std::move(*capacities);
    for (const std::string& ttl : options.ttls) {
        plan.ttls.push_back(parseDuration(ttl));
    }
    if (plan.ttls.empty()) {
        plan.ttls.emplace_back();
    }
    auto reading = traceReadOptions(options.format, options.columns);
    if (!reading) {
        return reading.error();
    }
    plan.reading = std::move(*reading);
    return plan;
}

Result<std::vector<ReplayTask>> ReplayPlan::tasks(const Trace& trace,
                                                  const std::string& file) const {
    if (inBytes && trace.sizes.empty()) {
        return lacks(file, "size",
                     "one, for CSV with --columns size=…, or leave out --unit bytes to count "
                     "objects");
    }
    if (ttls.front() && trace.times.empty()) {
        return lacks(file, "time", "one, for CSV with --columns time=…, or leave out --ttl");
    }
    const double distinct = inBytes ? static_cast<double>(distinctBytes(trace))
                                    : static_cast<double>(trace.names.size());
    std::vector<ReplayTask> tasks;
    for (const PolicyKind* policy : policies) {
        for (const auto& ttl : ttls) {
            for (const Capacity& capacity : capacities) {
                ReplayTask task;
                task.policy = policy;
                task.ttl = ttl;
                // A tiny share is still a cache.
                task.capacity = capacity.share > 0
                                    ? static_cast<std::uint64_t>(std::clamp(
                                          std::floor(capacity.share * distinct), 1.0, kLargest))
                                    : capacity.amount;
                tasks.push_back(task);
            }
        }
    }
    return tasks;
}

}  // namespace cachescope::app
