// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/namespace_tree_model.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "ui/model/namespace_tree_node.h"

namespace cachescope::ui {

namespace {

constexpr std::int64_t kSoonMs = 3'600'000;

}  // namespace

NamespaceTreeModel::NamespaceTreeModel(QObject* parent)
    : QAbstractItemModel(parent), m_root(std::make_unique<Node>()), m_task("inspect-tree") {
    connect(&m_task, &LatestTask::busyChanged, this, &NamespaceTreeModel::busyChanged);
}

NamespaceTreeModel::~NamespaceTreeModel() = default;

void NamespaceTreeModel::setKeyspace(std::shared_ptr<const Keyspace> keyspace) {
    const bool grown =
        keyspace != nullptr && m_keyspace != nullptr && keyspace->number == m_keyspace->number;
    if (!grown) {
        clear();
    }
    m_keyspace = std::move(keyspace);
    // What is being read comes to its end first: a walk may grow faster than its levels are read.
    if (m_keyspace != nullptr && m_wanted.empty()) {
        addRead(*m_root);
        want({});
        m_read = m_keyspace;
        read();
    }
}

void NamespaceTreeModel::clear() {
    m_task.cancel();
    m_wanted.clear();
    m_read = nullptr;
    m_all = {};
    beginResetModel();
    m_root = std::make_unique<Node>();
    endResetModel();
    Q_EMIT levelsChanged();
}

void NamespaceTreeModel::want(const std::string& prefix) {
    std::erase(m_wanted, prefix);
    m_wanted.insert(m_wanted.begin(), prefix);
}

void NamespaceTreeModel::addRead(const Node& node) {
    for (const auto& child : node.children) {
        if (child->read) {
            m_wanted.push_back(child->prefix);
            addRead(*child);
        }
    }
}

void NamespaceTreeModel::read() {
    m_task.ask([this, keyspace = m_read, prefixes = m_wanted](const LatestTask::Turn& turn) {
        for (const std::string& prefix : prefixes) {
            auto level = std::make_shared<inspect::NamespaceLevel>(
                levelBelow(keyspace->present, prefix, keyspace->taken + kSoonMs, kMostRows,
                           [&turn] { return turn.goOn(); }));
            if (!turn.goOn()) {
                return;
            }
            turn.tell([this, level] { take(*level); });
        }
    });
}

void NamespaceTreeModel::take(const inspect::NamespaceLevel& level) {
    std::erase(m_wanted, level.prefix);
    if (Node* node = nodeAt(level.prefix); node != nullptr) {
        if (node == m_root.get()) {
            m_all = level.all;
        }
        show(*node, level);
    }
    if (m_wanted.empty() && m_read != m_keyspace) {
        addRead(*m_root);
        want({});
        m_read = m_keyspace;
        read();
    }
    Q_EMIT levelsChanged();
}

void NamespaceTreeModel::show(Node& node, const inspect::NamespaceLevel& level) {
    std::unordered_map<std::string_view, const inspect::NamespaceTotals*> spaces;
    for (const inspect::NamespaceTotals& group : level.groups) {
        spaces.emplace(group.name, &group);
    }
    const inspect::NamespaceTotals* direct = level.here.keys > 0 ? &level.here : nullptr;
    const inspect::NamespaceTotals* others = level.others.keys > 0 ? &level.others : nullptr;
    const QModelIndex index = indexOf(node);
    const auto takeTotals = [&](const Node& child) -> const inspect::NamespaceTotals* {
        if (child.kind != Kind::space) {
            return std::exchange(child.kind == Kind::direct ? direct : others, nullptr);
        }
        const auto found = spaces.find(child.totals.name);
        const inspect::NamespaceTotals* totals = found == spaces.end() ? nullptr : found->second;
        spaces.erase(child.totals.name);
        return totals;
    };
    for (std::size_t i = node.children.size(); i-- > 0;) {
        if (const auto* totals = takeTotals(*node.children[i]); totals != nullptr) {
            node.children[i]->totals = *totals;
            continue;
        }
        const auto row = static_cast<int>(i);
        beginRemoveRows(index, row, row);
        node.children.erase(node.children.begin() + row);
        for (std::size_t later = i; later < node.children.size(); ++later) {
            node.children[later]->row = static_cast<int>(later);
        }
        endRemoveRows();
    }
    std::vector<std::unique_ptr<Node>> added;
    const auto add = [&](Kind kind, const inspect::NamespaceTotals& totals) {
        Node& child = *added.emplace_back(std::make_unique<Node>());
        child.kind = kind;
        child.totals = totals;
        child.parent = &node;
        child.prefix = kind == Kind::space ? node.prefix + totals.name + m_read->view.separator()
                                           : node.prefix;
    };
    for (const inspect::NamespaceTotals& group : level.groups) {
        if (spaces.contains(group.name)) {
            add(Kind::space, group);
        }
    }
    if (direct != nullptr) {
        add(Kind::direct, *direct);
    }
    if (others != nullptr) {
        add(Kind::others, *others);
    }
    if (!added.empty()) {
        std::stable_sort(added.begin(), added.end(), [this](const auto& one, const auto& other) {
            return comesBefore(*one, *other);
        });
        const auto first = static_cast<int>(node.children.size());
        beginInsertRows(index, first, first + static_cast<int>(added.size()) - 1);
        for (auto& child : added) {
            child->row = static_cast<int>(node.children.size());
            node.children.push_back(std::move(child));
        }
        endInsertRows();
    }
    node.read = true;
    sortRows(node);
    announceRows(node);
}

void NamespaceTreeModel::announceRows(const Node& node) {
    if (!node.children.empty()) {
        Q_EMIT dataChanged(indexOf(*node.children.front()), indexOf(*node.children.back()));
    }
}

bool NamespaceTreeModel::comesBefore(const Node& one, const Node& other) const {
    if (one.kind != other.kind) {
        return one.kind < other.kind;
    }
    const double value = valueOf(one.totals);
    const double otherValue = valueOf(other.totals);
    if (value != otherValue) {
        return value > otherValue;
    }
    return one.totals.keys != other.totals.keys ? one.totals.keys > other.totals.keys
                                                : one.totals.name < other.totals.name;
}

void NamespaceTreeModel::sortRows(Node& node) {
    const auto before = [this](const auto& one, const auto& other) {
        return comesBefore(*one, *other);
    };
    if (std::is_sorted(node.children.begin(), node.children.end(), before)) {
        return;
    }
    const QList<QPersistentModelIndex> parents{QPersistentModelIndex(indexOf(node))};
    Q_EMIT layoutAboutToBeChanged(parents, VerticalSortHint);
    const QModelIndexList from = persistentIndexList();
    std::stable_sort(node.children.begin(), node.children.end(), before);
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        node.children[i]->row = static_cast<int>(i);
    }
    QModelIndexList to;
    to.reserve(from.size());
    for (const QModelIndex& index : from) {
        to.append(indexOf(*nodeOf(index)));
    }
    changePersistentIndexList(from, to);
    Q_EMIT layoutChanged(parents, VerticalSortHint);
}

void NamespaceTreeModel::sortAll(Node& node) {
    sortRows(node);
    announceRows(node);
    for (const auto& child : node.children) {
        sortAll(*child);
    }
}

void NamespaceTreeModel::setMeasure(Measure measure) {
    if (m_measure != measure) {
        m_measure = measure;
        sortAll(*m_root);
        Q_EMIT levelsChanged();
    }
}

bool NamespaceTreeModel::hasChildren(const QModelIndex& parent) const {
    const Node* node = nodeOf(parent);
    if (node == m_root.get()) {
        return !node->children.empty();
    }
    return parent.column() == 0 && (node->hasDeeper() || !node->children.empty());
}

bool NamespaceTreeModel::canFetchMore(const QModelIndex& parent) const {
    const Node* node = nodeOf(parent);
    return node != m_root.get() && node->hasDeeper() && !node->read &&
           std::find(m_wanted.begin(), m_wanted.end(), node->prefix) == m_wanted.end();
}

void NamespaceTreeModel::fetchMore(const QModelIndex& parent) {
    if (canFetchMore(parent)) {
        // Somebody waits for this one; the others are only brought up to date.
        want(nodeOf(parent)->prefix);
        read();
    }
}

}  // namespace cachescope::ui
