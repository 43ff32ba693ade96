// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/inspect/key_selection.h"

namespace cachescope::inspect {

/// A KeyQuery made ready for one view: looks at the numbers first, and at names only where it must.
///
/// Keeps references to both, which have to live as long. Any thread, each with its own.
class KeyFilter {
public:
    KeyFilter(const CensusView& view, const KeyQuery& query, std::int64_t now);

    bool passes(std::size_t key) const;

private:
    bool factsPass(std::size_t key) const;
    bool namePasses(std::string_view name) const;
    void readPattern();
    void narrowTo(std::string_view prefix);

    const CensusView& m_view;
    const KeyQuery& m_query;
    std::int64_t m_now;
    bool m_anyFacts;
    bool m_anyName = false;
    std::vector<bool> m_types;                 // by number; empty: all
    std::optional<std::uint32_t> m_namespace;  // that all who pass are in
    std::string m_begin;                       // that names which match the glob begin with
    std::string m_text;                        // that stands anywhere
    bool m_glob = false;                       // the pattern has to be tried in full
};

}  // namespace cachescope::inspect
