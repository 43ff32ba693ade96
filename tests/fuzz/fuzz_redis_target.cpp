// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The address of a server, a cluster or sentinels: its text means the same, and shows no password.

#include <string>

#include "engine/redis/redis_target.h"
#include "tests/fuzz/fuzz.h"

using namespace cachescope;
using namespace cachescope::fuzz;

namespace {

const std::string kSecret = "Q7secretQ7";

void requireSamePlaces(const RedisTarget& a, const RedisTarget& b) {
    promise(a.kind == b.kind && a.primaryName == b.primaryName &&
            a.seeds.size() == b.seeds.size() && a.usesTls() == b.usesTls());
    for (std::size_t i = 0; i < a.seeds.size(); ++i) {
        promise(a.seeds[i].host == b.seeds[i].host && a.seeds[i].port == b.seeds[i].port &&
                a.seeds[i].unixPath == b.seeds[i].unixPath &&
                a.seeds[i].database == b.seeds[i].database);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text{textOf(data, size)};
    const auto url = BackendUrl::parse(text);
    // One that shows the secret already proves nothing.
    if (!url || url->withoutPassword().find(kSecret) != std::string::npos) {
        return 0;
    }
    auto target = RedisTarget::fromUrl(*url);
    if (!target) {
        return 0;
    }
    promise(!target->seeds.empty());
    const std::string shown = target->toText();
    const auto again = RedisTarget::parse(shown);
    promise(again.ok());
    requireSamePlaces(*target, *again);
    promise(again->toText() == shown);

    BackendUrl secret = *url;
    secret.user = "someone";
    secret.password = kSecret;
    if (target->kind == RedisTarget::Kind::sentinel) {
        secret.parameters["sentinel-user"] = "someone";
        secret.parameters["sentinel-password"] = kSecret;
    }
    const auto hidden = RedisTarget::fromUrl(secret);
    promise(hidden && hidden->toText() == shown && hidden->seeds[0].password == kSecret);
    const std::string written = secret.withoutPassword();
    promise(written.find(kSecret) == std::string::npos);
    promise(hidePassword(written).find(kSecret) == std::string::npos);
    for (const RedisAddress& seed : hidden->seeds) {
        promise(seed.toText().find(kSecret) == std::string::npos);
    }
    return 0;
}
