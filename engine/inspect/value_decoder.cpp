// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/value_decoder.h"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "engine/inspect/value_parsing.h"
#include "engine/trace/byte_source.h"

namespace cachescope::inspect {

namespace {

// As large a window as all but the slowest levels of zstd use.
constexpr unsigned kZstdWindowBits = 23;

struct FormatName {
    ValueFormat format;
    std::string_view name;
};
constexpr std::array kNames{
    FormatName{ValueFormat::text, "text"}, FormatName{ValueFormat::hex, "hex"},
    FormatName{ValueFormat::json, "json"}, FormatName{ValueFormat::messagePack, "messagepack"},
    FormatName{ValueFormat::php, "php"},   FormatName{ValueFormat::pickle, "pickle"},
    FormatName{ValueFormat::java, "java"}, FormatName{ValueFormat::gzip, "gzip"},
    FormatName{ValueFormat::zlib, "zlib"}, FormatName{ValueFormat::zstd, "zstd"},
};

using Parse = ParsedValue (*)(std::string_view, const ValueLimits&);

Parse parserOf(ValueFormat format) noexcept {
    switch (format) {
        case ValueFormat::json:
            return parseJson;
        case ValueFormat::messagePack:
            return parseMessagePack;
        case ValueFormat::php:
            return parsePhp;
        case ValueFormat::pickle:
            return parsePickle;
        case ValueFormat::java:
            return parseJava;
        default:
            return nullptr;
    }
}

bool isCompression(ValueFormat format) noexcept {
    return format == ValueFormat::gzip || format == ValueFormat::zlib ||
           format == ValueFormat::zstd;
}

std::optional<ValueFormat> compressionOf(std::string_view bytes) noexcept {
    using namespace std::literals;
    if (bytes.starts_with("\x1f\x8b\x08"sv)) {
        return ValueFormat::gzip;
    }
    if (bytes.starts_with("\x28\xb5\x2f\xfd"sv)) {
        return ValueFormat::zstd;
    }
    // Deflate with a window of 32 KiB and no dictionary; the two bytes are a multiple of 31.
    if (bytes.size() > 2 && bytes[0] == '\x78') {
        const auto second = static_cast<unsigned char>(bytes[1]);
        if ((second & 0x20U) == 0 && (0x7800U + second) % 31 == 0) {
            return ValueFormat::zlib;
        }
    }
    return std::nullopt;
}

struct Inflated {
    std::string bytes;
    std::optional<Error> trouble;
};

Result<std::unique_ptr<ByteSource>> openStream(std::string_view bytes, ValueFormat format) {
    switch (format) {
        case ValueFormat::gzip:
            return openGzip(readMemory(bytes));
        case ValueFormat::zlib:
            return openZlib(readMemory(bytes));
        default:
            return openZstd(readMemory(bytes), kZstdWindowBits);
    }
}

Inflated inflated(std::string_view bytes, ValueFormat format, std::size_t most) {
    Inflated result;
    auto source = openStream(bytes, format);
    if (!source) {
        result.trouble = source.error();
        return result;
    }
    constexpr std::size_t kPiece = std::size_t{64} << 10;
    std::array<char, kPiece> piece;
    while (result.bytes.size() < most) {
        const auto count =
            (*source)->read(std::span{piece}.first(std::min(kPiece, most - result.bytes.size())));
        if (!count) {
            result.trouble = count.error();
            return result;
        }
        if (*count == 0) {
            return result;
        }
        result.bytes.append(piece.data(), *count);
    }
    if (const auto more = (*source)->read(std::span{piece}.first(1)); !more || *more != 0) {
        result.trouble = Error{ErrorCode::tooLarge, {}, "output"};
    }
    return result;
}

// Whether the bytes are of the format so clearly that it need not be asked for.
bool isClearly(const ParsedValue& parsed, std::size_t size, bool isWhole) noexcept {
    if (parsed.isAllOf(size)) {
        return true;
    }
    if (!parsed.root || !parsed.trouble) {
        return false;
    }
    return parsed.trouble->code() == ErrorCode::tooLarge || (!isWhole && parsed.ranOut);
}

struct Guess {
    ValueFormat format = ValueFormat::hex;
    ParsedValue parsed{};
};

// Formats that a text may be in.
std::optional<Guess> guessStructuredText(std::string_view bytes, const ValueLimits& limits,
                                         bool isWhole) {
    const std::size_t begin = bytes.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) {
        return std::nullopt;
    }
    const char first = bytes[begin];
    if (first == '{' || first == '[') {
        ParsedValue parsed = parseJson(bytes, limits);
        if (isClearly(parsed, bytes.size(), isWhole)) {
            return Guess{ValueFormat::json, std::move(parsed)};
        }
    }
    if (bytes.size() > 2 && std::string_view{"NbidsaOCE"}.find(first) != std::string_view::npos &&
        (bytes[1] == ':' || bytes == "N;")) {
        ParsedValue parsed = parsePhp(bytes, limits);
        if (isClearly(parsed, bytes.size(), isWhole)) {
            return Guess{ValueFormat::php, std::move(parsed)};
        }
    }
    // Protocol 0 is text, and begins with a mark, a collection or a class.
    if (std::string_view{"(]}c"}.find(first) != std::string_view::npos && bytes.back() == '.') {
        ParsedValue parsed = parsePickle(bytes, limits);
        if (parsed.isAllOf(bytes.size())) {
            return Guess{ValueFormat::pickle, std::move(parsed)};
        }
    }
    return std::nullopt;
}

// How much of the bytes is text, when they break off after it in the middle of a code point.
std::optional<std::size_t> textBefore(std::string_view bytes, bool breaksOff) noexcept {
    if (isUtf8(bytes)) {
        return bytes.size();
    }
    for (std::size_t cut = 1; breaksOff && cut <= 3 && cut < bytes.size(); ++cut) {
        if (static_cast<unsigned char>(bytes[bytes.size() - cut]) >= 0xc0) {
            const std::size_t keep = bytes.size() - cut;
            return isUtf8(bytes.substr(0, keep)) ? std::optional{keep} : std::nullopt;
        }
    }
    return std::nullopt;
}

bool looksPrintable(std::string_view bytes) noexcept {
    return std::none_of(bytes.begin(), bytes.end(), [](char byte) {
        return static_cast<unsigned char>(byte) < ' ' && byte != '\n' && byte != '\r' &&
               byte != '\t' && byte != '\x1b';
    });
}

Guess guess(std::string_view bytes, const ValueLimits& limits, bool isWhole) {
    using namespace std::literals;
    if (bytes.starts_with("\xac\xed\x00\x05"sv)) {
        return {ValueFormat::java, parseJava(bytes, limits)};
    }
    if (bytes.size() > 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5) {
        ParsedValue parsed = parsePickle(bytes, limits);
        if (isClearly(parsed, bytes.size(), isWhole)) {
            return {ValueFormat::pickle, std::move(parsed)};
        }
    }
    if (auto text = guessStructuredText(bytes, limits, isWhole)) {
        return std::move(*text);
    }
    if (textBefore(bytes, !isWhole) && looksPrintable(bytes)) {
        return {ValueFormat::text};
    }
    // A list or a map: any byte at all is a number in MessagePack.
    const auto first = static_cast<unsigned char>(bytes.front());
    const bool isCollection = (first >= 0x80 && first <= 0x9f) || (first >= 0xdc && first <= 0xdf);
    if (bytes.size() > 1 && isCollection) {
        ParsedValue parsed = parseMessagePack(bytes, limits);
        if (isClearly(parsed, bytes.size(), isWhole)) {
            return {ValueFormat::messagePack, std::move(parsed)};
        }
    }
    return {};
}

void noteAbout(DecodedValue& value, std::optional<Error> trouble) {
    if (!trouble) {
        return;
    }
    value.truncated = value.truncated || trouble->code() == ErrorCode::tooLarge;
    if (!value.note) {
        value.note = std::move(trouble);
    }
}

void showAsText(DecodedValue& value, std::string_view bytes, const DecodeOptions& options,
                bool isWhole) {
    if (value.format == ValueFormat::text) {
        const std::string_view shown = bytes.substr(0, options.limits.textBytes);
        const bool isCut = shown.size() < bytes.size();
        if (const auto keep = textBefore(shown, isCut || !isWhole)) {
            value.text = shown.substr(0, *keep);
            if (isCut) {
                noteAbout(value, Error{ErrorCode::tooLarge, {}, "text"});
            }
            return;
        }
        noteAbout(value, Error{ErrorCode::damaged, {}, "not UTF-8"});
    }
    value.format = ValueFormat::hex;
    bool isCut = false;
    value.text = hexDump(bytes, options.limits.textBytes, isCut);
    if (isCut) {
        noteAbout(value, Error{ErrorCode::tooLarge, {}, "text"});
    }
}

void show(DecodedValue& value, std::string_view bytes, std::optional<ValueFormat> asked,
          const DecodeOptions& options, bool isWhole) {
    Guess found;
    if (asked) {
        found.format = *asked;
        if (const Parse parse = parserOf(*asked)) {
            found.parsed = parse(bytes, options.limits);
        }
    } else if (!bytes.empty()) {
        found = guess(bytes, options.limits, isWhole);
    } else {
        found.format = ValueFormat::text;
    }
    value.format = found.format;
    if (parserOf(found.format) == nullptr) {
        showAsText(value, bytes, options, isWhole);
        return;
    }
    const bool goesOn = !found.parsed.trouble && found.parsed.consumed < bytes.size();
    value.tree = std::move(found.parsed.root);
    noteAbout(value, std::move(found.parsed.trouble));
    if (goesOn) {
        noteAbout(value, Error{ErrorCode::damaged, "byte " + std::to_string(found.parsed.consumed),
                               "more bytes behind the value"});
    }
}

DecodedValue decode(std::string_view bytes, const DecodeOptions& options) {
    DecodedValue value;
    std::string held;
    std::optional<ValueFormat> asked = options.format;
    bool isWhole = options.isWhole;
    for (;;) {
        const auto compression =
            asked ? (isCompression(*asked) ? asked : std::nullopt) : compressionOf(bytes);
        if (!compression) {
            break;
        }
        if (value.steps.size() == options.limits.steps) {
            noteAbout(value, Error{ErrorCode::tooLarge, {}, "steps"});
            asked = ValueFormat::hex;
            break;
        }
        Inflated inner = inflated(bytes, *compression, options.limits.outputBytes);
        if (inner.bytes.empty() && inner.trouble) {
            // Nothing was in it: what looked like the mark of a compression may be none.
            if (asked) {
                noteAbout(value, std::move(inner.trouble));
                asked = ValueFormat::hex;
            }
            break;
        }
        value.steps.push_back({*compression, bytes.size(), inner.bytes.size()});
        isWhole = isWhole && !inner.trouble;
        noteAbout(value, std::move(inner.trouble));
        held = std::move(inner.bytes);
        bytes = held;
        asked.reset();
    }
    show(value, bytes, asked, options, isWhole);
    return value;
}

}  // namespace

std::string_view valueFormatName(ValueFormat format) noexcept {
    return std::find_if(kNames.begin(), kNames.end(),
                        [&](const FormatName& each) { return each.format == format; })
        ->name;
}

DecodedValue decodeValue(std::string_view bytes, const DecodeOptions& options) {
    try {
        return decode(bytes, options);
    } catch (const std::bad_alloc&) {
        DecodedValue nothing;
        nothing.truncated = true;
        nothing.note = Error{ErrorCode::tooLarge, {}, "memory"};
        return nothing;
    }
}

}  // namespace cachescope::inspect
