// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>

namespace cachescope::ui {

/// What depends on a cache, which decides how much care a change takes.
enum class Environment { development, staging, production };

/// "Production", as a person reads it.
QString environmentName(Environment environment);
/// "production", as settings keep it; back again, nothing for any other word.
QString environmentId(Environment environment);
std::optional<Environment> environmentOf(const QString& id);

/// Development for Unix sockets and this machine itself, production for everything else: who is
/// wrongly careful loses a moment, who is wrongly careless loses data. Also for what is no address.
Environment usualEnvironment(const QString& url);

/// An address without its passwords, as it may be kept.
QString withoutSecrets(const QString& url);

}  // namespace cachescope::ui
