// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>
#include <vector>

#include "engine/inspect/server_facts.h"
#include "engine/inspect/server_panels.h"

namespace cachescope::ui {

/// What the parameters of a server's configuration mean for a cache, and what to do about them.
///
/// Right for Redis 5 to 8 and Valkey. Values come from outside: show the texts as plain text. Pure
/// functions; any thread.
class ConfigurationTexts {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::ConfigurationTexts)

public:
    /// The value with its unit: "2 GiB", "10 ms", otherwise as the server says it.
    static QString value(const inspect::ConfigurationValue& value);
    /// What it means for this cache, and what to set instead where that would be better.
    static QString meaning(const inspect::ConfigurationValue& value,
                           const inspect::ServerFacts& facts, int database);
    /// Whether somebody who runs a cache should look at it.
    static bool matters(inspect::ConfigurationMeaning meaning) noexcept;

private:
    static QString parameter(const inspect::ConfigurationValue& value);
    static QString policy(const QString& name);
    static QString volatileOnly(const inspect::ConfigurationValue& value,
                                const inspect::ServerFacts& facts, int database);
    static QString foreground(inspect::ConfigurationId id);
};

}  // namespace cachescope::ui
