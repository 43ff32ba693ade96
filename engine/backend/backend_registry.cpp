// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/backend_registry.h"

#include <algorithm>
#include <charconv>

#include "engine/core/duration_text.h"

namespace cachescope {

namespace {

Result<std::uint64_t> parseCount(const std::string& name, const std::string& text) {
    std::uint64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) {
        return Error{ErrorCode::wrongType, name, "a whole number such as 10000"};
    }
    return value;
}

Result<void> applyParameter(const std::string& name, const std::string& value,
                            BackendConfig& config) {
    if (name == "entries" || name == "bytes") {
        const auto count = parseCount(name, value);
        if (!count) {
            return count.error();
        }
        (name == "entries" ? config.maxEntries : config.maxBytes) = *count;
        return {};
    }
    if (name == "policy") {
        config.policy = value;
        return {};
    }
    if (name == "prefix") {
        config.prefix = value;
        return {};
    }
    if (name == "timeout") {
        const auto span = parseDuration(value);
        if (!span || *span <= Duration::zero()) {
            return Error{ErrorCode::wrongType, name, "a positive duration such as 250ms"};
        }
        config.timeout = *span;
        return {};
    }
    return Error{ErrorCode::unknownName, name, "entries, bytes, policy, prefix, timeout"};
}

}  // namespace

void BackendRegistry::add(BackendKind kind) {
    const auto same = std::find_if(m_kinds.begin(), m_kinds.end(),
                                   [&](const BackendKind& k) { return k.scheme == kind.scheme; });
    if (same != m_kinds.end()) {
        *same = std::move(kind);
    } else {
        m_kinds.push_back(std::move(kind));
    }
}

const BackendKind* BackendRegistry::find(std::string_view scheme) const noexcept {
    const auto found = std::find_if(m_kinds.begin(), m_kinds.end(),
                                    [&](const BackendKind& k) { return k.scheme == scheme; });
    return found == m_kinds.end() ? nullptr : &*found;
}

Result<std::unique_ptr<Backend>> BackendRegistry::create(std::string_view text,
                                                         BackendConfig config) const {
    const auto url = BackendUrl::parse(text);
    return url ? create(*url, std::move(config)) : url.error();
}

Result<std::unique_ptr<Backend>> BackendRegistry::create(const BackendUrl& url,
                                                         BackendConfig config) const {
    const BackendKind* kind = find(url.scheme);
    if (kind == nullptr) {
        std::string known;
        for (const BackendKind& k : m_kinds) {
            known += (known.empty() ? "" : ", ") + k.scheme + ':';
        }
        return Error{ErrorCode::unknownName, url.scheme + ':', known};
    }
    const BackendKind* const below = url.lower.empty() ? nullptr : find(url.lower);
    const auto knows = [](const BackendKind* k, const std::string& name) {
        return k != nullptr &&
               std::find(k->parameters.begin(), k->parameters.end(), name) != k->parameters.end();
    };
    for (const auto& [name, value] : url.parameters) {
        if (knows(kind, name) || knows(below, name)) {
            continue;
        }
        if (auto applied = applyParameter(name, value, config); !applied) {
            return Error{applied.error().code(), url.withoutPassword(), applied.error().detail()}
                .because(applied.error());
        }
    }
    return kind->make(url, config);
}

}  // namespace cachescope
