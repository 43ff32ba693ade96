// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/temporary_directory.h"

#include <stdlib.h>  // mkdtemp is POSIX, not std

#include <cstdio>
#include <string>
#include <system_error>

namespace cachescope::test {

TemporaryDirectory::TemporaryDirectory() {
    std::error_code failure;
    const auto parent = std::filesystem::temp_directory_path(failure);
    std::string name = (parent / "cachescope-test-XXXXXX").string();
    if (failure || mkdtemp(name.data()) == nullptr) {
        std::perror("no temporary directory");
        std::abort();
    }
    m_path = name;
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    // A test may have taken the permissions away to see what happens.
    std::filesystem::permissions(m_path, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(m_path, ignored);
}

}  // namespace cachescope::test
