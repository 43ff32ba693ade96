// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace cachescope {

/// Files and directories that belong to one user alone, for the backends that keep entries on disk.
///
/// What these functions make can be read and written by its owner only (directories 0700, files
/// 0600). Failures are errors about the path, as fileError() makes them. Any thread. Nothing here
/// waits for the disk to have the bytes (fsync): a reader must be able to tell a file that a power
/// failure cut short.

/// Makes a directory and its missing parents; leaves the rights of what is already there alone.
/// io when something else than a directory is in the way.
Result<void> makePrivateDirectory(const std::string& path);

/// The whole content of a regular file; nothing when there is no such file.
Result<std::optional<std::string>> readWholeFile(const std::string& path);

/// Replaces the file by one with the parts as its content, in one step: a reader sees the old
/// content or the new, never a piece. The new content is first written beside the file, under a
/// name that isTemporaryName() knows. The directory must exist.
Result<void> replaceFile(const std::string& path, std::initializer_list<std::string_view> parts);

/// Whether there was a file to remove.
Result<bool> removeFile(const std::string& path);

/// Whether a file name is one that replaceFile() gives to content in the making. Left behind only
/// by a process that was killed.
bool isTemporaryName(std::string_view name) noexcept;

/// What tells a file from every other that exists at the same time, whatever its name. All zero:
/// there is no file.
struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;

    bool exists() const noexcept { return inode != 0; }
    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

FileIdentity identityOf(const std::string& path) noexcept;

}  // namespace cachescope
