// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/inspect/namespace_tree.h"
#include "ui/model/keyspace.h"
#include "ui/model/latest_task.h"

namespace cachescope::ui {

/// The namespaces of a keyspace as a tree, the largest first by the chosen measure.
///
/// A level is read on a thread of its own when it is asked for, and its rows arrive later. A
/// keyspace with the number of the former one is the same walk, grown: the levels that were read
/// are read again and change in place, so that what is open and selected stays. Where keys were
/// sampled, figures are estimates of all and say so. Besides namespaces a level has a row for keys
/// that stand right in it, and one for namespaces that were too many to be listed. GUI thread.
class NamespaceTreeModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum class Measure { memory, keys, dueSoon };
    Q_ENUM(Measure)
    enum class Kind { space, direct, others };
    enum Role {
        valueRole = Qt::UserRole,  ///< by the measure, of all keys, as a double
        figureRole,                ///< the same as text
        shareRole,                 ///< of the largest at the first level, 0 to 1: how long a bar is
        partRole,                  ///< of all keys of the keyspace, 0 to 1
        kindRole,                  ///< a Kind, as an int
    };
    /// Namespaces of one level that have a row of their own.
    static constexpr std::size_t kMostRows = 500;

    explicit NamespaceTreeModel(QObject* parent = nullptr);
    ~NamespaceTreeModel() override;

    /// Null: nothing is connected; everything is cleared.
    void setKeyspace(std::shared_ptr<const Keyspace> keyspace);
    const std::shared_ptr<const Keyspace>& keyspace() const { return m_keyspace; }
    void setMeasure(Measure measure);
    Measure measure() const { return m_measure; }
    static QString measureName(Measure measure);

    /// What all keys below the row begin with; "app:user:". Empty for the root and for others.
    std::string prefixOf(const QModelIndex& index) const;
    Kind kindOf(const QModelIndex& index) const;
    /// The row of a namespace that has been read, or an invalid index.
    QModelIndex indexOf(const std::string& prefix) const;
    /// Whether the rows below are there, rather than to come.
    bool isRead(const QModelIndex& index) const;
    bool busy() const { return m_task.busy(); }

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    bool hasChildren(const QModelIndex& parent = {}) const override;
    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;
    QVariant data(const QModelIndex& index, int role) const override;

Q_SIGNALS:
    void busyChanged(bool busy);
    /// A level has been read, or all values mean something else.
    void levelsChanged();

private:
    struct Node;

    void clear();
    void want(const std::string& prefix);
    void read();
    void take(const inspect::NamespaceLevel& level);
    void show(Node& node, const inspect::NamespaceLevel& level);
    void sortRows(Node& node);
    void sortAll(Node& node);
    void addRead(const Node& node);
    void announceRows(const Node& node);
    Node* nodeOf(const QModelIndex& index) const;
    Node* nodeAt(const std::string& prefix) const;
    QModelIndex indexOf(const Node& node) const;
    double valueOf(const inspect::NamespaceTotals& totals) const;
    bool comesBefore(const Node& one, const Node& other) const;
    QString figure(double value) const;
    QString nameOf(const Node& node) const;
    QString describe(const Node& node) const;

    std::shared_ptr<const Keyspace> m_keyspace;
    std::shared_ptr<const Keyspace> m_read;  // that levels are read of, or null
    std::unique_ptr<Node> m_root;
    inspect::NamespaceTotals m_all;
    std::vector<std::string> m_wanted;  // prefixes of levels that are to be read, in this order
    Measure m_measure = Measure::memory;
    LatestTask m_task;
};

}  // namespace cachescope::ui
