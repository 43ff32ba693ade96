// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPersistentModelIndex>
#include <string>

#include "ui/model/namespace_tree_model.h"
#include "ui/widgets/card.h"

class QComboBox;
class QLabel;
class QStackedLayout;
class QToolButton;
class QTreeView;

namespace cachescope::ui {

class ElidedLabel;
class Treemap;

/// The namespaces of a cache, as a tree with bars or as a treemap, by memory, keys or what is due.
///
/// Choosing one tells which keys are meant; a tile of the map that is chosen twice is gone into,
/// and the line above it leads out again. Changes nothing itself. GUI thread.
class NamespacePanel : public Card {
    Q_OBJECT

public:
    explicit NamespacePanel(NamespaceTreeModel& model, QWidget* parent = nullptr);

    /// Nothing is chosen any more; does not emit.
    void clearChoice();
    bool showsMap() const;
    void setShowsMap(bool map);
    QTreeView* tree() const { return m_tree; }
    Treemap* map() const { return m_map; }

Q_SIGNALS:
    /// All keys that begin with the prefix, or, where `direct`, those of them without a further
    /// level. An empty prefix that is not direct: all keys.
    void prefixChosen(const std::string& prefix, bool direct);
    void removeRequested(const std::string& prefix);
    void ttlRequested(const std::string& prefix);

private:
    void makeTree();
    void makeControls();
    void choose(const QModelIndex& index);
    void chooseTile(int item);
    void enter(const QModelIndex& index);
    void refresh();
    void fillMap();
    QModelIndex tileIndex(int item) const;
    void showMenu(const QModelIndex& index, const QPoint& global);

    NamespaceTreeModel& m_model;
    QTreeView* m_tree;
    Treemap* m_map;
    QComboBox* m_measure;
    QToolButton* m_asTree;
    QToolButton* m_asMap;
    QToolButton* m_out;
    ElidedLabel* m_place;
    QWidget* m_path;
    QLabel* m_empty;
    QStackedLayout* m_stack;
    QPersistentModelIndex m_mapRoot;
    QList<QPersistentModelIndex> m_tiles;  // rows of the map's items, in their order
};

}  // namespace cachescope::ui
