// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/key_panel.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QScrollBar>
#include <QStackedLayout>
#include <QTableView>
#include <QTimer>
#include <algorithm>

#include "ui/model/formats.h"
#include "ui/model/printable_text.h"
#include "ui/pages/key_delegate.h"
#include "ui/pages/key_filter_bar.h"
#include "ui/pages/key_notes.h"
#include "ui/theme/icons.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/inline_message.h"

namespace cachescope::ui {

namespace {

// What is done sooner needs no word about it, which would only flicker.
constexpr int kSlowMs = 250;

// A larger selection is let go when rows change their places.
constexpr qint64 kMostKept = 20'000;

QString selectedCount(int keys) {
    return formatCount(keys);
}

}  // namespace

KeyPanel::KeyPanel(KeyTableModel& model, QWidget* parent)
    : Card(parent),
      m_model(model),
      m_filters(new KeyFilterBar),
      m_notes(new KeyNotes(model)),
      m_message(new InlineMessage),
      m_table(new QTableView),
      m_stack(new QStackedLayout),
      m_before(new EmptyState(IconName::database, tr("Every key, with its TTL and size"),
                              tr("Connect to a cache: a sample of its keys appears here within a "
                                 "second, all of them after a walk."))),
      m_noKeys(new EmptyState(IconName::database, tr("This database has no keys"),
                              tr("Keys appear here as soon as the cache is filled and looked at "
                                 "again."))),
      m_noMatch(new EmptyState(IconName::search, tr("No key passes these filters"),
                               tr("Names are compared byte by byte, and their case matters."),
                               tr("Clear filters"))),
      m_slow(new QTimer(this)) {
    body()->setSpacing(space::kSmall);
    m_filters->addToStatus(m_notes);
    m_message->hide();
    makeTable();
    for (QWidget* page : std::initializer_list<QWidget*>{m_table, m_before, m_noKeys, m_noMatch}) {
        m_stack->addWidget(page);
    }
    body()->addWidget(m_filters);
    body()->addWidget(m_message);
    body()->addLayout(m_stack, 1);

    m_slow->setSingleShot(true);
    m_slow->setInterval(kSlowMs);
    connect(m_slow, &QTimer::timeout, this, &KeyPanel::refresh);
    connect(m_filters, &KeyFilterBar::queryChanged, this, &KeyPanel::applyQuery);
    connect(m_filters, &KeyFilterBar::prefixRemoved, this, &KeyPanel::prefixRemoved);
    connect(m_filters, &KeyFilterBar::leftForTable, this, [this] {
        m_table->setFocus();
        if (!m_table->currentIndex().isValid() && m_model.shown() > 0) {
            chooseRow(0);
        }
    });
    connect(m_noMatch, &EmptyState::actionRequested, m_filters, &KeyFilterBar::clear);
    connect(m_notes, &KeyNotes::walkRequested, this, &KeyPanel::walkRequested);
    connect(m_notes, &KeyNotes::readAgainRequested, this, &KeyPanel::readAgainRequested);
    connect(&m_model, &KeyTableModel::aboutToArrange, this, &KeyPanel::holdPlace);
    connect(&m_model, &KeyTableModel::rowsArranged, this, &KeyPanel::findPlace);
    connect(&m_model, &KeyTableModel::rowsArranged, this, &KeyPanel::refresh);
    connect(&m_model, &KeyTableModel::modelReset, this, &KeyPanel::fitColumns);
    connect(&m_model, &KeyTableModel::busyChanged, this, [this](bool busy) {
        if (busy) {
            m_slow->start();
        } else {
            m_slow->stop();
        }
        refresh();
    });
    connect(&m_model, &KeyTableModel::failed, this, [this](const QString& why) {
        m_message->showMessage(InlineMessage::Kind::error, why);
    });
    connect(&m_model, &KeyTableModel::exported, this,
            [this](const QString& path, const QString& problem) {
                if (problem.isEmpty()) {
                    m_message->showMessage(InlineMessage::Kind::info,
                                           tr("The rows are in %1.").arg(path));
                } else {
                    m_message->showMessage(InlineMessage::Kind::error,
                                           tr("%1 could not be written: %2").arg(path, problem));
                }
            });
    refresh();
}

void KeyPanel::makeTable() {
    m_table->setModel(&m_model);
    m_table->setItemDelegate(new KeyDelegate(m_table));
    m_table->setAccessibleName(tr("Keys"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setCornerButtonEnabled(false);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->installEventFilter(this);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setSortIndicatorClearable(true);
    header->setSortIndicator(m_model.sectionOf(KeyTableModel::sizeColumn), Qt::DescendingOrder);
    m_table->setSortingEnabled(true);
    fitColumns();
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& index) {
        // With Shift or Ctrl a row is chosen, for all of them to be copied or changed.
        if (QGuiApplication::keyboardModifiers() == Qt::NoModifier) {
            openAt(index);
        }
    });
    connect(m_table, &QTableView::customContextMenuRequested, this, &KeyPanel::showMenu);
}

void KeyPanel::fitColumns() {
    m_table->verticalHeader()->setMinimumSectionSize(1);
    m_table->verticalHeader()->setDefaultSectionSize(KeyDelegate::rowHeight(m_table->font()));
    QHeaderView* header = m_table->horizontalHeader();
    const QFontMetrics metrics(m_table->font());
    header->setMinimumSectionSize(metrics.averageCharWidth() * 6);
    const int padding = 2 * space::kSmall + space::kTiny;
    const auto widthOf = [&](KeyTableModel::Column column) {
        switch (column) {
            case KeyTableModel::typeColumn:
                return metrics.horizontalAdvance(QStringLiteral("string  ")) + padding;
            case KeyTableModel::ttlColumn:
                return metrics.horizontalAdvance(QStringLiteral("00 min 00 s")) + padding;
            case KeyTableModel::sizeColumn:
                return metrics.horizontalAdvance(QStringLiteral("0,000 KiB")) + padding;
            case KeyTableModel::idleColumn:
                return metrics.horizontalAdvance(QStringLiteral("00 min 00 s")) + padding;
            default:
                return metrics.averageCharWidth() * 20;
        }
    };
    for (int section = 0; section < m_model.columnCount(); ++section) {
        const KeyTableModel::Column column = m_model.columnAt(section);
        const bool isName = column == KeyTableModel::keyColumn;
        header->setSectionResizeMode(section,
                                     isName ? QHeaderView::Stretch : QHeaderView::Interactive);
        if (!isName) {
            header->resizeSection(section, widthOf(column));
        }
    }
}

void KeyPanel::changeEvent(QEvent* event) {
    Card::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        fitColumns();
    }
}

