// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>
#include <optional>
#include <string>

namespace cachescope::ui {

/// From a value to a value, both included; nothing where that side is open.
struct TextRange {
    std::optional<double> from;
    std::optional<double> to;
    bool isOpen() const { return !from && !to; }
};

/// "> 1 MB", "< 5 min", "1 KB – 64 KB", "10 s - 1 h"; a bare value is the least. Empty text is open
/// on both sides; nothing when it cannot be understood. `parse` reads one value. Pure; any thread.
std::optional<TextRange> parseRange(
    const QString& text, const std::function<std::optional<double>(const QString&)>& parse);

/// The bytes that a filter's text means: UTF-8, with "\x00" for a byte that cannot be typed and two
/// backslashes for one, as names are shown. In a glob a byte that was written so stands for itself
/// alone. Pure; any thread.
std::string patternOf(const QString& text);

}  // namespace cachescope::ui
