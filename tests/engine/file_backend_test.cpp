// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/file_backend.h"

#include <gtest/gtest.h>

#include "tests/engine/backend_conformance.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::test {
namespace {

struct FileStore {
    Result<std::unique_ptr<Backend>> open(const BackendConfig& config) {
        BackendRegistry registry;
        registry.add(fileBackendKind());
        return registry.create("file:" + (m_directory / "cache").string(), config);
    }
    // A replaced entry is reported when its group is written, which may be after set() returned.
    ConformanceLimits limits() const { return {.reportsRemovals = false}; }
    std::string unavailable() const { return {}; }

private:
    TemporaryDirectory m_directory;
};

INSTANTIATE_TYPED_TEST_SUITE_P(File, BackendConformance, FileStore);

}  // namespace
}  // namespace cachescope::test
