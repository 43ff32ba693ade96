// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ui/model/namespace_tree_model.h"

namespace cachescope::ui {

/// A row of the tree, and the rows below it as far as they were read. Belongs to its model. GUI
/// thread.
struct NamespaceTreeModel::Node {
    Kind kind = Kind::space;
    std::string prefix;  // of the level below it
    inspect::NamespaceTotals totals;
    Node* parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children;
    bool read = false;

    bool hasDeeper() const { return kind == Kind::space && totals.keys > totals.deepestKeys; }
};

}  // namespace cachescope::ui
