// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMimeData>
#include <QString>
#include <memory>
#include <string_view>

namespace cachescope::ui {

/// Text from outside over several lines: as printableText(), but line ends and tabulators stay what
/// they are. Bytes that are no UTF-8 are escaped. Pure; any thread.
QString readableLines(std::string_view text);

/// The letters between two quotation marks: as printableText(), with the marks, backslashes and the
/// usual control letters escaped as in JSON. Pure; any thread.
QString quotedLetters(std::string_view text);

/// Bytes for the clipboard, exactly: as application/octet-stream, and as text where they are
/// UTF-8, otherwise the text that printableText() shows.
std::unique_ptr<QMimeData> exactMime(std::string_view bytes);

}  // namespace cachescope::ui
