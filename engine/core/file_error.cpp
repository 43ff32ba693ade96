// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/file_error.h"

#include <cerrno>
#include <system_error>

namespace cachescope {

Error fileError(const std::string& path, int systemError) {
    ErrorCode code = ErrorCode::io;
    switch (systemError) {
        case ENOENT:
            code = ErrorCode::notFound;
            break;
        case EACCES:
        case EPERM:
        case EROFS:
            code = ErrorCode::notPermitted;
            break;
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            code = ErrorCode::diskFull;
            break;
        default:
            break;
    }
    return Error{code, path, std::generic_category().message(systemError)};
}

}  // namespace cachescope
