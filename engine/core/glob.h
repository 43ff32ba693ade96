// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace cachescope {

/// Whether `text` matches `pattern` by the rules of Redis 7 (KEYS, SCAN MATCH): `*` any run of
/// bytes, `?` one byte, `[ab]`, `[a-z]` and `[^a]` sets, a backslash takes the next byte as it is,
/// or stands for itself at the end.
/// Works on bytes, is case-sensitive, and takes at most pattern × text steps on any input.
bool globMatches(std::string_view pattern, std::string_view text) noexcept;

/// A pattern that matches exactly `text`.
std::string globEscape(std::string_view text);

/// The part of `pattern` before its first special character, unescaped: every match starts with it.
std::string globLiteralPrefix(std::string_view pattern);

/// Whether the pattern names one key, which is then its globLiteralPrefix().
bool globIsLiteral(std::string_view pattern) noexcept;

}  // namespace cachescope
