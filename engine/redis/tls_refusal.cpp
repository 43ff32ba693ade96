// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/tls_refusal.h"

#include <string_view>

namespace cachescope {

namespace {

struct Words {
    TlsRefusal::Why why;
    std::string_view text;
};
constexpr Words kWords[] = {
    {TlsRefusal::Why::expired, "has expired"},
    {TlsRefusal::Why::notYetValid, "not yet"},
    {TlsRefusal::Why::wrongName, "wrong name"},
    {TlsRefusal::Why::unknownAuthority, "unknown authority"},
    {TlsRefusal::Why::selfSigned, "self signed"},
    {TlsRefusal::Why::clientCertificate, "client certificate"},
    {TlsRefusal::Why::other, "other reason"},
};
constexpr std::string_view kSeparator = ": ";

}  // namespace

Error TlsRefusal::toError() const {
    std::string detail;
    for (const Words& words : kWords) {
        if (words.why == why) {
            detail = words.text;
        }
    }
    if (!about.empty()) {
        detail += kSeparator;
        detail += about;
    }
    return Error{ErrorCode::untrusted, {}, detail};
}

std::optional<TlsRefusal> TlsRefusal::of(const Error& error) {
    if (error.code() != ErrorCode::untrusted) {
        return std::nullopt;
    }
    const std::string_view detail = error.detail();
    for (const Words& words : kWords) {
        if (!detail.starts_with(words.text)) {
            continue;
        }
        const std::string_view rest = detail.substr(words.text.size());
        if (rest.empty() || rest.starts_with(kSeparator)) {
            return TlsRefusal{words.why,
                              std::string{rest.empty() ? rest : rest.substr(kSeparator.size())}};
        }
    }
    return TlsRefusal{Why::other, std::string{detail}};
}

}  // namespace cachescope
