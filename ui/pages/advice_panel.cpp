// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/advice_panel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/model/advice_model.h"
#include "ui/model/tune_export.h"
#include "ui/model/tune_presenter.h"
#include "ui/model/tune_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

constexpr int kMostRowsShown = 8;

}  // namespace

AdvicePanel::AdvicePanel(TunePresenter& presenter, QWidget* parent)
    : Card(parent),
      m_presenter(presenter),
      m_headline(makeLabel({}, TypeSize::title, TextTone::primary, QFont::Bold, true)),
      m_sentence(makeLabel({}, TypeSize::body, TextTone::secondary, QFont::Normal, true)),
      m_model(new AdviceModel(presenter, this)),
      m_table(new QTableView),
      m_reason(makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true)),
      m_own(makeLabel({}, TypeSize::small, TextTone::primary, QFont::Normal, true)),
      m_take(new QPushButton(tr("Take the advice"))),
      m_run(new QPushButton(tr("Run it in the Lab"))),
      m_copy(new QPushButton(icon(IconName::copy), tr("Copy as…"))) {
    body()->setSpacing(space::kSmall);
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Advised TTLs"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(AdviceModel::nameColumn,
                                                      QHeaderView::Stretch);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->horizontalHeader()->setMinimumSectionSize(fontMetrics().averageCharWidth() * 6);
    setButtonKind(m_run, ButtonKind::primary);
    auto* menu = new QMenu(m_copy);
    fillCopyMenu(menu);
    connect(m_copy, &QPushButton::clicked, menu,
            [this, menu] { menu->popup(m_copy->mapToGlobal(m_copy->rect().bottomLeft())); });
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::kSmall);
    buttons->addWidget(m_run, 1);
    buttons->addWidget(m_copy);
    body()->addWidget(new SectionHeader(tr("Advice")));
    for (QWidget* widget : std::initializer_list<QWidget*>{m_headline, m_sentence, m_table,
                                                           m_reason, m_own, m_take}) {
        body()->addWidget(widget);
    }
    body()->addLayout(buttons);
    connect(m_take, &QPushButton::clicked, &m_presenter, &TunePresenter::takeAdvice);
    connect(m_run, &QPushButton::clicked, this, &AdvicePanel::runRequested);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& row) {
                if (row.isValid()) {
                    m_presenter.select(static_cast<std::size_t>(row.row()));
                }
            });
    connect(&m_presenter, &TunePresenter::adviceChanged, this, &AdvicePanel::refresh);
    connect(&m_presenter, &TunePresenter::studyChanged, this, &AdvicePanel::refresh);
    connect(&m_presenter, &TunePresenter::busyChanged, this, &AdvicePanel::refresh);
    connect(&m_presenter, &TunePresenter::figuresChanged, this, &AdvicePanel::refresh);
    connect(&m_presenter, &TunePresenter::selectionChanged, this, &AdvicePanel::refresh);
    refresh();
}

void AdvicePanel::fillCopyMenu(QMenu* menu) {
    for (const ExportForm& form : exportForms()) {
        connect(menu->addAction(form.title), &QAction::triggered, this, [this, form] {
            QGuiApplication::clipboard()->setText(form.text(m_presenter));
            Q_EMIT copied(form.title);
        });
    }
}

void AdvicePanel::fitTable() {
    const int rows = std::min(m_model->rowCount(), kMostRowsShown);
    const int row = fontMetrics().height() + space::kSmall;
    m_table->verticalHeader()->setDefaultSectionSize(row);
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height() +
                            rows * m_table->rowHeight(0) + 2);
    m_table->setVerticalScrollBarPolicy(m_model->rowCount() > rows ? Qt::ScrollBarAsNeeded
                                                                   : Qt::ScrollBarAlwaysOff);
    m_table->setVisible(m_model->rowCount() > 1);
}

void AdvicePanel::refresh() {
    if (!m_presenter.hasStudy()) {
        return;
    }
    m_headline->setText(adviceHeadline(m_presenter));
    m_sentence->setText(adviceSentence(m_presenter));
    const QString reason = adviceReason(m_presenter);
    m_reason->setText(reason);
    m_reason->setVisible(!reason.isEmpty());
    const QString own = ownPlanSentence(m_presenter);
    m_own->setText(own);
    m_own->setVisible(!own.isEmpty());
    m_take->setVisible(!own.isEmpty());
    const bool advised = m_presenter.advice().has_value();
    m_copy->setEnabled(advised);
    m_run->setEnabled(advised || !m_presenter.followsAdvice());
    fitTable();
    const TuneGroup group = m_presenter.selected();
    const QModelIndex row = group ? m_model->index(static_cast<int>(*group), 0) : QModelIndex();
    if (row.row() != m_table->currentIndex().row()) {
        m_table->selectionModel()->setCurrentIndex(
            row, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    }
}

}  // namespace cachescope::ui
