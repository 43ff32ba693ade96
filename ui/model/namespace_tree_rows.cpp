// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "ui/model/formats.h"
#include "ui/model/key_facts_text.h"
#include "ui/model/namespace_tree_model.h"
#include "ui/model/namespace_tree_node.h"

namespace cachescope::ui {

NamespaceTreeModel::Node* NamespaceTreeModel::nodeOf(const QModelIndex& index) const {
    return index.isValid() ? static_cast<Node*>(index.internalPointer()) : m_root.get();
}

QModelIndex NamespaceTreeModel::indexOf(const Node& node) const {
    return &node == m_root.get() ? QModelIndex() : createIndex(node.row, 0, &node);
}

NamespaceTreeModel::Node* NamespaceTreeModel::nodeAt(const std::string& prefix) const {
    Node* node = m_root.get();
    while (node->prefix.size() < prefix.size()) {
        const auto child =
            std::find_if(node->children.begin(), node->children.end(), [&](const auto& one) {
                return one->kind == Kind::space && prefix.starts_with(one->prefix);
            });
        if (child == node->children.end()) {
            return nullptr;
        }
        node = child->get();
    }
    return node->prefix == prefix ? node : nullptr;
}

QModelIndex NamespaceTreeModel::indexOf(const std::string& prefix) const {
    const Node* node = nodeAt(prefix);
    return node == nullptr ? QModelIndex() : indexOf(*node);
}

std::string NamespaceTreeModel::prefixOf(const QModelIndex& index) const {
    const Node* node = nodeOf(index);
    return node->kind == Kind::others ? std::string() : node->prefix;
}

NamespaceTreeModel::Kind NamespaceTreeModel::kindOf(const QModelIndex& index) const {
    return nodeOf(index)->kind;
}

bool NamespaceTreeModel::isRead(const QModelIndex& index) const {
    return nodeOf(index)->read;
}

QModelIndex NamespaceTreeModel::index(int row, int column, const QModelIndex& parent) const {
    const Node* node = nodeOf(parent);
    if (row < 0 || row >= static_cast<int>(node->children.size()) || column != 0) {
        return {};
    }
    return createIndex(row, 0, node->children[static_cast<std::size_t>(row)].get());
}

QModelIndex NamespaceTreeModel::parent(const QModelIndex& child) const {
    const Node* parent = child.isValid() ? nodeOf(child)->parent : nullptr;
    return parent == nullptr ? QModelIndex() : indexOf(*parent);
}

int NamespaceTreeModel::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0 ? 0 : static_cast<int>(nodeOf(parent)->children.size());
}

int NamespaceTreeModel::columnCount(const QModelIndex&) const {
    return 1;
}

double NamespaceTreeModel::valueOf(const inspect::NamespaceTotals& totals) const {
    if (m_read == nullptr) {
        return 0;
    }
    const inspect::KeyFigures& figures = m_read->figures;
    double keys = 1;
    double bytes = 1;
    if (!figures.exact && figures.sampled > 0 && figures.databaseKeys > 0) {
        keys = static_cast<double>(figures.databaseKeys) / static_cast<double>(figures.sampled);
        bytes = figures.bytes > 0 ? figures.allBytes / static_cast<double>(figures.bytes) : keys;
    }
    switch (m_measure) {
        case Measure::memory:
            return static_cast<double>(totals.bytes) * bytes;
        case Measure::keys:
            return static_cast<double>(totals.keys) * keys;
        case Measure::dueSoon:
            return static_cast<double>(totals.dueSoon) * keys;
    }
    return 0;
}

QString NamespaceTreeModel::measureName(Measure measure) {
    switch (measure) {
        case Measure::memory:
            return tr("by memory");
        case Measure::keys:
            return tr("by keys");
        case Measure::dueSoon:
            return tr("due within an hour");
    }
    return {};
}

QString NamespaceTreeModel::figure(double value) const {
    const inspect::KeyFigures& figures = m_read->figures;
    if ((m_measure == Measure::memory && !figures.knowsSize) ||
        (m_measure == Measure::dueSoon && !figures.knowsTtl)) {
        return QStringLiteral("—");
    }
    const bool estimated = !figures.exact;
    const QString text = m_measure == Measure::memory ? formatBytes(value)
                         : estimated                  ? formatCompact(value)
                                                      : formatCount(value);
    return estimated ? QStringLiteral("≈\u00a0") + text : text;
}

QString NamespaceTreeModel::nameOf(const Node& node) const {
    switch (node.kind) {
        case Kind::space:
            return KeyFactsText::name(
                std::string_view(node.prefix).substr(node.parent->prefix.size()));
        case Kind::direct:
            return node.parent == m_root.get() ? tr("(no namespace)") : tr("(keys right here)");
        case Kind::others:
            return tr("(all other namespaces)");
    }
    return {};
}

QString NamespaceTreeModel::describe(const Node& node) const {
    const double all = valueOf(m_all);
    const QString part =
        all > 0 ? tr("%1 of all").arg(formatPercent(valueOf(node.totals) / all)) : QString();
    QStringList parts{nameOf(node),
                      measureName(m_measure) + QLatin1Char(' ') + figure(valueOf(node.totals))};
    if (!part.isEmpty()) {
        parts.append(part);
    }
    return parts.join(QStringLiteral(", "));
}

QVariant NamespaceTreeModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || m_read == nullptr) {
        return {};
    }
    const Node& node = *nodeOf(index);
    const double value = valueOf(node.totals);
    switch (role) {
        case Qt::DisplayRole:
            return nameOf(node);
        case Qt::AccessibleTextRole:
            return describe(node);
        case Qt::ToolTipRole: {
            const QString name = node.kind == Kind::space ? KeyFactsText::toolTip(node.prefix)
                                                          : nameOf(node).toHtmlEscaped();
            const double all = valueOf(m_all);
            return QStringLiteral("<span>%1<br>%2%3</span>")
                .arg(name, figure(value),
                     all > 0
                         ? QStringLiteral(", ") + tr("%1 of all").arg(formatPercent(value / all))
                         : QString());
        }
        case valueRole:
            return value;
        case figureRole:
            return figure(value);
        case shareRole: {
            double largest = 0;
            for (const auto& child : m_root->children) {
                largest = std::max(largest, valueOf(child->totals));
            }
            return largest > 0 ? value / largest : 0.0;
        }
        case partRole: {
            const double all = valueOf(m_all);
            return all > 0 ? value / all : 0.0;
        }
        case kindRole:
            return static_cast<int>(node.kind);
        default:
            return {};
    }
}

}  // namespace cachescope::ui
