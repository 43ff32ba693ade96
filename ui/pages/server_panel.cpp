// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/server_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPixmap>
#include <QSortFilterProxyModel>
#include <QStackedLayout>
#include <QStyledItemDelegate>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>
#include <algorithm>
#include <initializer_list>

#include "ui/model/server_panel_models.h"
#include "ui/theme/icons.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/inline_message.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

constexpr int kEmptyPage = 3;  // behind the three tables

// Our own connections step back behind those of others.
class ClientDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        if (index.data(kMarkedRole).toBool()) {
            const QColor colour = option->palette.color(QPalette::PlaceholderText);
            option->palette.setColor(QPalette::Text, colour);
            option->palette.setColor(QPalette::HighlightedText, colour);
        }
    }
};

// A warning before the names of parameters that should be looked at; room for it before the others.
class ParameterDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        return QStyledItemDelegate::sizeHint(option, index) + QSize(0, space::kSmall);
    }

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        if (index.column() == ConfigurationModel::meaningColumn) {
            return;
        }
        option->font = monoFont(option->font);
        option->fontMetrics = QFontMetrics(option->font);
        if (index.column() != ConfigurationModel::nameColumn) {
            return;
        }
        const int side = option->fontMetrics.height();
        option->features |= QStyleOptionViewItem::HasDecoration;
        option->decorationSize = QSize(side, side);
        if (index.data(kMarkedRole).toBool()) {
            option->icon = icon(IconName::warning, IconTone::warning);
        } else {
            QPixmap nothing(side, side);
            nothing.fill(Qt::transparent);
            option->icon = QIcon(nothing);
        }
    }
};

QSortFilterProxyModel* sortable(QAbstractItemModel* model, QObject* parent) {
    auto* sorted = new QSortFilterProxyModel(parent);
    sorted->setSourceModel(model);
    sorted->setSortRole(kSortRole);
    return sorted;
}

// The third click on a header brings the server's own order back.
void makeSortable(QTableView* table) {
    table->setSortingEnabled(true);
    table->horizontalHeader()->setSortIndicatorClearable(true);
    table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    table->sortByColumn(-1, Qt::AscendingOrder);
}

}  // namespace

ServerPanel::ServerPanel(ServerPanelsPresenter& presenter, QWidget* parent)
    : Card(parent),
      m_presenter(presenter),
      m_tabs(new QTabBar),
      m_servers(new QComboBox),
      m_summary(makeLabel({}, TypeSize::small, TextTone::secondary)),
      m_refresh(new QToolButton),
      m_message(new InlineMessage),
      m_stack(new QStackedLayout),
      m_clients(new ClientModel(presenter, this)),
      m_emptyTitle(makeLabel({}, TypeSize::large, TextTone::primary, QFont::DemiBold, true)),
      m_emptySentence(makeLabel({}, TypeSize::body, TextTone::secondary, QFont::Normal, true)) {
    setAccessibleName(tr("Server"));
    m_tabs->addTab(tr("Slow log"));
    m_tabs->addTab(tr("Clients"));
    m_tabs->addTab(tr("Configuration"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setAccessibleName(tr("What of the server is shown"));
    m_tabs->setCurrentIndex(static_cast<int>(m_presenter.tab()));
    m_servers->setAccessibleName(tr("Server"));
    m_servers->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_refresh->setIcon(icon(IconName::reset, IconTone::secondary));
    m_refresh->setAutoRaise(true);
    m_refresh->setToolTip(tr("Read again"));
    m_refresh->setAccessibleName(tr("Read again"));
    m_refresh->setFocusPolicy(Qt::StrongFocus);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::kSmall);
    head->addWidget(m_tabs);
    head->addStretch(1);
    head->addWidget(m_summary);
    head->addWidget(m_servers);
    head->addWidget(m_refresh);
    body()->addLayout(head);
    body()->addWidget(m_message);
    body()->addLayout(m_stack, 1);
    m_stack->addWidget(makeSlowLog());
    m_clientTable = makeClients();
    m_stack->addWidget(m_clientTable);
    m_stack->addWidget(makeConfiguration());
    m_stack->addWidget(makeEmpty());
    connect(m_tabs, &QTabBar::currentChanged, this,
            [this](int tab) { m_presenter.setTab(static_cast<ServerTab>(tab)); });
    connect(m_servers, &QComboBox::activated, &m_presenter, &ServerPanelsPresenter::setServer);
    connect(m_refresh, &QToolButton::clicked, &m_presenter, &ServerPanelsPresenter::refresh);
    connect(&m_presenter, &ServerPanelsPresenter::serversChanged, this, &ServerPanel::showServers);
    connect(&m_presenter, &ServerPanelsPresenter::tabChanged, this,
            [this] { m_tabs->setCurrentIndex(static_cast<int>(m_presenter.tab())); });
    connect(&m_presenter, &ServerPanelsPresenter::changed, this, &ServerPanel::refresh);
    showServers();
    refresh();
}

QTableView* ServerPanel::makeTable(QAbstractItemModel* model, const QString& name) {
    auto* table = new QTableView;
    table->setModel(model);
    table->setAccessibleName(name);
    table->setFrameShape(QFrame::NoFrame);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setTabKeyNavigation(false);
    table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->verticalHeader()->hide();
    table->verticalHeader()->setMinimumSectionSize(1);
    table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + space::kSmall);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setMinimumSectionSize(fontMetrics().averageCharWidth() * 5);
    return table;
}

