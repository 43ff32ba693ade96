// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>

#include "engine/sim/lane_event.h"
#include "engine/sim/scenario.h"

namespace cachescope::ui {

/// Sentences about lanes and about what was done to a run. Pure; GUI thread.
class LaneText {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::LaneText)

public:
    /// "memory · TTL 5 s · jitter 20 % · S3-CLOCK · 500 keys": what is on, or what it means to have
    /// no cache.
    static QString summary(const sim::LaneSpec& spec);
    /// "Memory", "File", "Redis", …: the kind of a backend URL.
    static QString backendKind(const std::string& url);
    /// "S3-CLOCK" of "s3clock" and of the empty text, which stands for the default.
    static QString policyName(const std::string& policy);
    /// "5 s" or "never expires".
    static QString ttl(const std::optional<Duration>& ttl);
    /// A name for a new lane with these options: "TTL 5 s".
    static QString suggestedName(const sim::LaneSpec& spec);
    /// Whether the lane's name is one that suggestedName() gives or means, such as "TTL 60 s" for a
    /// minute: such a name follows the TTL.
    static bool nameIsSuggested(const sim::LaneSpec& spec);

    /// A mark's label: "invalidate product:*, 41 entries".
    static QString mark(const sim::Mark& mark);
};

}  // namespace cachescope::ui
