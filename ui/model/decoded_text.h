// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>
#include <optional>
#include <string_view>

#include "engine/inspect/value_decoder.h"

namespace cachescope::ui {

/// A decoded value as plain text to be read.
struct DecodedText {
    QString format;  ///< "JSON", "gzip, 3.6 KiB → 14.2 KiB, JSON"
    QString text;    ///< lines, structures indented
    QString note;    ///< a sentence on damage or on what was left out; else empty
};

/// What inspect::decodeValue() found, in words and lines.
///
/// JSON comes out as JSON; MessagePack, PHP, pickle and Java as the same kind of structure with
/// their classes by name. Letters that would hide, turn or break the text around them are escaped,
/// so what is shown is what is there. No text is longer than asked for, however large the value.
/// Pure functions; any thread.
class DecodedTexts {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::DecodedTexts)

public:
    static constexpr qsizetype kMost = 300'000;       ///< letters
    static constexpr qsizetype kMostHex = 1'400'000;  ///< letters of short lines, quickly laid out

    /// "text", "hex", "JSON", "MessagePack", "PHP", "pickle", "Java", "gzip", "zlib", "zstd".
    static QString formatName(inspect::ValueFormat format);
    /// At most `most` letters; by default what the format's constant says.
    static DecodedText of(const inspect::DecodedValue& value, qsizetype most = 0);
    /// Bytes in one line of few letters: `{"colour": "white", …}`, "gzip, 3.6 KiB → 14.2 KiB",
    /// "binary, 4.2 KiB". Of very large ones only the beginning is looked at.
    static QString preview(std::string_view bytes, qsizetype most = 80);
    /// As keyText(), of which no more than the first letters are shown; the rest is an ellipsis.
    static QString shortened(std::string_view bytes, std::size_t most = 200);

private:
    static QString steps(const inspect::DecodedValue& value);
    static QString note(const inspect::DecodedValue& value, bool isCut);
};

}  // namespace cachescope::ui
