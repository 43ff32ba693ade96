// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string_view>

namespace cachescope::ui {

/// The name of a key, or of what is named like one: as printableText(), and a space at either end
/// is escaped too, for nobody would see it there. No two keys look alike. Pure; any thread.
QString keyText(std::string_view key);

}  // namespace cachescope::ui
