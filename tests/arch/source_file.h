// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cachescope::arch {

/// One file of the repository as the rules see it: its lines, and the same lines without comments
/// and without what stands in quotes, so that a rule about code is never misled by prose.
///
/// `#include` lines keep their quotes. Lines count from 0 here and from 1 in complaints. An
/// immutable value; any thread.
class SourceFile {
public:
    /// `path` is relative to the root of the repository, with forward slashes.
    SourceFile(std::string path, const std::string& text);

    const std::string& path() const { return m_path; }
    const std::vector<std::string>& lines() const { return m_lines; }
    const std::vector<std::string>& code() const { return m_code; }

    bool isCpp() const;
    bool isHeader() const;
    bool isUnder(std::string_view folder) const;

    /// What line `line` includes, without quotes or brackets: "QtCore/QString"; empty for none.
    std::string includeAt(std::size_t line) const;

private:
    std::string m_path;
    std::vector<std::string> m_lines;
    std::vector<std::string> m_code;
};

/// Every source of the repository under `root`: C++, CMake and shell, in the order of their paths.
/// Build trees are not read. Throws std::filesystem::filesystem_error, which fails the test.
std::vector<SourceFile> readSources(const std::filesystem::path& root);

}  // namespace cachescope::arch
