// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string>

#include "engine/core/clock.h"
#include "ui/model/formats.h"

namespace cachescope::app {

/// What the tables of the verbs are made of: cells of a width, and figures as the window shows
/// them, with plain spaces, because some terminals and all of awk stumble over the typographic
/// ones. Pure functions; any thread.
using ui::seconds;
std::string text(QString value);

/// Right-aligned behind two spaces, or left-aligned, by characters and not by bytes: the dash and
/// names may hold more of the latter.
std::string cell(const std::string& content, std::size_t width, bool left = false);

/// A dash for what is not finite.
std::string percent(double ratio);
std::string count(std::uint64_t number);

}  // namespace cachescope::app
