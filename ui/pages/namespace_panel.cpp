// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/namespace_panel.h"

#include <QAbstractItemView>
#include <QButtonGroup>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QStackedLayout>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/model/formats.h"
#include "ui/model/key_facts_text.h"
#include "ui/pages/namespace_row_delegate.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/treemap.h"

namespace cachescope::ui {

namespace {

// More tiles could not be told apart; what is left of the level becomes one.
constexpr int kMostTiles = 120;

}  // namespace

NamespacePanel::NamespacePanel(NamespaceTreeModel& model, QWidget* parent)
    : Card(parent),
      m_model(model),
      m_tree(new QTreeView),
      m_map(new Treemap),
      m_measure(new QComboBox),
      m_asTree(new QToolButton),
      m_asMap(new QToolButton),
      m_out(new QToolButton),
      m_place(new ElidedLabel({}, Qt::ElideMiddle)),
      m_path(new QWidget),
      m_empty(makeLabel(tr("Which parts of the keys take the memory, once there are keys."),
                        TypeSize::body, TextTone::secondary, QFont::Normal, true)),
      m_stack(new QStackedLayout) {
    setTitle(tr("Namespaces"));
    body()->setSpacing(space::kSmall);
    makeControls();
    makeTree();
    m_map->setAccessibleName(tr("Namespaces as areas"));
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);

    auto* path = new QHBoxLayout(m_path);
    path->setContentsMargins(0, 0, 0, 0);
    path->setSpacing(space::kTiny);
    path->addWidget(m_out);
    path->addWidget(m_place, 1);
    auto* mapPage = new QWidget;
    auto* mapLayout = new QVBoxLayout(mapPage);
    mapLayout->setContentsMargins(0, 0, 0, 0);
    mapLayout->setSpacing(space::kTiny);
    mapLayout->addWidget(m_path);
    mapLayout->addWidget(m_map, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_tree);
    m_stack->addWidget(mapPage);
    body()->addLayout(m_stack, 1);

    connect(m_map, &Treemap::itemChosen, this, &NamespacePanel::chooseTile);
    connect(m_map, &Treemap::itemEntered, this, [this](int item) { enter(tileIndex(item)); });
    connect(m_map, &Treemap::menuRequested, this,
            [this](int item, const QPoint& global) { showMenu(tileIndex(item), global); });
    connect(m_out, &QToolButton::clicked, this,
            [this] { enter(m_model.parent(QModelIndex(m_mapRoot))); });
    connect(&m_model, &NamespaceTreeModel::levelsChanged, this, &NamespacePanel::refresh);
    refresh();
}

void NamespacePanel::makeControls() {
    using Measure = NamespaceTreeModel::Measure;
    for (const Measure measure : {Measure::memory, Measure::keys, Measure::dueSoon}) {
        m_measure->addItem(NamespaceTreeModel::measureName(measure), QVariant::fromValue(measure));
    }
    m_measure->setAccessibleName(tr("What namespaces are measured by"));
    m_measure->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_measure->setMinimumContentsLength(8);
    m_measure->view()->setMinimumWidth(m_measure->view()->sizeHintForColumn(0) + space::kHuge);
    m_asTree->setText(tr("Tree"));
    m_asMap->setText(tr("Map"));
    m_asTree->setToolTip(tr("Level by level, with bars"));
    m_asMap->setToolTip(tr("As areas"));
    auto* views = new QButtonGroup(this);
    for (QToolButton* button : {m_asTree, m_asMap}) {
        button->setCheckable(true);
        views->addButton(button);
    }
    m_asTree->setChecked(true);
    m_out->setText(QStringLiteral("←"));
    m_out->setToolTip(tr("One level up"));
    m_out->setAccessibleName(tr("One level up"));
    m_place->setFont(monoFont(font()));
    auto* controls = new QHBoxLayout;
    controls->setSpacing(space::kTiny);
    controls->addWidget(m_measure, 1);
    controls->addWidget(m_asTree);
    controls->addWidget(m_asMap);
    body()->addLayout(controls);
    connect(m_measure, &QComboBox::currentIndexChanged, this,
            [this] { m_model.setMeasure(m_measure->currentData().value<Measure>()); });
    connect(m_asMap, &QToolButton::toggled, this, &NamespacePanel::refresh);
}

