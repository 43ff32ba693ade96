// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QByteArray>
#include <QList>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "ui/model/key_marks.h"
#include "ui/model/key_rows.h"
#include "ui/model/keyspace.h"
#include "ui/model/latest_task.h"

namespace cachescope::ui {

/// The keys of a keyspace that a query lets pass, in an order, a row each.
///
/// Selecting, sorting and writing happen on threads of their own; until an answer is there the
/// former rows stay. A keyspace with the number of the former one is the same walk, grown: rows,
/// selection and current row move with their keys. One with another number empties the table at
/// once. Names are bytes and may be long: only what is asked for is made into text. At first the
/// largest keys come first. What became of keys since is shown by their marks; which rows there are
/// and their order is as the keys were read. GUI thread.
class KeyTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { keyColumn, typeColumn, ttlColumn, sizeColumn, idleColumn, serverColumn };
    enum Role {
        bytesRole = Qt::UserRole,  ///< the name, exactly, as a QByteArray
        ttlStateRole,              ///< a TtlState
        goneRole,                  ///< whether the key is known not to be there any more
    };
    enum TtlState { unknownTtl, noExpiry, expired, runs, removed, vanished };

    explicit KeyTableModel(QObject* parent = nullptr);

    /// Null: nothing is connected; everything is cleared.
    void setKeyspace(std::shared_ptr<const Keyspace> keyspace);
    /// The latest, whose keys may not be in the rows yet; may be null.
    const std::shared_ptr<const Keyspace>& keyspace() const { return m_keyspace; }

    /// Of the present keyspace; another one has none at first.
    void setMarks(const KeyMarks& marks);
    const KeyMarks& marks() const { return m_marks; }

    void setQuery(const inspect::KeyQuery& query);
    const inspect::KeyQuery& query() const { return m_query; }
    const inspect::KeyOrder& order() const { return m_order; }
    /// Counts TTLs down: the moment on the server's clock, in milliseconds.
    void setNow(std::int64_t serverMs);
    std::int64_t now() const { return m_now; }

    qint64 shown() const { return m_count; }
    /// Keys that the keyspace has, of which those are shown that pass.
    qint64 total() const;
    /// Rows are being selected or sorted.
    bool busy() const { return m_task.busy(); }
    bool knowsIdle() const { return m_knowsIdle; }
    bool usesFrequency() const;

    Column columnAt(int section) const;
    /// -1 where the column is absent.
    int sectionOf(Column column) const;

    KeyRef keyAt(int row) const;
    QList<KeyRef> keysAt(const std::vector<int>& rows) const;
    /// The row of a key that keyAt() has told, -1 where it is not shown. For others, see locate().
    int rowOf(const KeyRef& key) const;
    /// Looks for a key by its name, and calls back with its row, or -1. A later call takes the
    /// place of this one.
    void locate(const KeyRef& key, std::function<void(int row)> found);
    /// Numbers of the keys that are shown, and the view that they are of, for work on all of them.
    std::shared_ptr<const KeyRows> rows() const { return m_rows; }

    enum class Form { names, csv };
    /// Writes rows of the table, and hands out the bytes; a later call takes the place of this one.
    void write(const std::vector<int>& rows, Form form, std::function<void(QByteArray)> done);
    /// Writes all that is shown as CSV into a file, which is whole or not there; then `exported`.
    void exportCsv(const QString& path);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// A negative section: in the order in which keys were found.
    void sort(int section, Qt::SortOrder order) override;

Q_SIGNALS:
    void busyChanged(bool busy);
    void marksChanged();
    /// rows() is about to become `next`: who holds a place in the rows can still look it up.
    void aboutToArrange(const KeyRows& next);
    /// New rows, or the same in another order, or a larger keyspace: shown() and total() are new.
    void rowsArranged();
    /// The rows could not be made; a sentence.
    void failed(const QString& why);
    /// An empty `problem`: all rows are in the file.
    void exported(const QString& path, const QString& problem);

private:
    void clear();
    void arrange();
    void apply(const KeyRowsChange& change);
    void reorder(KeyRowsChange::Numbers shown, const std::vector<std::uint32_t>& rowByKey);
    void setColumns();
    std::uint32_t keyOf(int row) const { return (*m_shown)[static_cast<std::size_t>(row)]; }
    KeyRef refOf(std::uint32_t key) const;
    QString cellText(std::uint32_t key, Column column, const KeyMark& mark) const;
    QString ttlText(std::int64_t expiry, const KeyMark& mark) const;
    QString rowText(std::uint32_t key, const KeyMark& mark) const;
    TtlState ttlState(std::uint32_t key, const KeyMark& mark) const;
    static QString happened(const KeyMark& mark);
    static QString title(Column column, bool usesFrequency);

    std::shared_ptr<const Keyspace> m_keyspace;
    std::shared_ptr<const KeyRows> m_rows;  // the latest that were arranged, or null
    KeyRowsChange::Numbers m_shown;         // keys by row; while rows change, on the way to m_rows
    int m_count = 0;                        // of those in m_shown that are rows
    KeyMarks m_marks;
    inspect::KeyQuery m_query;
    inspect::KeyOrder m_order{inspect::KeyColumn::size, true};
    std::int64_t m_now = 0;
    std::int64_t m_arrangedAt = 0;
    bool m_arranging = false;
    bool m_knowsIdle = false;
    bool m_hasServers = false;
    mutable std::unordered_map<std::string, std::uint32_t> m_told;  // keys that keyAt() told
    LatestTask m_task;
    LatestTask m_lookUp;
    LatestTask m_writing;
};

}  // namespace cachescope::ui
