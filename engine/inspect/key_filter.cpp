// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_filter.h"

#include <algorithm>

#include "engine/core/glob.h"

namespace cachescope::inspect {

KeyFilter::KeyFilter(const CensusView& view, const KeyQuery& query, std::int64_t now)
    : m_view(view), m_query(query), m_now(now) {
    m_anyFacts = query.ttl == TtlFilter::any && !query.minBytes && !query.maxBytes &&
                 !query.minIdle && !query.maxIdle && !query.server;
    if (!query.types.empty()) {
        m_types.resize(view.typeCount());
        for (std::uint32_t type = 0; type < view.typeCount(); ++type) {
            m_types[type] = std::find(query.types.begin(), query.types.end(),
                                      view.typeName(type)) != query.types.end();
        }
    }
    readPattern();
    narrowTo(query.prefix.size() >= m_begin.size() ? std::string_view(query.prefix) : m_begin);
    m_anyName =
        query.prefix.empty() && !query.direct && m_begin.empty() && m_text.empty() && !m_glob;
}

void KeyFilter::readPattern() {
    const std::string& pattern = m_query.pattern;
    if (globIsLiteral(pattern)) {
        m_text = pattern;
        return;
    }
    m_begin = globLiteralPrefix(pattern);
    // "product:*", by far the most common, needs no more than the beginning.
    const std::size_t end = pattern.size() - 1;
    m_glob = pattern.back() != '*' || globEscape(m_begin) != pattern.substr(0, end);
}

// Most keys of a large census fall out by the number of their namespace, without a look at names.
void KeyFilter::narrowTo(std::string_view prefix) {
    const std::string& separator = m_view.separator();
    const std::size_t end = separator.empty() ? std::string_view::npos : prefix.find(separator);
    if (end == std::string_view::npos) {
        return;
    }
    // The first two stand for none and for all that were too many.
    for (std::uint32_t i = 2; i < m_view.namespaceCount(); ++i) {
        if (m_view.namespaceName(i) == prefix.substr(0, end)) {
            m_namespace = i;
            return;
        }
    }
}

bool KeyFilter::passes(std::size_t key) const {
    if (m_namespace && m_view.namespaceOf(key) != *m_namespace) {
        return false;
    }
    if (!m_types.empty() && !m_types[m_view.typeOf(key)]) {
        return false;
    }
    return (m_anyFacts || factsPass(key)) && (m_anyName || namePasses(m_view.name(key)));
}

bool KeyFilter::factsPass(std::size_t key) const {
    const KeyFacts facts = m_view.facts(key);
    const KeyQuery& query = m_query;
    switch (query.ttl) {
        case TtlFilter::any:
            break;
        case TtlFilter::none:
            if (facts.expiry != kNoExpiry) {
                return false;
            }
            break;
        case TtlFilter::some:
            if (!facts.hasExpiry()) {
                return false;
            }
            break;
        case TtlFilter::between:
            if (!facts.hasExpiry() || facts.expiry - m_now < query.ttlFrom ||
                facts.expiry - m_now >= query.ttlTo) {
                return false;
            }
            break;
        case TtlFilter::expired:
            if (!facts.hasExpiry() || facts.expiry > m_now) {
                return false;
            }
            break;
    }
    if ((query.minBytes || query.maxBytes) &&
        (!facts.hasSize() || facts.bytes < query.minBytes.value_or(0) ||
         facts.bytes > query.maxBytes.value_or(kSizeUnknown))) {
        return false;
    }
    if ((query.minIdle || query.maxIdle) &&
        (facts.idle == kIdleUnknown || facts.idle < query.minIdle.value_or(0) ||
         facts.idle > query.maxIdle.value_or(kIdleUnknown))) {
        return false;
    }
    return !query.server || facts.server == *query.server;
}

bool KeyFilter::namePasses(std::string_view name) const {
    const std::string& prefix = m_query.prefix;
    if (!name.starts_with(prefix) || !name.starts_with(m_begin)) {
        return false;
    }
    const std::string& separator = m_view.separator();
    if (m_query.direct && !separator.empty() &&
        name.find(separator, prefix.size()) != std::string_view::npos) {
        return false;
    }
    if (!m_text.empty() && name.find(m_text) == std::string_view::npos) {
        return false;
    }
    return !m_glob || globMatches(m_query.pattern, name);
}

}  // namespace cachescope::inspect
