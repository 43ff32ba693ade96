// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string_view>

namespace cachescope::ui {

/// Text from outside (a server, a file, a person) on one line: UTF-8 where it is that, and a
/// backslash escape for every byte that is not printable, so that nothing can break a line, hide
/// or turn the text around it. A backslash is written twice, so that no two texts look alike by
/// their escapes. Spaces stay: for names of keys there is keyText(). Pure; any thread.
QString printableText(std::string_view text);

}  // namespace cachescope::ui
