// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/arch/source_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>

namespace cachescope::arch {

namespace {

std::vector<std::string> splitLines(const std::string& text) {
    std::vector<std::string> lines;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

bool isIncludeLine(const std::string& text, std::size_t at) {
    const std::size_t hash = text.find_first_not_of(" \t", at);
    if (hash == std::string::npos || text[hash] != '#') {
        return false;
    }
    const std::size_t word = text.find_first_not_of(" \t", hash + 1);
    return word != std::string::npos && text.compare(word, 7, "include") == 0;
}

bool isDigitSeparator(const std::string& text, std::size_t at) {
    const auto isHex = [&](std::size_t i) {
        return i < text.size() && std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
    };
    return at > 0 && isHex(at - 1) && isHex(at + 1) &&
           (at + 2 >= text.size() || text[at + 2] != '\'');
}

// Replaces by blanks, so that what remains keeps its line and column.
class Stripper {
public:
    explicit Stripper(std::string text) : m_text(std::move(text)) {}

    std::string run() {
        bool lineStart = true;
        while (m_at < m_text.size()) {
            if (lineStart && isIncludeLine(m_text, m_at)) {
                m_at = std::min(m_text.find('\n', m_at), m_text.size());
            }
            lineStart = m_at < m_text.size() && m_text[m_at] == '\n';
            step();
        }
        return std::move(m_text);
    }

private:
    void step() {
        if (startsWith("//")) {
            blankTo(m_text.find('\n', m_at));
        } else if (startsWith("/*")) {
            const std::size_t end = m_text.find("*/", m_at + 2);
            blankTo(end == std::string::npos ? end : end + 2);
        } else if (startsWith("R\"")) {
            const std::size_t open = m_text.find('(', m_at);
            if (open == std::string::npos) {
                blankTo(open);
                return;
            }
            const std::string close = ")" + m_text.substr(m_at + 2, open - m_at - 2) + "\"";
            const std::size_t end = m_text.find(close, open);
            blankTo(end == std::string::npos ? end : end + close.size());
        } else if (startsWith("\"") || (startsWith("'") && !isDigitSeparator(m_text, m_at))) {
            blankTo(endOfQuote(m_text[m_at]));
        } else {
            ++m_at;
        }
    }

    bool startsWith(std::string_view word) const {
        return m_text.compare(m_at, word.size(), word) == 0;
    }

    std::size_t endOfQuote(char quote) const {
        std::size_t end = m_at + 1;
        while (end < m_text.size() && m_text[end] != quote && m_text[end] != '\n') {
            end += m_text[end] == '\\' ? 2U : 1U;
        }
        return end + 1;
    }

    void blankTo(std::size_t end) {
        for (end = std::min(end, m_text.size()); m_at < end; ++m_at) {
            if (m_text[m_at] != '\n') {
                m_text[m_at] = ' ';
            }
        }
    }

    std::string m_text;
    std::size_t m_at = 0;
};

bool isSource(const std::filesystem::path& path) {
    static const std::array<std::string, 4> kSuffixes{".h", ".cpp", ".cmake", ".sh"};
    const std::string name = path.filename().string();
    return std::find(kSuffixes.begin(), kSuffixes.end(), path.extension().string()) !=
               kSuffixes.end() ||
           name == "CMakeLists.txt";
}

}  // namespace

SourceFile::SourceFile(std::string path, const std::string& text)
    : m_path(std::move(path)), m_lines(splitLines(text)) {
    m_code = isCpp() ? splitLines(Stripper{text}.run()) : m_lines;
}

bool SourceFile::isCpp() const {
    return isHeader() || m_path.ends_with(".cpp");
}
bool SourceFile::isHeader() const {
    return m_path.ends_with(".h");
}

bool SourceFile::isUnder(std::string_view folder) const {
    return m_path.starts_with(std::string{folder} + "/");
}

std::string SourceFile::includeAt(std::size_t line) const {
    const std::string& text = m_code[line];
    if (!isIncludeLine(text, 0)) {
        return {};
    }
    const std::size_t open = text.find_first_of("<\"");
    const std::size_t close =
        open == std::string::npos ? open : text.find_first_of(">\"", open + 1);
    return close == std::string::npos ? std::string{} : text.substr(open + 1, close - open - 1);
}

std::vector<SourceFile> readSources(const std::filesystem::path& root) {
    namespace fs = std::filesystem;
    std::vector<fs::path> paths;
    for (const char* single : {"CMakeLists.txt", "dev", ".ci/run"}) {
        if (fs::exists(root / single)) {
            paths.push_back(root / single);
        }
    }
    for (const char* folder :
         {"engine", "ui", "app", "tests", "cmake", "installers", "resources"}) {
        if (!fs::exists(root / folder)) {
            continue;
        }
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            if (entry.is_regular_file() && isSource(entry.path())) {
                paths.push_back(entry.path());
            }
        }
    }
    std::sort(paths.begin(), paths.end());

    std::vector<SourceFile> files;
    files.reserve(paths.size());
    for (const fs::path& path : paths) {
        std::ifstream in(path, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        files.emplace_back(fs::relative(path, root).generic_string(), text);
    }
    return files;
}

}  // namespace cachescope::arch
