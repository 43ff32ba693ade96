// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string_view>

namespace cachescope::ui {

/// A key as people can read it: UTF-8 where it is that, and a backslash escape for every byte that
/// is not printable, so that no key can break a line, hide or turn the text around it. A backslash
/// is written twice, so that no two keys look alike by their escapes. Pure; any thread.
QString keyText(std::string_view key);

}  // namespace cachescope::ui
