// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/key_rows.h"

#include <algorithm>
#include <new>

namespace cachescope::ui {

namespace {

using Numbers = std::vector<std::uint32_t>;

Result<Numbers> sortedKeys(const KeyRows* before, const Keyspace& keyspace,
                           const inspect::KeyQuery& query, const inspect::KeyOrder& order,
                           std::int64_t now, const std::function<bool()>& goOn) {
    const inspect::CensusView& view = keyspace.view;
    const bool grown = before != nullptr && before->query == query && before->order == order &&
                       !query.dependsOnTime();
    if (!grown) {
        return selectKeys(view, query, order, now, goOn);
    }
    auto added = selectKeys(view, query, order, now, goOn, before->keyspace->view.size());
    return added.ok() ? mergeKeys(view, order, before->keys, *added, goOn) : added;
}

Numbers rowsOf(const Numbers& keys, std::size_t all) {
    Numbers rows(all, KeyRows::kNone);
    for (std::size_t row = 0; row < keys.size(); ++row) {
        rows[keys[row]] = static_cast<std::uint32_t>(row);
    }
    return rows;
}

bool isShown(const KeyRows* rows, std::uint32_t key) {
    return rows != nullptr && key < rows->rows.size() && rows->rows[key] != KeyRows::kNone;
}

void planSteps(const KeyRows* before, KeyRowsChange& change) {
    const KeyRows& next = *change.next;
    Numbers kept;
    Numbers added;
    for (const std::uint32_t key : next.keys) {
        (isShown(before, key) ? kept : added).push_back(key);
    }
    change.kept = kept.size();
    if (before != nullptr && kept.size() < before->keys.size()) {
        auto leaving = std::make_shared<Numbers>(kept);
        leaving->reserve(before->keys.size());
        for (const std::uint32_t key : before->keys) {
            if (!isShown(&next, key)) {
                leaving->push_back(key);
            }
        }
        change.leavingRows = rowsOf(*leaving, before->rows.size());
        change.leaving = std::move(leaving);
    } else if (before != nullptr) {
        kept = before->keys;
    }
    if (added.empty()) {
        change.settled = kept == next.keys;
        return;
    }
    auto coming = std::make_shared<Numbers>(std::move(kept));
    coming->insert(coming->end(), added.begin(), added.end());
    change.settled = *coming == next.keys;
    change.coming = std::move(coming);
}

}  // namespace

Result<KeyRowsChange> arrangeKeys(const std::shared_ptr<const KeyRows>& before,
                                  const std::shared_ptr<const Keyspace>& keyspace,
                                  const inspect::KeyQuery& query, const inspect::KeyOrder& order,
                                  std::int64_t now, const std::function<bool()>& goOn) {
    // Numbers mean the same keys within one keyspace only.
    const KeyRows* former = before != nullptr && before->keyspace->number == keyspace->number &&
                                    before->keyspace->view.size() <= keyspace->view.size()
                                ? before.get()
                                : nullptr;
    auto keys = sortedKeys(former, *keyspace, query, order, now, goOn);
    if (!keys.ok()) {
        return keys.error();
    }
    try {
        KeyRowsChange change;
        auto next = std::make_shared<KeyRows>();
        next->keyspace = keyspace;
        next->query = query;
        next->order = order;
        next->keys = std::move(*keys);
        next->rows = rowsOf(next->keys, keyspace->view.size());
        change.next = std::move(next);
        planSteps(former, change);
        return change;
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::tooLarge, {}, "no memory for the rows"};
    }
}

}  // namespace cachescope::ui
