// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string_view>

#include "engine/backend/backend_registry.h"
#include "engine/cache/cache.h"

namespace cachescope {

/// The cache that cached() uses when none is named: one a process, in memory with 100,000 entries
/// until setDefaultCache() names another.
///
/// It sweeps expired entries by itself. Handlers take it when they are made; those made before a
/// change keep the one they have, and it lives until the last of them is gone. Any thread.
std::shared_ptr<Cache> defaultCache();

/// Replaces it; null goes back to memory.
void setDefaultCache(std::shared_ptr<Cache> cache);

/// Makes a cache on the backend at `url` the default. On failure the present one stays.
Result<void> setDefaultBackend(std::string_view url,
                               const BackendRegistry& registry = BackendRegistry::builtin(),
                               const BackendConfig& config = {});

}  // namespace cachescope