void NamespacePanel::makeTree() {
    // Before the view hears of it, which would choose the one beside: the next command would be
    // aimed at that.
    connect(&m_model, &QAbstractItemModel::rowsAboutToBeRemoved, this,
            [this](const QModelIndex& parent, int first, int last) {
                const QModelIndex current = m_tree->currentIndex();
                if (current.parent() == parent && current.row() >= first && current.row() <= last) {
                    m_tree->setCurrentIndex({});
                    m_tree->clearSelection();
                }
            });
    m_tree->setModel(&m_model);
    m_tree->setItemDelegate(new NamespaceRowDelegate(m_tree));
    m_tree->setAccessibleName(tr("Namespaces"));
    m_tree->setHeaderHidden(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setUniformRowHeights(true);
    m_tree->setIndentation(fontMetrics().averageCharWidth() * 2);
    m_tree->setExpandsOnDoubleClick(true);
    m_tree->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->header()->setStretchLastSection(true);
    connect(m_tree, &QTreeView::clicked, this, &NamespacePanel::choose);
    connect(m_tree, &QTreeView::activated, this, &NamespacePanel::choose);
    connect(m_tree, &QTreeView::customContextMenuRequested, this, [this](const QPoint& at) {
        showMenu(m_tree->indexAt(at), m_tree->viewport()->mapToGlobal(at));
    });
}

bool NamespacePanel::showsMap() const {
    return m_asMap->isChecked();
}

void NamespacePanel::setShowsMap(bool map) {
    (map ? m_asMap : m_asTree)->setChecked(true);
}

void NamespacePanel::clearChoice() {
    m_tree->selectionModel()->clear();
    m_map->setChosen(-1);
}

void NamespacePanel::choose(const QModelIndex& index) {
    if (!index.isValid() || m_model.kindOf(index) == NamespaceTreeModel::Kind::others) {
        return;
    }
    Q_EMIT prefixChosen(m_model.prefixOf(index),
                        m_model.kindOf(index) == NamespaceTreeModel::Kind::direct);
}

QModelIndex NamespacePanel::tileIndex(int item) const {
    return item >= 0 && item < m_tiles.size() ? QModelIndex(m_tiles[item]) : QModelIndex();
}

void NamespacePanel::chooseTile(int item) {
    const QModelIndex index = tileIndex(item);
    m_tree->setCurrentIndex(index);
    choose(index);
}

void NamespacePanel::enter(const QModelIndex& index) {
    if (index.isValid() && !m_model.hasChildren(index)) {
        return;
    }
    m_mapRoot = index;
    m_map->setChosen(-1);
    if (m_model.canFetchMore(index)) {
        m_model.fetchMore(index);
    }
    refresh();
}

void NamespacePanel::refresh() {
    const bool any = m_model.rowCount() > 0;
    m_stack->setCurrentIndex(!any ? 0 : showsMap() ? 2 : 1);
    m_empty->setVisible(!any && !m_model.busy());
    m_measure->setEnabled(any);
    // Which rows can be opened may have changed with their figures; the view does not ask again.
    m_tree->doItemsLayout();
    const QModelIndex root = m_mapRoot;
    m_path->setVisible(root.isValid());
    if (root.isValid()) {
        m_place->setText(KeyFactsText::name(m_model.prefixOf(root)));
    }
    if (showsMap()) {
        fillMap();
    }
}

void NamespacePanel::fillMap() {
    const QModelIndex root = m_mapRoot;
    const std::string chosen = m_map->chosen() >= 0 && tileIndex(m_map->chosen()).isValid()
                                   ? m_model.prefixOf(tileIndex(m_map->chosen()))
                                   : std::string();
    struct Tile {
        Treemap::Item item;
        QPersistentModelIndex index;
    };
    QList<Tile> tiles;
    double rest = 0;
    const int rows = m_model.rowCount(root);
    for (int row = 0; row < rows; ++row) {
        const QModelIndex index = m_model.index(row, 0, root);
        const double value = index.data(NamespaceTreeModel::valueRole).toDouble();
        if (row >= kMostTiles && row + 2 < rows) {
            rest += value;
        } else if (value > 0) {
            tiles.append(
                {{index.data().toString(), value,
                  index.data(NamespaceTreeModel::figureRole).toString(),
                  tr("%1 of all")
                      .arg(formatPercent(index.data(NamespaceTreeModel::partRole).toDouble())),
                  0},
                 index});
        }
    }
    if (rest > 0) {
        tiles.append(Tile{{tr("(smaller ones)"), rest, {}, {}, 0}, {}});
    }
    std::stable_sort(tiles.begin(), tiles.end(),
                     [](const Tile& a, const Tile& b) { return a.item.value > b.item.value; });
    QList<Treemap::Item> items;
    m_tiles.clear();
    int chosenTile = -1;
    for (Tile& tile : tiles) {
        tile.item.shade = tile.item.value / tiles.front().item.value;
        if (!chosen.empty() && tile.index.isValid() && m_model.prefixOf(tile.index) == chosen) {
            chosenTile = static_cast<int>(items.size());
        }
        items.append(tile.item);
        m_tiles.append(tile.index);
    }
    m_map->setItems(items);
    m_map->setChosen(chosenTile);
}

void NamespacePanel::showMenu(const QModelIndex& index, const QPoint& global) {
    if (!index.isValid() || m_model.kindOf(index) != NamespaceTreeModel::Kind::space) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const std::string prefix = m_model.prefixOf(index);
    const auto add = [&](const QIcon& symbol, const QString& text, auto act) {
        connect(menu->addAction(symbol, text), &QAction::triggered, this, act);
    };
    add(icon(IconName::search), tr("Show its keys"),
        [this, prefix] { Q_EMIT prefixChosen(prefix, false); });
    menu->addSeparator();
    add({}, tr("Set TTL of all keys below…"), [this, prefix] { Q_EMIT ttlRequested(prefix); });
    add(icon(IconName::trash), tr("Delete all keys below…"),
        [this, prefix] { Q_EMIT removeRequested(prefix); });
    menu->popup(global);
}

}  // namespace cachescope::ui
