// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string_view>

namespace cachescope::test {

/// A fresh, empty directory of this process, removed with all its contents at the end.
///
/// Lies in the system's directory for temporary files, with permissions for its owner alone. Ends
/// the test program when it cannot be made, since no test that needs it could say anything then.
/// One thread.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::filesystem::path& path() const noexcept { return m_path; }

    /// A path inside; nothing is made there.
    std::filesystem::path operator/(std::string_view name) const { return m_path / name; }

private:
    std::filesystem::path m_path;
};

}  // namespace cachescope::test