void KeyPanel::setPrefix(const QString& escaped, const std::string& prefix, bool direct) {
    m_filters->setPrefix(escaped, prefix, direct);
}

void KeyPanel::applyQuery() {
    m_model.setQuery(m_filters->query());
    refresh();
}

// Each selected row that moves costs the view some microseconds, so half a million take seconds.
// All of them are cheap, as one range.
void KeyPanel::letGoOfMany() {
    qint64 selected = 0;
    for (const QItemSelectionRange& range : m_table->selectionModel()->selection()) {
        selected += range.height();
    }
    if (selected > kMostKept && selected < m_model.shown()) {
        m_table->clearSelection();
    }
}

void KeyPanel::holdPlace(const KeyRows& next) {
    const auto& rows = m_model.rows();
    m_firstKey = KeyRows::kNone;
    if (rows == nullptr || rows->keys.empty()) {
        return;
    }
    letGoOfMany();
    // The view would go to a neighbour of a current row that goes, wherever that ends up.
    const QModelIndex current = m_table->currentIndex();
    if (current.isValid() &&
        next.rows[rows->keys[static_cast<std::size_t>(current.row())]] == KeyRows::kNone) {
        m_table->selectionModel()->setCurrentIndex({}, QItemSelectionModel::NoUpdate);
    }
    // Whoever filters or sorts wants to see what comes first; whoever reads while keys are added
    // stays with what he reads.
    const bool grown = rows->query == next.query && rows->order == next.order;
    const int first = m_table->rowAt(0);
    if (grown && first >= 0 && m_table->verticalScrollBar()->value() > 0) {
        m_firstKey = rows->keys[static_cast<std::size_t>(first)];
        m_firstOffset = m_table->rowViewportPosition(first);
    }
}

