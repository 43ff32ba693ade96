// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/miss_panel.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/model/formats.h"
#include "ui/model/miss_presenter.h"
#include "ui/model/miss_table_model.h"
#include "ui/pages/miss_delegate.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/inline_message.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

MissPanel::MissPanel(MissPresenter& presenter, QWidget* parent)
    : Card(parent),
      m_presenter(presenter),
      m_model(new MissTableModel(presenter, this)),
      m_stop(new QPushButton(tr("Stop"))),
      m_state(makeLabel({}, TypeSize::body, TextTone::primary, QFont::DemiBold, true)),
      m_setting(makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true)),
      m_hint(makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true)),
      m_message(new InlineMessage),
      m_content(new QStackedWidget) {
    setTitle(tr("Misses by namespace"), tr("which reads find nothing, and why"));
    body()->setSpacing(space::kMedium);
    m_message->hide();
    auto* line = new QHBoxLayout;
    line->setSpacing(space::kMedium);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(space::kTiny);
    texts->addWidget(m_state);
    texts->addWidget(m_setting);
    texts->addWidget(m_hint);
    line->addLayout(texts, 1);
    line->addWidget(m_stop, 0, Qt::AlignTop);
    body()->addWidget(makeWays());
    body()->addWidget(m_message);
    body()->addLayout(line);
    m_nothing = new QWidget;
    auto* nothing = new QVBoxLayout(m_nothing);
    nothing->setContentsMargins({});
    nothing->addWidget(makeLabel(
        tr("Then, for each namespace: how often its keys were read and not there, and whether "
           "these had expired too early, been evicted or deleted, or were never cached."),
        TypeSize::body, TextTone::secondary, QFont::Normal, true));
    nothing->addStretch(1);
    m_content->addWidget(m_nothing);
    m_content->addWidget(makeTable());
    body()->addWidget(m_content, 1);
    connect(m_stop, &QPushButton::clicked, &m_presenter, &MissPresenter::stop);
    connect(&m_presenter, &MissPresenter::changed, this, &MissPanel::refresh);
    connect(&m_presenter, &MissPresenter::runningChanged, this, &MissPanel::refresh);
    connect(&m_presenter, &MissPresenter::flagsLeft, this, [this](const QString& sentence) {
        m_message->showMessage(InlineMessage::Kind::warning, sentence);
        m_message->show();
    });
    refresh();
}

QWidget* MissPanel::makeWays() {
    auto* ways = new QWidget;
    auto* grid = new QGridLayout(ways);
    grid->setContentsMargins({});
    grid->setHorizontalSpacing(space::kMedium);
    grid->setVerticalSpacing(space::kSmall);
    grid->setColumnStretch(1, 1);
    const auto add = [&](const QString& action, const QString& cost) {
        const int row = grid->rowCount();
        auto* button = new QPushButton(action);
        auto* label = makeLabel(cost, TypeSize::small, TextTone::secondary, QFont::Normal, true);
        button->setAccessibleDescription(cost);
        grid->addWidget(button, row, 0, Qt::AlignTop);
        grid->addWidget(label, row, 1, Qt::AlignVCenter);
        return button;
    };
    m_listen = add(tr("Listen to miss events"),
                   tr("The server sends a message for each miss, for %1 at most. Adds to "
                      "notify-keyspace-events, which holds for everybody, and puts it back.")
                       .arg(formatSpan(seconds(m_presenter.options().listen))));
    m_watch =
        add(tr("Watch all commands for %1").arg(formatSpan(seconds(m_presenter.options().watch))),
            tr("MONITOR, for hit ratios: takes about a seventh of the server's throughput "
               "while it lasts, and ends if latency doubles. Listens to misses as well."));
    connect(m_listen, &QPushButton::clicked, this,
            [this] { m_presenter.start(MissPresenter::Source::misses); });
    connect(m_watch, &QPushButton::clicked, this,
            [this] { m_presenter.start(MissPresenter::Source::commands); });
    return ways;
}

QWidget* MissPanel::makeTable() {
    m_table = new QTableView;
    m_table->setModel(m_model);
    m_table->setItemDelegate(new MissDelegate(m_table));
    m_table->setAccessibleName(tr("Misses by namespace"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setWordWrap(false);
    m_table->setSortingEnabled(true);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + space::kMedium);
    QHeaderView* header = m_table->horizontalHeader();
    // The arrow is in the title: beside one of two lines, the style's takes more room than it has.
    header->setSortIndicatorShown(false);
    header->setHighlightSections(false);
    header->setSectionResizeMode(QHeaderView::Interactive);
    header->setSectionResizeMode(MissTableModel::nameColumn, QHeaderView::Stretch);
    header->setMinimumSectionSize(fontMetrics().averageCharWidth() * 8);
    // By hand, since the header measures its lines as if they were one.
    for (int column = 0; column < MissTableModel::columns; ++column) {
        const QString title =
            m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        int width = fontMetrics().horizontalAdvance(QStringLiteral("0,000,000"));
        for (const QString& part : title.split(QLatin1Char('\n'))) {
            width = std::max(width, fontMetrics().horizontalAdvance(part + QStringLiteral(" ↓")));
        }
        m_table->setColumnWidth(column, width + space::kHuge);
    }
    header->setSortIndicator(MissTableModel::missColumn, Qt::DescendingOrder);
    return m_table;
}

void MissPanel::refresh() {
    const bool running = m_presenter.running();
    const bool free = m_presenter.hasLink() && !running && !m_presenter.restoring();
    m_listen->setEnabled(free);
    m_watch->setEnabled(free);
    m_stop->setVisible(running || m_presenter.restoring());
    const QString state = m_presenter.stateText();
    m_state->setText(state);
    m_state->setVisible(!state.isEmpty());
    const QString setting = m_presenter.settingText();
    m_setting->setText(setting);
    m_setting->setVisible(!setting.isEmpty());
    const bool hasRows = m_model->rowCount() > 0;
    m_hint->setText(hasRows && !m_presenter.knowsKeys()
                        ? tr("Walk over the keys first to learn why they were not there.")
                        : QString());
    m_hint->setVisible(!m_hint->text().isEmpty());
    if (const QString problem = m_presenter.problemText(); problem != m_shownProblem) {
        m_shownProblem = problem;
        m_message->showMessage(InlineMessage::Kind::error, problem);
        m_message->setVisible(!problem.isEmpty());
    }
    m_content->setCurrentWidget(hasRows ? static_cast<QWidget*>(m_table) : m_nothing);
}

}  // namespace cachescope::ui
