// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/element_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QHelpEvent>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/model/open_key.h"
#include "ui/model/value_table_model.h"
#include "ui/model/value_text.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

// Of the width, at most. Scores and ids have few letters, of which the last ones tell them apart.
constexpr double kNameShare = 0.4;
constexpr double kNumberShare = 0.65;

// Values step back behind the names of their fields. What is cut is whole in its tooltip.
class ElementDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override {
        if (event->type() != QEvent::ToolTip) {
            return QStyledItemDelegate::helpEvent(event, view, option, index);
        }
        const bool isCut = index.isValid() && sizeHint(option, index).width() > option.rect.width();
        const QString text = index.data().toString().toHtmlEscaped();
        QToolTip::showText(event->globalPos(),
                           isCut ? QStringLiteral("<span>%1</span>").arg(text) : QString(), view);
        return true;
    }

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        const auto* model = qobject_cast<const ValueTableModel*>(index.model());
        if (index.column() != ValueTableModel::nameColumn && model != nullptr &&
            model->hasFields()) {
            const QColor colour = option->palette.color(QPalette::PlaceholderText);
            option->palette.setColor(QPalette::Text, colour);
            option->palette.setColor(QPalette::HighlightedText, colour);
        }
    }
};

}  // namespace

ElementView::ElementView(OpenKey& key, QWidget* parent)
    : QWidget(parent),
      m_key(key),
      m_model(new ValueTableModel(key, this)),
      m_table(new QTableView),
      m_extent(new ElidedLabel),
      m_more(new QPushButton(tr("Load more"))),
      m_previous(new QPushButton(tr("Previous"))),
      m_next(new QPushButton(tr("Next"))) {
    m_table->setModel(m_model);
    m_table->setItemDelegate(new ElementDelegate(m_table));
    m_table->setAccessibleName(tr("Elements of the value"));
    m_table->setFont(monoFont(font()));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setMinimumSectionSize(1);
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() +
                                                     space::kSmall);
    QHeaderView* header = m_table->horizontalHeader();
    header->setFont(font());
    header->setSectionsClickable(false);
    header->setMinimumSectionSize(fontMetrics().averageCharWidth() * 4);
    header->setSectionResizeMode(QHeaderView::Fixed);
    header->setSectionResizeMode(ValueTableModel::valueColumn, QHeaderView::Stretch);
    header->setSectionResizeMode(ValueTableModel::ttlColumn, QHeaderView::ResizeToContents);
    m_extent->setForegroundRole(QPalette::PlaceholderText);
    m_extent->setFont(sized(font(), TypeSize::small));
    for (QPushButton* button : {m_more, m_previous, m_next}) {
        setButtonKind(button, ButtonKind::link);
    }
    m_previous->setAccessibleDescription(tr("The part of the string before this one"));
    m_next->setAccessibleDescription(tr("The part of the string behind this one"));
    auto* foot = new QHBoxLayout;
    foot->setSpacing(space::kTiny);
    foot->addWidget(m_extent, 1);
    for (QPushButton* button : {m_previous, m_next, m_more}) {
        foot->addWidget(button);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::kTiny);
    layout->addWidget(m_table, 1);
    layout->addLayout(foot);

    connect(m_more, &QPushButton::clicked, &m_key, &OpenKey::loadMore);
    connect(m_previous, &QPushButton::clicked, this, [this] { showWindow(-1); });
    connect(m_next, &QPushButton::clicked, this, [this] { showWindow(1); });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& row) {
                // While rows come and go the current one is none of a person's choosing.
                if (row.isValid() && !m_model->isChanging()) {
                    m_key.select(row.row());
                }
            });
    connect(&m_key, &OpenKey::valueChanged, this, &ElementView::refresh);
    connect(&m_key, &OpenKey::decodedChanged, this, &ElementView::showSelection);
    connect(&m_key, &OpenKey::busyChanged, this, &ElementView::refresh);
    connect(m_model, &ValueTableModel::columnsChanged, this, &ElementView::fitColumns);
    connect(m_model, &QAbstractItemModel::rowsInserted, this, &ElementView::fitColumns);
    connect(m_model, &QAbstractItemModel::modelReset, this, &ElementView::fitColumns);
    fitColumns();
    refresh();
}

