// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace cachescope::arch {

/// Which part of Qt an #include names, as it stands between quotes or brackets: told by the name
/// alone, with or without the module's folder before it. Pure; any thread.
bool isQt(const std::string& included);
bool isQtCharts(const std::string& included);
bool isQtWidgets(const std::string& included);

}  // namespace cachescope::arch
