// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/monitor_line.h"

#include <charconv>

namespace cachescope {

namespace {

constexpr std::size_t kMicrosecondDigits = 6;

bool takeNumber(std::string_view& text, std::int64_t& number, std::size_t& digits) {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    digits = static_cast<std::size_t>(end - text.data());
    text.remove_prefix(digits);
    return failure == std::errc{} && number >= 0;
}

bool takeTime(std::string_view& text, Duration& time) {
    std::int64_t seconds = 0;
    std::int64_t microseconds = 0;
    std::size_t digits = 0;
    // As many seconds as nanoseconds can count.
    constexpr std::int64_t kMost = std::int64_t{1} << 33;
    if (!takeNumber(text, seconds, digits) || seconds > kMost || !text.starts_with('.')) {
        return false;
    }
    text.remove_prefix(1);
    if (!takeNumber(text, microseconds, digits) || digits != kMicrosecondDigits) {
        return false;
    }
    time = std::chrono::seconds{seconds} + std::chrono::microseconds{microseconds};
    return true;
}

bool takeClient(std::string_view& text, MonitorLine& line) {
    if (!text.starts_with(" [")) {
        return false;
    }
    text.remove_prefix(2);
    std::int64_t database = 0;
    std::size_t digits = 0;
    constexpr std::int64_t kMostDatabases = 1'000'000'000;
    if (!takeNumber(text, database, digits) || database > kMostDatabases ||
        !text.starts_with(' ')) {
        return false;
    }
    line.database = static_cast<int>(database);
    // The address may have brackets itself; the first word's quote follows the last one.
    const std::size_t end = text.find("] \"");
    if (end == std::string_view::npos) {
        return false;
    }
    line.client = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    return true;
}

int hexDigit(char digit) noexcept {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

// One character behind a backslash, or more of it.
bool takeEscape(std::string_view& text, char& byte) {
    if (text.empty()) {
        return false;
    }
    const char code = text.front();
    text.remove_prefix(1);
    switch (code) {
        case 'n':
            byte = '\n';
            return true;
        case 'r':
            byte = '\r';
            return true;
        case 't':
            byte = '\t';
            return true;
        case 'a':
            byte = '\a';
            return true;
        case 'b':
            byte = '\b';
            return true;
        case '"':
        case '\\':
            byte = code;
            return true;
        case 'x':
            break;
        default:
            return false;
    }
    const int high = text.size() < 2 ? -1 : hexDigit(text[0]);
    const int low = text.size() < 2 ? -1 : hexDigit(text[1]);
    if (high < 0 || low < 0) {
        return false;
    }
    byte = static_cast<char>(high * 16 + low);
    text.remove_prefix(2);
    return true;
}

// Words are put over those that the line had before, so that their memory serves again.
bool takeWord(std::string_view& text, std::string& word, std::uint64_t& size) {
    if (!text.starts_with(" \"")) {
        return false;
    }
    text.remove_prefix(2);
    word.clear();
    size = 0;
    const auto keep = [&](std::string_view bytes) {
        size += bytes.size();
        word.append(bytes.substr(0, MonitorLine::kLongestWord - word.size()));
    };
    for (;;) {
        const std::size_t plain = text.find_first_of("\"\\");
        if (plain == std::string_view::npos) {
            return false;
        }
        keep(text.substr(0, plain));
        const bool ends = text[plain] == '"';
        text.remove_prefix(plain + 1);
        if (ends) {
            return true;
        }
        char byte = 0;
        if (!takeEscape(text, byte)) {
            return false;
        }
        keep({&byte, 1});
    }
}

}  // namespace

bool parseMonitorLine(std::string_view text, MonitorLine& line) {
    while (text.ends_with('\n') || text.ends_with('\r')) {
        text.remove_suffix(1);
    }
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    if (!takeTime(text, line.time) || !takeClient(text, line)) {
        return false;
    }
    std::size_t count = 0;
    while (!text.empty()) {
        if (count == line.words.size()) {
            line.words.emplace_back();
        }
        line.sizes.resize(count + 1);
        if (!takeWord(text, line.words[count], line.sizes[count])) {
            return false;
        }
        ++count;
    }
    line.words.resize(count);
    line.sizes.resize(count);
    return count != 0;
}

}  // namespace cachescope