QTableView* ServerPanel::makeSlowLog() {
    auto* sorted = sortable(new SlowLogModel(m_presenter, this), this);
    QTableView* table = makeTable(sorted, tr("Slow log"));
    QHeaderView* header = table->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(SlowLogModel::commandColumn, QHeaderView::Stretch);
    table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    makeSortable(table);
    return table;
}

QTableView* ServerPanel::makeClients() {
    QTableView* table = makeTable(sortable(m_clients, this), tr("Clients"));
    table->setItemDelegate(new ClientDelegate(table));
    table->setTextElideMode(Qt::ElideMiddle);
    QHeaderView* header = table->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(ClientModel::addressColumn, QHeaderView::Interactive);
    makeSortable(table);
    return table;
}

// The address gives way, down to what an IPv4 address needs.
void ServerPanel::fitClients() {
    const QAbstractItemView* view = m_clientTable;
    int others = 0;
    for (int column = ClientModel::nameColumn; column < ClientModel::columns; ++column) {
        others += m_clientTable->columnWidth(column);
    }
    const int wanted = view->sizeHintForColumn(ClientModel::addressColumn);
    const int least = fontMetrics().horizontalAdvance(QStringLiteral("100.100.100.100:60000")) +
                      2 * space::kSmall;
    m_clientTable->setColumnWidth(
        ClientModel::addressColumn,
        std::min(wanted, std::max(least, m_clientTable->viewport()->width() - others)));
}

void ServerPanel::resizeEvent(QResizeEvent* event) {
    Card::resizeEvent(event);
    fitClients();
}

QTableView* ServerPanel::makeConfiguration() {
    QTableView* table = makeTable(new ConfigurationModel(m_presenter, this), tr("Configuration"));
    table->setItemDelegate(new ParameterDelegate(table));
    table->setWordWrap(true);
    QHeaderView* header = table->horizontalHeader();
    header->setSectionsClickable(false);
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(ConfigurationModel::meaningColumn, QHeaderView::Stretch);
    table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    // Rows are as high as their sentences need in the width that there is.
    const auto fit = [table] { table->resizeRowsToContents(); };
    const QAbstractItemModel* model = table->model();
    connect(header, &QHeaderView::sectionResized, table, fit, Qt::QueuedConnection);
    connect(model, &QAbstractItemModel::modelReset, table, fit);
    connect(model, &QAbstractItemModel::rowsInserted, table, fit);
    connect(model, &QAbstractItemModel::dataChanged, table, fit);
    return table;
}

QWidget* ServerPanel::makeEmpty() {
    auto* empty = new QWidget;
    auto* layout = new QVBoxLayout(empty);
    layout->setSpacing(space::kSmall);
    layout->addStretch(2);
    for (QLabel* label : {m_emptyTitle, m_emptySentence}) {
        label->setAlignment(Qt::AlignHCenter);
        layout->addWidget(label);
    }
    layout->addStretch(3);
    return empty;
}

void ServerPanel::showServers() {
    m_servers->clear();
    m_servers->addItems(m_presenter.serverNames());
    m_servers->setCurrentIndex(m_presenter.server());
    m_servers->setVisible(m_servers->count() > 1);
}

void ServerPanel::showEmpty() {
    QString title;
    QString sentence;
    if (m_presenter.link() == nullptr) {
        title = tr("Not connected");
    } else if (!ServerPanelTexts::failure(m_presenter).isEmpty()) {
        // The message above says why.
    } else if (m_presenter.tab() == ServerTab::slowLog && m_presenter.slowLog().isKnown) {
        title = ServerPanelTexts::emptySlowLog(m_presenter);
        sentence =
            tr("Commands are listed here when the server takes longer for them than "
               "slowlog-log-slower-than says.");
    } else {
        title = tr("Reading…");
    }
    m_emptyTitle->setText(title);
    m_emptySentence->setText(sentence);
}

void ServerPanel::refresh() {
    const QString failure = ServerPanelTexts::failure(m_presenter);
    if (failure.isEmpty()) {
        m_message->hide();
    } else if (m_message->isHidden() || m_message->text() != failure) {
        m_message->showMessage(InlineMessage::Kind::warning, failure, {}, false);
    }
    m_summary->setText(ServerPanelTexts::summary(m_presenter));
    m_refresh->setEnabled(m_presenter.link() != nullptr && !m_presenter.busy());
    const ServerTab tab = m_presenter.tab();
    const bool isEmpty = tab == ServerTab::slowLog   ? m_presenter.slowLog().rows.empty()
                         : tab == ServerTab::clients ? m_presenter.clients().rows.empty()
                                                     : m_presenter.configuration().rows.empty();
    for (const int column : {ClientModel::nameColumn, ClientModel::userColumn,
                             ClientModel::libraryColumn, ClientModel::memoryColumn}) {
        m_clientTable->setColumnHidden(column, !m_clients->hasColumn(column));
    }
    showEmpty();
    m_stack->setCurrentIndex(isEmpty ? kEmptyPage : static_cast<int>(tab));
    fitClients();
}

}  // namespace cachescope::ui