void ElementView::tick() {
    m_model->tick();
}

bool ElementView::hasContent() const {
    const OpenedValue& value = m_key.value();
    return !value.rows.empty() || !ValueTexts::extent(value).isEmpty();
}

void ElementView::showWindow(int direction) {
    const std::uint64_t size = m_key.windowBytes();
    const std::uint64_t from = m_key.value().from;
    m_key.showBytesFrom(direction > 0 ? from + size : from - std::min(from, size));
}

void ElementView::refresh() {
    const OpenedValue& value = m_key.value();
    const bool isString = value.isString();
    const QString extent = ValueTexts::extent(value);
    m_extent->setText(m_key.isFull() ? tr("%1; no more is held here").arg(extent) : extent);
    m_extent->setVisible(!extent.isEmpty());
    m_table->setVisible(!isString);
    m_more->setVisible(!isString && m_key.canLoadMore());
    m_more->setEnabled(!m_key.busy());
    const bool isInParts = isString && !extent.isEmpty();
    m_previous->setVisible(isInParts);
    m_next->setVisible(isInParts);
    m_previous->setEnabled(value.from > 0);
    m_next->setEnabled(value.next.has_value());
    fitHeight();
    showSelection();
}

void ElementView::setFitsRows(bool fits) {
    m_fitsRows = fits;
    fitHeight();
}

void ElementView::fitHeight() {
    const int row = m_table->verticalHeader()->defaultSectionSize();
    const int header = m_table->horizontalHeader()->sizeHint().height();
    const int rows = m_model->rowCount();
    m_table->setMinimumHeight(header + row * std::clamp(rows, 1, 3) + 2);
    m_table->setMaximumHeight(m_fitsRows ? header + row * std::max(rows, 1) + 2 : QWIDGETSIZE_MAX);
    const bool isLine = m_fitsRows && m_key.value().isString();
    setSizePolicy(QSizePolicy::Preferred, isLine ? QSizePolicy::Maximum : QSizePolicy::Preferred);
    const int foot = m_extent->isHidden()
                         ? 0
                         : std::max(m_more->sizeHint().height(), m_extent->sizeHint().height()) +
                               layout()->spacing();
    setMaximumHeight(m_fitsRows && !isLine ? m_table->maximumHeight() + foot : QWIDGETSIZE_MAX);
}

void ElementView::showSelection() {
    const QModelIndex chosen = m_model->index(m_key.selected(), ValueTableModel::nameColumn);
    if (chosen.isValid() && chosen.row() != m_table->currentIndex().row()) {
        m_table->selectionModel()->setCurrentIndex(
            chosen, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    }
}

void ElementView::fitColumns() {
    m_table->setColumnHidden(ValueTableModel::nameColumn, !m_model->hasNames());
    m_table->setColumnHidden(ValueTableModel::ttlColumn, !m_model->hasTtls());
    if (m_model->hasNames()) {
        const QAbstractItemView* view = m_table;
        const int wanted = view->sizeHintForColumn(ValueTableModel::nameColumn);
        const int header =
            m_table->horizontalHeader()->sectionSizeHint(ValueTableModel::nameColumn);
        const double share = m_model->hasNumbers() ? kNumberShare : kNameShare;
        const int most = static_cast<int>(m_table->viewport()->width() * share);
        m_table->setColumnWidth(ValueTableModel::nameColumn,
                                std::max(header, std::min(wanted + space::kSmall, most)));
    }
}

void ElementView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitColumns();
}

}  // namespace cachescope::ui
