// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include "engine/core/result.h"
#include "engine/sim/scenario.h"

namespace cachescope::ui {

/// What a scenario is about; a part of the menu.
enum class ScenarioTheme { basics, freshness, refreshing, trouble, invalidation };

/// One scenario that comes with the program.
struct ScenarioEntry {
    QString id;           ///< "demo", as the command line takes it
    QString name;         ///< "Two-second handler"
    QString description;  ///< one or two sentences
    ScenarioTheme theme = ScenarioTheme::basics;
};

/// The scenarios that come with the program, in the order in which a newcomer should meet them.
///
/// Reads the program's own resources. GUI thread, or before there is one.
class ScenarioLibrary {
public:
    static QList<ScenarioEntry> entries();

    /// By id, or else by the path of a file. notFound names the ids there are.
    static Result<sim::Scenario> load(const QString& idOrPath);
};

}  // namespace cachescope::ui
