// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/key_table_model.h"

#include <QBuffer>
#include <QSaveFile>
#include <utility>

#include "ui/model/error_text.h"
#include "ui/model/key_export.h"
#include "ui/model/key_facts_text.h"

namespace cachescope::ui {

namespace {

constexpr std::size_t kMostTold = 4096;
// So often a filter by what is left of the TTL is looked at again.
constexpr std::int64_t kFilterAgeMs = 10'000;

inspect::KeyColumn orderOf(KeyTableModel::Column column) {
    switch (column) {
        case KeyTableModel::keyColumn:
            return inspect::KeyColumn::name;
        case KeyTableModel::typeColumn:
            return inspect::KeyColumn::type;
        case KeyTableModel::ttlColumn:
            return inspect::KeyColumn::ttl;
        case KeyTableModel::sizeColumn:
            return inspect::KeyColumn::size;
        case KeyTableModel::idleColumn:
            return inspect::KeyColumn::idle;
        case KeyTableModel::serverColumn:
            return inspect::KeyColumn::server;
    }
    return inspect::KeyColumn::found;
}

}  // namespace

KeyTableModel::KeyTableModel(QObject* parent)
    : QAbstractTableModel(parent),
      m_shown(std::make_shared<std::vector<std::uint32_t>>()),
      m_task("key-rows"),
      m_lookUp("key-look-up"),
      m_writing("key-export") {
    connect(&m_task, &LatestTask::busyChanged, this, &KeyTableModel::busyChanged);
}

void KeyTableModel::setKeyspace(std::shared_ptr<const Keyspace> keyspace) {
    const bool grown = keyspace != nullptr && m_keyspace != nullptr &&
                       keyspace->number == m_keyspace->number &&
                       keyspace->view.size() >= m_keyspace->view.size();
    if (!grown) {
        m_keyspace = nullptr;
        clear();
    }
    m_keyspace = std::move(keyspace);
    if (m_keyspace == nullptr) {
        return;
    }
    if (!grown) {
        m_now = m_keyspace->taken;
    }
    setColumns();
    // A walk that grows faster than its keys can be sorted must not end every try: what is under
    // way comes to its end, and then the latest is taken up.
    if (!grown || !m_arranging) {
        arrange();
    }
}

void KeyTableModel::clear() {
    m_task.cancel();
    m_lookUp.cancel();
    m_writing.cancel();
    m_arranging = false;
    m_told.clear();
    setMarks({});
    beginResetModel();
    m_rows = nullptr;
    m_shown = std::make_shared<std::vector<std::uint32_t>>();
    m_count = 0;
    endResetModel();
    Q_EMIT rowsArranged();
}

void KeyTableModel::setColumns() {
    const bool knowsIdle = m_keyspace->knowsIdle;
    const bool hasServers = m_keyspace->link != nullptr && m_keyspace->link->size() > 1;
    if (knowsIdle != m_knowsIdle || hasServers != m_hasServers) {
        beginResetModel();
        m_knowsIdle = knowsIdle;
        m_hasServers = hasServers;
        endResetModel();
    }
}

void KeyTableModel::setQuery(const inspect::KeyQuery& query) {
    if (query != m_query) {
        m_query = query;
        arrange();
    }
}

void KeyTableModel::sort(int section, Qt::SortOrder order) {
    inspect::KeyOrder wanted{inspect::KeyColumn::found, false};
    if (section >= 0 && section < columnCount()) {
        wanted = {orderOf(columnAt(section)), order == Qt::DescendingOrder};
    }
    if (wanted != m_order) {
        m_order = wanted;
        arrange();
    }
}

void KeyTableModel::setNow(std::int64_t serverMs) {
    m_now = serverMs;
    if (m_count > 0) {
        Q_EMIT dataChanged(index(0, ttlColumn), index(m_count - 1, ttlColumn));
    }
    if (m_query.dependsOnTime() && !m_arranging && m_now - m_arrangedAt >= kFilterAgeMs) {
        arrange();
    }
}

void KeyTableModel::setMarks(const KeyMarks& marks) {
    if (m_marks.isEmpty() && marks.isEmpty()) {
        return;
    }
    m_marks = marks;
    if (m_count > 0) {
        Q_EMIT dataChanged(index(0, 0), index(m_count - 1, columnCount() - 1));
    }
    Q_EMIT marksChanged();
}

void KeyTableModel::arrange() {
    if (m_keyspace == nullptr) {
        return;
    }
    m_arranging = true;
    m_arrangedAt = m_now;
    m_task.ask([this, before = m_rows, keyspace = m_keyspace, query = m_query, order = m_order,
                now = m_now](const LatestTask::Turn& turn) {
        auto change =
            arrangeKeys(before, keyspace, query, order, now, [&turn] { return turn.goOn(); });
        if (change.ok()) {
            turn.tell([this, done = std::make_shared<KeyRowsChange>(std::move(*change))] {
                apply(*done);
            });
        } else if (change.error().code() != ErrorCode::cancelled) {
            turn.tell([this, error = change.error()] {
                m_arranging = false;
                Q_EMIT failed(ErrorText(error).oneLine());
            });
        }
    });
}

void KeyTableModel::apply(const KeyRowsChange& change) {
    m_arranging = false;
    Q_EMIT aboutToArrange(*change.next);
    const bool wasEmpty = m_count == 0;
    if (change.leaving != nullptr) {
        const auto kept = static_cast<int>(change.kept);
        reorder(change.leaving, change.leavingRows);
        beginRemoveRows({}, kept, m_count - 1);
        m_count = kept;
        endRemoveRows();
    }
    m_rows = change.next;
    const KeyRowsChange::Numbers final(m_rows, &m_rows->keys);
    if (change.coming != nullptr) {
        const auto all = static_cast<int>(change.coming->size());
        // Where nobody has seen a row yet there is no place to keep.
        beginInsertRows({}, m_count, all - 1);
        m_shown = wasEmpty ? final : change.coming;
        m_count = all;
        endInsertRows();
    }
    if (!change.settled && !wasEmpty) {
        reorder(final, m_rows->rows);
    }
    m_shown = final;
    Q_EMIT rowsArranged();
    if (m_keyspace != m_rows->keyspace) {
        arrange();
    }
}

void KeyTableModel::reorder(KeyRowsChange::Numbers shown,
                            const std::vector<std::uint32_t>& rowByKey) {
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList from = persistentIndexList();
    QModelIndexList to;
    to.reserve(from.size());
    for (const QModelIndex& index : from) {
        to.append(this->index(static_cast<int>(rowByKey[keyOf(index.row())]), index.column()));
    }
    m_shown = std::move(shown);
    changePersistentIndexList(from, to);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

qint64 KeyTableModel::total() const {
    return m_keyspace == nullptr ? 0 : static_cast<qint64>(m_keyspace->view.size());
}

bool KeyTableModel::usesFrequency() const {
    return m_keyspace != nullptr && m_keyspace->usesFrequency;
}

KeyTableModel::Column KeyTableModel::columnAt(int section) const {
    return section == idleColumn && !m_knowsIdle ? serverColumn : static_cast<Column>(section);
}

int KeyTableModel::sectionOf(Column column) const {
    if (column == serverColumn) {
        return m_hasServers ? idleColumn + (m_knowsIdle ? 1 : 0) : -1;
    }
    return column == idleColumn && !m_knowsIdle ? -1 : column;
}

KeyRef KeyTableModel::refOf(std::uint32_t key) const {
    KeyRef ref;
    ref.name = m_keyspace->view.name(key);
    const KeyMark mark = m_marks.of(key);
    ref.facts = markedFacts(m_keyspace->view, key, mark);
    ref.number = key;
    // The name of the type belongs to the view, which may be gone before this is.
    ref.facts.type = {};
    ref.server = ref.facts.server;
    return ref;
}

KeyRef KeyTableModel::keyAt(int row) const {
    if (row < 0 || row >= m_count) {
        return {};
    }
    const std::uint32_t key = keyOf(row);
    KeyRef ref = refOf(key);
    if (m_told.size() >= kMostTold) {
        m_told.clear();
    }
    m_told.insert_or_assign(ref.name, key);
    return ref;
}

QList<KeyRef> KeyTableModel::keysAt(const std::vector<int>& rows) const {
    QList<KeyRef> keys;
    keys.reserve(static_cast<qsizetype>(rows.size()));
    for (const int row : rows) {
        keys.append(refOf(keyOf(row)));
    }
    return keys;
}

int KeyTableModel::rowOf(const KeyRef& key) const {
    const auto found = m_told.find(key.name);
    if (found == m_told.end() || m_rows == nullptr || found->second >= m_rows->rows.size()) {
        return -1;
    }
    const std::uint32_t row = m_rows->rows[found->second];
    return row == KeyRows::kNone ? -1 : static_cast<int>(row);
}

void KeyTableModel::locate(const KeyRef& key, std::function<void(int row)> found) {
    if (m_told.contains(key.name) || m_keyspace == nullptr) {
        m_lookUp.cancel();
        found(rowOf(key));
        return;
    }
    m_lookUp.ask(
        [this, key, keyspace = m_keyspace, found = std::move(found)](const LatestTask::Turn& turn) {
            const inspect::CensusView& view = keyspace->view;
            std::uint32_t number = 0;
            while (number < view.size() && view.name(number) != key.name) {
                if (++number % 8192 == 0 && !turn.goOn()) {
                    return;
                }
            }
            turn.tell([this, key, number, found, isIn = number < view.size()] {
                if (isIn) {
                    m_told.insert_or_assign(key.name, number);
                }
                found(rowOf(key));
            });
        });
}

void KeyTableModel::write(const std::vector<int>& rows, Form form,
                          std::function<void(QByteArray)> done) {
    if (m_keyspace == nullptr) {
        return;
    }
    std::vector<std::uint32_t> keys;
    keys.reserve(rows.size());
    for (const int row : rows) {
        keys.push_back(keyOf(row));
    }
    m_writing.ask([keys = std::move(keys), keyspace = m_keyspace, marks = m_marks, form,
                   now = m_now, done = std::move(done)](const LatestTask::Turn& turn) {
        const auto goOn = [&turn] { return turn.goOn(); };
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        if (form == Form::names) {
            buffer.write(joinedNames(*keyspace, keys, goOn));
        } else if (!writeKeyCsv(buffer, *keyspace, keys, marks, now, goOn).ok()) {
            return;
        }
        turn.tell([done, bytes = buffer.data()] { done(bytes); });
    });
}

void KeyTableModel::exportCsv(const QString& path) {
    if (m_rows == nullptr) {
        return;
    }
    m_writing.ask(
        [this, path, rows = m_rows, marks = m_marks, now = m_now](const LatestTask::Turn& turn) {
            QSaveFile file(path);
            QString problem;
            if (file.open(QIODevice::WriteOnly)) {
                const auto written = writeKeyCsv(file, *rows->keyspace, rows->keys, marks, now,
                                                 [&turn] { return turn.goOn(); });
                if (!written.ok() && written.error().code() == ErrorCode::cancelled) {
                    return;
                }
                problem = written.ok() && file.commit() ? QString() : file.errorString();
            } else {
                problem = file.errorString();
            }
            turn.tell([this, path, problem] { Q_EMIT exported(path, problem); });
        });
}

}  // namespace cachescope::ui
