// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "engine/inspect/key_census.h"
#include "engine/inspect/key_figures.h"
#include "ui/model/keyspace.h"

namespace cachescope::test {

/// A keyspace without a server: keys are put in, and each snapshot is what a walk would publish
/// then. One thread.
class GrowingKeyspace {
public:
    static constexpr std::int64_t kNow = 1'700'000'000'000;

    explicit GrowingKeyspace(std::uint64_t number = 1) : m_number(number) {}

    /// `ttlMs` as a moment after kNow, or one of the census' special values.
    void add(std::string_view name, std::int64_t ttlMs = inspect::kNoExpiry,
             std::uint64_t bytes = 100, std::string_view type = "string",
             std::uint32_t idle = inspect::kIdleUnknown) {
        inspect::KeyFacts facts;
        const bool special = ttlMs == inspect::kNoExpiry || ttlMs == inspect::kExpiryUnknown;
        facts.expiry = special ? ttlMs : kNow + ttlMs;
        facts.bytes = bytes;
        facts.type = type;
        facts.idle = idle;
        const inspect::NamedKey key{name, facts};
        if (!m_census.add({&key, 1}).ok()) {
            std::abort();
        }
    }

    std::size_t size() const { return m_census.size(); }

    std::shared_ptr<ui::Keyspace> snapshot(bool knowsIdle = false,
                                           std::uint64_t databaseKeys = 0) const {
        auto keyspace = std::make_shared<ui::Keyspace>();
        keyspace->view = m_census.view();
        keyspace->present = keyspace->view;
        inspect::FigureOptions options;
        options.now = kNow;
        options.databaseKeys = databaseKeys == 0 ? m_census.size() : databaseKeys;
        options.exact = databaseKeys == 0;
        keyspace->figures = inspect::figuresOf(keyspace->view, options);
        keyspace->walked = databaseKeys == 0;
        keyspace->complete = databaseKeys == 0;
        keyspace->knowsIdle = knowsIdle;
        keyspace->taken = kNow;
        keyspace->number = m_number;
        return keyspace;
    }

private:
    std::uint64_t m_number;
    inspect::KeyCensus m_census;
};

/// Names that lists and panels must neither break on nor be turned around by.
inline const std::string kHostileNames[] = {
    "with\nnew\r\nlines",
    std::string("with\0zeros\0", 11),
    "with \"quotes\", commas",
    "<b>bold</b><img src=x>",
    "right\u202eto left\u2066",
    "broken \xff\xfe utf-8 \xc3",
    "caf\u00e9 \u65e5\u672c \U0001f600",
    std::string(500'000, 'x') + "\nend",
    "",
};

}  // namespace cachescope::test
