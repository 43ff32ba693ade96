// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/backend_registry.h"
#include "engine/backend/directory_backend.h"
#include "engine/backend/file_backend.h"
#include "engine/backend/memory_backend.h"
#include "engine/backend/redis_backend.h"
#include "engine/backend/tiered_backend.h"

namespace cachescope {

const BackendRegistry& BackendRegistry::builtin() {
    static const BackendRegistry registry = [] {
        BackendRegistry filled;
        filled.add(memoryBackendKind());
        filled.add(fileBackendKind());
        filled.add(directoryBackendKind());
        for (BackendKind kind : redisBackendKinds()) {
            filled.add(std::move(kind));
        }
        filled.add(tieredBackendKind());
        return filled;
    }();
    return registry;
}

}  // namespace cachescope
