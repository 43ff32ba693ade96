// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/write_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "engine/core/file_error.h"

namespace cachescope {

Result<void> writeFile(const std::string& path, std::string_view content) {
    const std::string temporary = path + ".part";
    errno = 0;
    {
        std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
        file << content;
        file.close();
        if (!file) {
            const int code = errno == 0 ? EIO : errno;
            std::error_code ignored;
            std::filesystem::remove(temporary, ignored);
            return fileError(path, code);
        }
    }
    std::error_code failure;
    std::filesystem::rename(temporary, path, failure);
    if (failure) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        return fileError(path, failure.value());
    }
    return {};
}

}  // namespace cachescope