void KeyPanel::findPlace() {
    const auto& rows = m_model.rows();
    const std::uint32_t row =
        rows != nullptr && m_firstKey < rows->rows.size() ? rows->rows[m_firstKey] : KeyRows::kNone;
    if (row != KeyRows::kNone) {
        // Before its layout the view does not know how far it can be scrolled.
        m_table->doItemsLayout();
    }
    const int height = m_table->verticalHeader()->defaultSectionSize();
    m_table->verticalScrollBar()->setValue(
        row == KeyRows::kNone ? 0 : static_cast<int>(row) * height - m_firstOffset);
}

// Whatever keys are held down: the view's own selectRow() would add to the selection with Ctrl.
void KeyPanel::chooseRow(int row) {
    m_table->selectionModel()->setCurrentIndex(
        m_model.index(row, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void KeyPanel::reveal(const KeyRef& key) {
    m_model.locate(key, [this](int row) {
        if (row >= 0) {
            chooseRow(row);
            m_table->scrollTo(m_model.index(row, 0));
        }
    });
}

QString KeyPanel::countText() const {
    if (m_model.keyspace() == nullptr) {
        return {};
    }
    const QString total = formatCount(static_cast<double>(m_model.total()));
    return m_model.query().isOpen()
               ? (m_model.total() == 1 ? tr("1 key") : tr("%1 keys").arg(total))
               : tr("%1 of %2").arg(formatCount(static_cast<double>(m_model.shown())), total);
}

void KeyPanel::showTypes() {
    std::vector<std::string> types;
    if (m_model.keyspace() != nullptr) {
        const inspect::CensusView& view = m_model.keyspace()->view;
        for (std::uint32_t type = 1; type < view.typeCount(); ++type) {
            types.emplace_back(view.typeName(type));
        }
        std::sort(types.begin(), types.end());
    }
    m_filters->setTypes(types);
}

void KeyPanel::refresh() {
    const auto& keyspace = m_model.keyspace();
    const bool slow = m_model.busy() && !m_slow->isActive();
    m_filters->setStatus(slow ? tr("sorting…") : QString(), countText());
    m_filters->setEnabled(keyspace != nullptr);
    // The latest number of another cache's keys: what was said of the former ones is over.
    const quint64 number = keyspace == nullptr ? 0 : keyspace->number;
    if (std::exchange(m_walkNumber, number) != number) {
        m_message->hide();
    }
    showTypes();
    m_notes->refresh();
    QWidget* page = m_table;
    if (keyspace == nullptr) {
        page = m_before;
    } else if (m_model.total() == 0) {
        page = m_noKeys;
    } else if (m_model.shown() == 0 && m_model.rows() != nullptr) {
        // While the next rows are looked for it stays, as the former rows do.
        page = m_noMatch;
    }
    m_stack->setCurrentWidget(page);
}

std::vector<int> KeyPanel::selectedRows() const {
    std::vector<int> rows;
    for (const QItemSelectionRange& range : m_table->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row) {
            rows.push_back(row);
        }
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

void KeyPanel::openAt(const QModelIndex& index) {
    if (index.isValid()) {
        Q_EMIT opened(m_model.keyAt(index.row()));
    }
}

bool KeyPanel::hasEnough(std::size_t rows) const {
    return rows > 0 && rows <= static_cast<std::size_t>(kMostChosen);
}

bool KeyPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_table || event->type() != QEvent::KeyPress) {
        return Card::eventFilter(watched, event);
    }
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->matches(QKeySequence::Copy)) {
        copy(KeyTableModel::Form::names);
        return true;
    }
    if (key->matches(QKeySequence::Find)) {
        m_filters->pattern()->setFocus();
        m_filters->pattern()->selectAll();
        return true;
    }
    switch (key->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            openAt(m_table->currentIndex());
            return true;
        case Qt::Key_Delete:
            if (const std::vector<int> rows = selectedRows(); hasEnough(rows.size())) {
                Q_EMIT removeRequested(m_model.keysAt(rows));
            }
            return true;
        default:
            return Card::eventFilter(watched, event);
    }
}

void KeyPanel::copy(KeyTableModel::Form form) {
    const std::vector<int> rows = selectedRows();
    if (rows.empty()) {
        return;
    }
    m_model.write(rows, form, [](const QByteArray& bytes) {
        auto* content = new QMimeData;
        // Text where it is text; the exact bytes in any case, for whoever asks for those.
        content->setText(
            bytes.isValidUtf8()
                ? QString::fromUtf8(bytes)
                : printableText({bytes.constData(), static_cast<std::size_t>(bytes.size())}));
        content->setData(QStringLiteral("application/octet-stream"), bytes);
        QGuiApplication::clipboard()->setMimeData(content);
    });
}

void KeyPanel::exportRows() {
    auto* dialog = new QFileDialog(this, tr("Export the rows that are shown"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("Comma-separated values (*.csv)"));
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(QStringLiteral("keys.csv"));
    connect(dialog, &QFileDialog::fileSelected, &m_model, &KeyTableModel::exportCsv);
    dialog->open();
}

void KeyPanel::showMenu(const QPoint& at) {
    const std::vector<int> rows = selectedRows();
    const auto count = static_cast<int>(rows.size());
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QIcon& symbol, const QString& text, bool enabled, auto act) {
        QAction* action = menu->addAction(symbol, text);
        action->setEnabled(enabled);
        connect(action, &QAction::triggered, this, act);
    };
    const bool some = count > 0;
    add(icon(IconName::open), tr("Open"), m_table->currentIndex().isValid(),
        [this] { openAt(m_table->currentIndex()); });
    menu->addSeparator();
    add(icon(IconName::copy),
        count > 1 ? tr("Copy %1 keys").arg(selectedCount(count)) : tr("Copy key"), some,
        [this] { copy(KeyTableModel::Form::names); });
    add({}, count > 1 ? tr("Copy %1 rows as CSV").arg(selectedCount(count)) : tr("Copy row as CSV"),
        some, [this] { copy(KeyTableModel::Form::csv); });
    add(icon(IconName::exportData), tr("Export all shown as CSV…"), m_model.shown() > 0,
        [this] { exportRows(); });
    menu->addSeparator();
    const auto chosen = [this] { return m_model.keysAt(selectedRows()); };
    const bool enough = hasEnough(rows.size());
    add({}, count > 1 ? tr("Set TTL of %1 keys…").arg(selectedCount(count)) : tr("Set TTL…"),
        enough, [this, chosen] { Q_EMIT ttlRequested(chosen()); });
    add(icon(IconName::trash),
        count > 1 ? tr("Delete %1 keys…").arg(selectedCount(count)) : tr("Delete…"), enough,
        [this, chosen] { Q_EMIT removeRequested(chosen()); });
    add({}, tr("Change all %1 shown…").arg(formatCount(static_cast<double>(m_model.shown()))),
        m_model.shown() > 0, [this] { Q_EMIT changeAllRequested(); });
    menu->popup(m_table->viewport()->mapToGlobal(at));
}

}  // namespace cachescope::ui
