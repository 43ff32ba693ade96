// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "engine/core/file_error.h"
#include "engine/core/write_file.h"
#include "engine/sim/scenario_json.h"

namespace cachescope::sim {

namespace {

constexpr std::uint64_t kLargestFile = 16ULL << 20;

}  // namespace

Result<Scenario> loadScenario(const std::string& path) {
    std::error_code failure;
    if (std::filesystem::is_directory(path, failure)) {
        return Error{ErrorCode::io, path, std::strerror(EISDIR)};
    }
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return fileError(path, errno == 0 ? EIO : errno);
    }
    std::string text(kLargestFile + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > kLargestFile) {
        return Error{ErrorCode::tooLarge, path, "a scenario of at most 16 MiB"};
    }
    auto scenario = scenarioFromJson(text, std::filesystem::path(path).filename().string());
    if (scenario.ok() && scenario->workload.trace) {
        std::filesystem::path trace = scenario->workload.trace->file;
        if (trace.is_relative()) {
            scenario->workload.trace->file =
                (std::filesystem::path(path).parent_path() / trace).lexically_normal().string();
        }
    }
    return scenario;
}

Result<void> saveScenario(const Scenario& scenario, const std::string& path) {
    return writeFile(path, scenarioToJson(scenario));
}

}  // namespace cachescope::sim
