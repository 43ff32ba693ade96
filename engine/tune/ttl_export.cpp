// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/ttl_export.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "engine/core/duration_text.h"

namespace cachescope::tune {

namespace {

std::string number(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end.ptr};
}

std::string wholeNumber(double value) {
    std::array<char, 512> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 0);
    return {text.data(), end.ptr};
}

/// Exactly, without an exponent: "2", "0.25".
std::string seconds(Duration span) {
    constexpr Duration kSecond = std::chrono::seconds{1};
    std::string text = std::to_string(span / kSecond);
    std::string fraction = std::to_string((span % kSecond).count());
    fraction.insert(0, 9 - fraction.size(), '0');
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return fraction.empty() ? text : text + '.' + fraction;
}

struct CodePoint {
    char32_t value = 0;
    std::size_t bytes = 0;  // zero: not UTF-8
};

CodePoint codePointAt(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) {
        return {first, 1};
    }
    const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < bytes) {
        return {};
    }
    char32_t value = first & (0x7fU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) {
            return {};
        }
        value = value << 6 | (byte(i) & 0x3fU);
    }
    constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    return value < kLeast[bytes] || surrogate || value > 0x10ffff ? CodePoint{}
                                                                  : CodePoint{value, bytes};
}

/// Characters that show something, on their own line and in reading order.
bool isHarmless(char32_t value) {
    const auto isIn = [value](char32_t first, char32_t last) {
        return value >= first && value <= last;
    };
    return !(isIn(0, 0x1f) || isIn(0x7f, 0x9f) || value == 0xad || value == 0x61c ||
             isIn(0x200b, 0x200f) || isIn(0x2028, 0x202e) || isIn(0x2060, 0x206f) ||
             value == 0xfeff || isIn(0xe0000, 0xe007f));
}

/// `text` for one line of anything; in quotes it is one word to Redis's command line.
std::string escaped(std::string_view text) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string result;
    while (!text.empty()) {
        const CodePoint point = codePointAt(text);
        const std::size_t bytes = std::max<std::size_t>(1, point.bytes);
        if (point.value == U'"' || point.value == U'\\') {
            result += '\\';
            result += text.front();
        } else if (point.bytes > 0 && isHarmless(point.value)) {
            result += text.substr(0, bytes);
        } else {
            for (const char c : text.substr(0, bytes)) {
                const auto byte = static_cast<unsigned char>(c);
                result += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 0xf]};
            }
        }
        text.remove_prefix(bytes);
    }
    return result;
}

std::string quoted(std::string_view text) {
    return '"' + escaped(text) + '"';
}

std::string csvField(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos && !text.starts_with(' ') &&
        !text.ends_with(' ')) {
        return text;
    }
    std::string field{'"'};
    for (const char c : text) {
        field.append(c == '"' ? 2 : 1, c);
    }
    return field + '"';
}

std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80;
    }));
}

using Row = std::array<std::string, 4>;

/// The first column to the left, the others to the right.
std::string table(const std::vector<Row>& rows) {
    std::array<std::size_t, 4> widths{};
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width(row[i]));
        }
    }
    std::string text;
    for (const Row& row : rows) {
        text += row[0] + std::string(widths[0] - width(row[0]), ' ');
        for (std::size_t i = 1; i < row.size(); ++i) {
            text += std::string(2 + widths[i] - width(row[i]), ' ') + row[i];
        }
        text += '\n';
    }
    return text;
}

Row rowOf(std::string name, const TtlChoice& choice) {
    return {std::move(name), formatDuration(choice.ttl), wholeNumber(choice.originCalls),
            wholeNumber(choice.staleHits)};
}

std::string keyPattern(const std::string& group, std::string_view separator) {
    if (group.empty()) {
        return "<key>";
    }
    const std::string name = group + std::string{separator};
    const std::string safe = escaped(name);
    const bool isWord =
        safe == name && safe.find_first_of(" '`$#;&|<>(){}[]*?!~") == std::string::npos;
    return isWord ? name + "<key>" : '"' + safe + "<key>\"";
}

}  // namespace

std::string adviceAsText(const TtlAdvice& advice) {
    std::vector<Row> rows = {{"group", "TTL", "origin calls", "stale hits"}};
    for (const GroupAdvice& group : advice.groups) {
        rows.push_back(rowOf(group.name.empty() ? "-" : escaped(group.name), group.choice));
    }
    Row all = rowOf("all", {{}, advice.originCalls, advice.staleHits});
    all[1].clear();
    rows.push_back(std::move(all));
    if (advice.single) {
        rows.push_back(rowOf("one TTL for all", *advice.single));
    }
    return table(rows);
}

std::string adviceAsCsv(const TtlAdvice& advice) {
    std::string text =
        "group,ttl_s,origin_calls,stale_hits,single_ttl_s,single_origin_calls,single_stale_hits"
        "\r\n";
    const auto choice = [](const TtlChoice& point) {
        return ',' + seconds(point.ttl) + ',' + number(point.originCalls) + ',' +
               number(point.staleHits);
    };
    for (const GroupAdvice& group : advice.groups) {
        text += csvField(group.name) + choice(group.choice) +
                (group.single ? choice(*group.single) : ",,,") + "\r\n";
    }
    return text;
}

std::string adviceAsDecorators(const TtlAdvice& advice) {
    std::string text;
    for (const GroupAdvice& group : advice.groups) {
        text += "@cache(ttl=" + seconds(group.choice.ttl) + ")  # " + quoted(group.name) + '\n';
    }
    return text;
}

std::string adviceAsRedisCommands(const TtlAdvice& advice, std::string_view separator) {
    constexpr Duration kSecond = std::chrono::seconds{1};
    constexpr Duration kMillisecond = std::chrono::milliseconds{1};
    std::string text;
    for (const GroupAdvice& group : advice.groups) {
        const std::string key = keyPattern(group.name, separator);
        const Duration ttl = group.choice.ttl;
        const bool whole = ttl % kSecond == Duration::zero() && ttl > Duration::zero();
        const std::string span =
            std::to_string(whole ? ttl / kSecond : std::max<Duration::rep>(1, ttl / kMillisecond));
        text.append("SET ").append(key).append(" <value> ").append(whole ? "EX " : "PX ");
        text.append(span).append(whole ? "\nEXPIRE " : "\nPEXPIRE ").append(key);
        text.append(" ").append(span).append("\n");
    }
    return text;
}

std::string redisMemoryLines(std::uint64_t bytes, std::string_view policy) {
    std::string text = "maxmemory " + std::to_string(bytes) + '\n';
    const bool counts = policy == "lfu" || policy == "wtinylfu";
    const bool draws = policy == "random";
    if (policy != "lru" && policy != "lfu" && !draws) {
        text += "# Redis has no " + escaped(policy) + "; this is its nearest.\n";
    }
    text += std::string{"maxmemory-policy allkeys-"} +
            (draws    ? "random"
             : counts ? "lfu"
                      : "lru") +
            '\n';
    return text;
}

}  // namespace cachescope::tune
