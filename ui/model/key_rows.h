// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "engine/core/result.h"
#include "engine/inspect/key_selection.h"
#include "ui/model/keyspace.h"

namespace cachescope::ui {

/// The rows of a table of keys: numbers of keys in their order, and the row of each key. Immutable
/// once made, and shared. Any thread.
struct KeyRows {
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    std::shared_ptr<const Keyspace> keyspace;
    inspect::KeyQuery query;
    inspect::KeyOrder order;
    std::vector<std::uint32_t> keys;  ///< by row
    std::vector<std::uint32_t> rows;  ///< by key; kNone where it is not shown
};

/// The way from rows that are shown to the next ones, in steps that an item model can announce:
/// those that go move to the end and are removed there, those that come are added at the end and
/// then take their places. Any thread.
struct KeyRowsChange {
    using Numbers = std::shared_ptr<const std::vector<std::uint32_t>>;

    std::shared_ptr<const KeyRows> next;
    /// The former rows, those that stay first; null when none go.
    Numbers leaving;
    std::vector<std::uint32_t> leavingRows;  ///< by key
    std::size_t kept = 0;                    ///< how many stay
    /// Those that stay, then those that come; null when none come.
    Numbers coming;
    /// The order is right then; otherwise the rows still have to be put as in `next`.
    bool settled = true;
};

/// What the table has to show for a query, and how it gets there from `before` (null: from nothing,
/// as it does from the rows of another keyspace). Where keys were only added since, it does not
/// sort anew. Fails as selectKeys() does. Any thread.
Result<KeyRowsChange> arrangeKeys(const std::shared_ptr<const KeyRows>& before,
                                  const std::shared_ptr<const Keyspace>& keyspace,
                                  const inspect::KeyQuery& query, const inspect::KeyOrder& order,
                                  std::int64_t now, const std::function<bool()>& goOn);

}  // namespace cachescope::ui
