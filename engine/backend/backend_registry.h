// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/backend_url.h"

namespace cachescope {

/// How a backend is to be set up, beyond its address. Parameters of the URL win over these:
/// `entries`, `bytes`, `policy`, `prefix`, `timeout`.
struct BackendConfig {
    const Clock* clock = &SystemClock::instance();      ///< must outlive the backend
    std::uint64_t maxEntries = 0;                       ///< 0: no bound
    std::uint64_t maxBytes = 0;                         ///< 0: no bound, or the backend's default
    std::string policy;                                 ///< eviction policy; empty: the default
    std::string prefix;                                 ///< put before every key in a shared store
    Duration timeout = std::chrono::milliseconds{500};  ///< of one call that does I/O
};

/// Makes a backend, or says why it cannot.
using BackendFactory =
    std::function<Result<std::unique_ptr<Backend>>(const BackendUrl&, const BackendConfig&)>;

/// One kind of backend, as menus show it.
struct BackendKind {
    std::string scheme;   ///< "memory"
    std::string example;  ///< a URL that works: "file:/var/cache/app"
    BackendCapabilities capabilities;
    BackendFactory make;
    /// URL parameters of this kind alone, which its factory reads; the shared ones are not listed.
    std::vector<std::string> parameters{};
};

/// The kinds of backends by URL scheme. A custom backend is one class and one add().
///
/// Fill it first, then use it from any thread. builtin() holds memory, file, dir, the schemes of
/// Redis, and tiered, which takes its lower backends from builtin().
class BackendRegistry {
public:
    /// Replaces a kind of the same scheme.
    void add(BackendKind kind);

    const std::vector<BackendKind>& kinds() const noexcept { return m_kinds; }
    const BackendKind* find(std::string_view scheme) const noexcept;

    /// unknownName for a scheme nobody registered or a parameter nobody knows; otherwise what the
    /// factory says.
    Result<std::unique_ptr<Backend>> create(std::string_view url, BackendConfig config) const;
    Result<std::unique_ptr<Backend>> create(const BackendUrl& url, BackendConfig config) const;

    static const BackendRegistry& builtin();

private:
    std::vector<BackendKind> m_kinds;
};

}  // namespace cachescope
