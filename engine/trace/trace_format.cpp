// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/trace_format.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

#include "engine/trace/binary_records.h"
#include "engine/trace/csv_columns.h"
#include "engine/trace/monitor_line.h"

namespace cachescope {

namespace {

struct FormatName {
    TraceFormat format;
    std::string_view name;
};
constexpr std::array kNames{FormatName{TraceFormat::automatic, "auto"},
                            FormatName{TraceFormat::csv, "csv"},
                            FormatName{TraceFormat::keys, "keys"},
                            FormatName{TraceFormat::monitor, "monitor"},
                            FormatName{TraceFormat::oracleGeneral, "oraclegeneral"},
                            FormatName{TraceFormat::twr, "twr"}};

std::string lowered(std::string_view text) {
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

// The share of bytes that no text has.
double unprintable(std::string_view bytes) noexcept {
    const auto count = std::count_if(bytes.begin(), bytes.end(), [](char c) {
        return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t';
    });
    return static_cast<double>(count) / static_cast<double>(bytes.size());
}

bool isWideText(std::string_view bytes) noexcept {
    return bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff");
}

// How records of a size would look: the shares of those that are as they should be.
struct Fit {
    double inOrder = 0;    // not earlier than the one before
    double plausible = 0;  // the rest of it is possible
};

template <class IsPlausible>
Fit fitOf(std::string_view bytes, std::size_t recordBytes, IsPlausible isPlausible) {
    const std::size_t count = bytes.size() / recordBytes;
    if (count == 0) {
        return {};
    }
    std::size_t inOrder = 0;
    std::size_t plausible = 0;
    std::uint32_t last = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const char* const record = bytes.data() + i * recordBytes;
        const auto time = littleEndian<std::uint32_t>(record);
        inOrder += time >= last ? 1U : 0U;
        plausible += isPlausible(record, i) ? 1U : 0U;
        last = time;
    }
    const auto all = static_cast<double>(count);
    return {static_cast<double>(inOrder) / all, static_cast<double>(plausible) / all};
}

Fit oracleGeneralFit(std::string_view bytes) {
    return fitOf(bytes, 24, [](const char* record, std::size_t index) {
        const auto next = static_cast<std::int64_t>(littleEndian<std::uint64_t>(record + 16));
        constexpr std::int64_t kMostRequests = std::int64_t{1} << 48;
        return next == -1 || next == std::numeric_limits<std::int64_t>::max() ||
               (next > static_cast<std::int64_t>(index) && next < kMostRequests);
    });
}

Fit twrFit(std::string_view bytes) {
    return fitOf(bytes, 20, [](const char* record, std::size_t) {
        const auto operation = static_cast<unsigned char>(record[19]);
        return operation >= 1 && operation <= 14;
    });
}

constexpr double kMostlyInOrder = 0.9;
constexpr double kNearlyAll = 0.98;

bool isGood(const Fit& fit) noexcept {
    return fit.inOrder >= kMostlyInOrder && fit.plausible >= kNearlyAll;
}

enum class Look : std::uint8_t { text, oracleGeneral, twr, other };

Look lookOf(std::string_view bytes, double mostUnprintable) {
    if (unprintable(bytes) <= mostUnprintable) {
        return Look::text;
    }
    if (isGood(oracleGeneralFit(bytes))) {
        return Look::oracleGeneral;
    }
    return isGood(twrFit(bytes)) ? Look::twr : Look::other;
}

const char* inWords(Look look) noexcept {
    switch (look) {
        case Look::text:
            return "text; as format, choose csv, keys or monitor";
        case Look::oracleGeneral:
            return "oracleGeneral; as format, choose oraclegeneral";
        case Look::twr:
            return "twr; as format, choose twr";
        case Look::other:
            break;
    }
    return "binary data of another kind";
}

Error unlike(std::string_view asked, Look look) {
    return Error{ErrorCode::syntax, {}, std::string{asked} + "; this looks like " + inWords(look)};
}

// Whether a text begins with a command of Redis as MONITOR tells it, perhaps behind its OK.
bool isMonitorLog(std::string_view bytes) {
    for (const std::string_view answer : {"OK\r\n", "OK\n", "+OK\r\n"}) {
        if (bytes.starts_with(answer)) {
            bytes.remove_prefix(answer.size());
        }
    }
    MonitorLine line;
    return parseMonitorLine(bytes.substr(0, bytes.find('\n')), line);
}

TraceFormat textFormat(std::string_view bytes, const std::string& name) {
    for (const std::string_view ending : {".csv", ".tsv", ".csv.gz", ".csv.zst"}) {
        if (name.ends_with(ending)) {
            return TraceFormat::csv;
        }
    }
    if (isMonitorLog(bytes)) {
        return TraceFormat::monitor;
    }
    bytes.remove_prefix(std::min(bytes.find_first_not_of("\r\n\t "), bytes.size()));
    const std::string_view line = bytes.substr(0, bytes.find_first_of("\r\n"));
    const bool several = line.find_first_of(",;\t") != std::string_view::npos;
    return several || isKeyColumnName(line) ? TraceFormat::csv : TraceFormat::keys;
}

// In files that somebody calls text a zero byte now and then is a fault of the text.
constexpr double kFewUnprintable = 0.02;
constexpr double kManyUnprintable = 0.2;

}  // namespace

std::string_view traceFormatName(TraceFormat format) noexcept {
    return std::find_if(kNames.begin(), kNames.end(),
                        [&](const FormatName& each) { return each.format == format; })
        ->name;
}

std::optional<TraceFormat> traceFormatNamed(std::string_view name) noexcept {
    for (const FormatName& each : kNames) {
        if (each.name == name) {
            return each.format;
        }
    }
    return std::nullopt;
}

Result<TraceFormat> decideTraceFormat(std::string_view beginning, std::string_view name,
                                      TraceFormat asked) {
    const std::string lower = lowered(name);
    if (isWideText(beginning)) {
        return Error{ErrorCode::syntax, {}, "text in UTF-8; this is UTF-16, so save it anew"};
    }
    const bool calledText =
        asked == TraceFormat::csv || asked == TraceFormat::keys || asked == TraceFormat::monitor ||
        lower.find(".csv") != std::string::npos || lower.find(".txt") != std::string::npos;
    const Look look = lookOf(beginning, calledText ? kManyUnprintable : kFewUnprintable);
    switch (asked) {
        case TraceFormat::csv:
        case TraceFormat::keys:
        case TraceFormat::monitor:
            if (look != Look::text) {
                return unlike("lines of text", look);
            }
            return asked;
        case TraceFormat::oracleGeneral:
            if (look == Look::text || oracleGeneralFit(beginning).inOrder < kMostlyInOrder) {
                return unlike("records of 24 bytes in order of time", look);
            }
            return asked;
        case TraceFormat::twr:
            if (look == Look::text || twrFit(beginning).inOrder < kMostlyInOrder) {
                return unlike("records of 20 bytes in order of time", look);
            }
            return asked;
        case TraceFormat::automatic:
            break;
    }
    if (look == Look::text) {
        return textFormat(beginning, lower);
    }
    // The name decides where the content leaves both open, as with few records.
    const bool namedTwr = lower.find("twr") != std::string::npos;
    if (namedTwr && twrFit(beginning).inOrder >= kMostlyInOrder) {
        return TraceFormat::twr;
    }
    const bool namedOracle = lower.find("oraclegeneral") != std::string::npos;
    if (namedOracle && oracleGeneralFit(beginning).inOrder >= kMostlyInOrder) {
        return TraceFormat::oracleGeneral;
    }
    if (look == Look::other) {
        return unlike("CSV, a key a line, MONITOR of Redis, oracleGeneral or twr", look);
    }
    return look == Look::twr ? TraceFormat::twr : TraceFormat::oracleGeneral;
}

}  // namespace cachescope
