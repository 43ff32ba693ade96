// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/event_panel.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QHBoxLayout>
#include <QListView>
#include <QScrollBar>
#include <QStackedLayout>
#include <QToolButton>

#include "ui/model/lab_presenter.h"
#include "ui/pages/event_delegate.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/empty_state.h"

namespace cachescope::ui {

EventPanel::EventPanel(LabPresenter& presenter, QWidget* parent)
    : Card(parent),
      m_presenter(presenter),
      m_list(new QListView),
      m_hits(new QCheckBox(tr("hits"))),
      m_stack(new QStackedLayout) {
    setTitle(tr("Events"), tr("some of many"));
    m_hits->setChecked(true);
    m_hits->setToolTip(tr("Show hits, too"));
    auto* copyButton = new QToolButton;
    copyButton->setIcon(icon(IconName::copy, IconTone::secondary));
    copyButton->setToolTip(tr("Copy the events as CSV"));
    copyButton->setAccessibleName(tr("Copy the events as CSV"));
    setButtonKind(copyButton, ButtonKind::quiet);
    header()->addWidget(m_hits);
    header()->addWidget(copyButton);

    m_list->setModel(&m_presenter.events());
    m_list->setItemDelegate(new EventDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Events"));
    auto* empty = new EmptyState(IconName::lab, tr("What happens, one by one"),
                                 tr("Each request, expiry, eviction and invalidation is explained "
                                    "here as it happens. Press Run."));
    m_stack->addWidget(empty);
    m_stack->addWidget(m_list);
    body()->addLayout(m_stack, 1);
    const auto showWhatThereIs = [this] {
        m_stack->setCurrentIndex(m_presenter.events().rowCount() == 0 ? 0 : 1);
    };
    connect(&m_presenter.events(), &QAbstractItemModel::rowsInserted, this,
            [this, showWhatThereIs](const QModelIndex&, int first, int last) {
                showWhatThereIs();
                // Whoever has scrolled down is reading: rows that come in above must not move it.
                QScrollBar* bar = m_list->verticalScrollBar();
                if (bar->value() > 0) {
                    const int height = m_list->sizeHintForRow(0) * (last - first + 1);
                    QMetaObject::invokeMethod(
                        bar, [bar, height] { bar->setValue(bar->value() + height); },
                        Qt::QueuedConnection);
                }
            });
    connect(&m_presenter.events(), &QAbstractItemModel::modelReset, this, showWhatThereIs);
    connect(m_hits, &QCheckBox::toggled, this,
            [this](bool shown) { m_presenter.events().setHitsShown(shown); });
    connect(copyButton, &QToolButton::clicked, this, &EventPanel::copy);
}

void EventPanel::copy() {
    QApplication::clipboard()->setText(m_presenter.events().toCsv());
}

}  // namespace cachescope::ui
