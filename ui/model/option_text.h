// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QHash>
#include <QStringList>

#include "engine/sim/lane_metrics.h"
#include "engine/sim/scenario.h"

namespace cachescope::ui {

/// The questions that a lane's options answer.
enum class OptionGroup { where, fresh, load, failure, invalidation };

/// What is to be said beside an option as it is set.
struct OptionNote {
    QString text;
    bool refused = false;  ///< the lane cannot have it so; otherwise it only has no effect
};

/// Sentences about the options of a lane: which are on, what they do at present, and which do not
/// go together. Options are named as in scenario files. Pure; GUI thread.
class OptionText {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::OptionText)

public:
    /// The options of a group that are on, in few words each: "jitter 20 %".
    static QStringList on(const sim::LaneSpec& spec, OptionGroup group);
    /// Of all groups.
    static QStringList on(const sim::LaneSpec& spec);

    /// The figures that belong to the options that are on: "past TTL 3.1 %", "refreshes 4.0 /s".
    /// Empty for a lane without such options; em dashes without a sample.
    static QStringList figures(const sim::LaneSpec& spec, const sim::LaneSample* sample);

    /// For each option that cannot work as it is, why.
    static QHash<QString, OptionNote> notes(const sim::LaneSpec& spec);

private:
    static QHash<QString, QString> reasons(const sim::LaneSpec& spec);
};

}  // namespace cachescope::ui
