// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// An address from anywhere: what is understood can be shown, and the text shown means the same.

#include "engine/backend/backend_url.h"
#include "tests/fuzz/fuzz.h"

using namespace cachescope;
using namespace cachescope::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = textOf(data, size);
    (void)hidePassword(text);
    const auto url = BackendUrl::parse(text);
    if (url.ok()) {
        const auto again = BackendUrl::parse(url->withoutPassword());
        promise(again.ok());
        promise(again->scheme == url->scheme && again->user == url->user &&
                again->host == url->host && again->port == url->port && again->path == url->path &&
                again->moreHosts.size() == url->moreHosts.size() &&
                again->parameters.size() == url->parameters.size());
        for (const auto& [name, value] : url->parameters) {
            promise(again->parameters.at(name) == (name.ends_with("password") ? "***" : value));
        }
        promise(again->password == (url->password.empty() ? "" : "***"));
    }
    return 0;
}
