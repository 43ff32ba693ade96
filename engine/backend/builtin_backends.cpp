// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/backend_registry.h"
#include "engine/backend/memory_backend.h"

namespace cachescope {

const BackendRegistry& BackendRegistry::builtin() {
    static const BackendRegistry registry = [] {
        BackendRegistry filled;
        filled.add(memoryBackendKind());
        return filled;
    }();
    return registry;
}

}  // namespace cachescope
