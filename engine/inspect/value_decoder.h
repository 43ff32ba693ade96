// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.h"
#include "engine/inspect/value_node.h"

namespace cachescope::inspect {

enum class ValueFormat : std::uint8_t {
    text,  ///< UTF-8
    hex,   ///< anything at all
    json,
    messagePack,
    php,     ///< what PHP's serialize() writes
    pickle,  ///< of Python, protocols 0 to 5
    java,    ///< a stream of java.io.ObjectOutputStream
    gzip,
    zlib,
    zstd,
};

/// "text", "hex", "json", "messagepack", "php", "pickle", "java", "gzip", "zlib", "zstd".
std::string_view valueFormatName(ValueFormat format) noexcept;

struct DecodeOptions {
    std::optional<ValueFormat> format;  ///< of the outermost bytes; nothing: guessed
    bool isWhole = true;                ///< false: the bytes are only the beginning of the value
    ValueLimits limits{};
};

/// What one layer of compression held.
struct DecodeStep {
    ValueFormat format = ValueFormat::gzip;
    std::size_t bytesIn = 0;
    std::size_t bytesOut = 0;
};

/// Bytes as something to look at: a text, or a tree.
struct DecodedValue {
    std::vector<DecodeStep> steps;  ///< compression that was undone, the outermost first
    ValueFormat format = ValueFormat::hex;
    std::string text;  ///< with text (valid UTF-8) and hex (lines of offset, bytes, characters)
    std::optional<ValueNode> tree;  ///< with the other formats
    bool truncated = false;         ///< a limit was met: there is more than is shown
    /// What was wrong with the bytes, or which limit was met. What is shown came before.
    std::optional<Error> note;
};

/// Shows bytes of a value by their format: compression first, up to limits.steps layers deep, then
/// what lies in it.
///
/// Nothing is ever executed and no class is made: PHP, pickle and Java come out as names and
/// values. Memory goes by what is there and by the limits, never by what the bytes claim. A guess
/// takes a format only where the bytes say so clearly: by their first bytes, or because they are of
/// that format up to their end; the rest is text where it is UTF-8, otherwise hex. Damaged bytes
/// give what came before the damage, and a note (damaged, tooLarge). Pure; any thread.
DecodedValue decodeValue(std::string_view bytes, const DecodeOptions& options = {});

}  // namespace cachescope::inspect
