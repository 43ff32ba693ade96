// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/namespace_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>

#include "ui/model/namespace_model.h"
#include "ui/model/tune_presenter.h"
#include "ui/pages/namespace_delegate.h"

namespace cachescope::ui {

NamespaceView::NamespaceView(TunePresenter& presenter, QWidget* parent)
    : QListView(parent),
      m_presenter(presenter),
      m_model(new NamespaceModel(presenter, this)),
      m_delegate(new NamespaceDelegate(presenter, this)) {
    setAccessibleName(tr("Namespaces"));
    setModel(m_model);
    setItemDelegate(m_delegate);
    setFrameShape(QFrame::NoFrame);
    setUniformItemSizes(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setEditTriggers(EditKeyPressed);
    setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_Hover);
    setAutoFillBackground(false);
    viewport()->setAutoFillBackground(false);
    connect(&m_presenter, &TunePresenter::selectionChanged, this, &NamespaceView::showSelection);
    showSelection();
}

void NamespaceView::showSelection() {
    const QModelIndex index = m_model->indexOf(m_presenter.selected());
    if (index.isValid() && index != currentIndex()) {
        setCurrentIndex(index);
    }
}

void NamespaceView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    if (current.isValid()) {
        m_presenter.select(NamespaceModel::groupOf(current));
    }
}

void NamespaceView::mousePressEvent(QMouseEvent* event) {
    QListView::mousePressEvent(event);
    const QModelIndex index = indexAt(event->position().toPoint());
    if (event->button() != Qt::LeftButton || !index.isValid()) {
        return;
    }
    const QRect item = visualRect(index);
    if (m_delegate->valueRect(item, font()).contains(event->position().toPoint())) {
        edit(index);
    } else if (m_delegate->curveRect(item, font())
                   .adjusted(-8, -2, 8, 8)
                   .contains(event->position())) {
        m_dragged = index;
        drag(event->position());
    }
}

void NamespaceView::mouseMoveEvent(QMouseEvent* event) {
    if (m_dragged.isValid()) {
        drag(event->position());
        return;
    }
    const QModelIndex index = indexAt(event->position().toPoint());
    const bool overCurve =
        index.isValid() &&
        m_delegate->curveRect(visualRect(index), font()).contains(event->position());
    viewport()->setCursor(overCurve ? Qt::SizeHorCursor : Qt::ArrowCursor);
    QListView::mouseMoveEvent(event);
}

void NamespaceView::mouseReleaseEvent(QMouseEvent* event) {
    m_dragged = QPersistentModelIndex();
    QListView::mouseReleaseEvent(event);
}

void NamespaceView::mouseDoubleClickEvent(QMouseEvent* event) {
    mousePressEvent(event);
}

void NamespaceView::drag(const QPointF& at) {
    const QRectF curve = m_delegate->curveRect(visualRect(m_dragged), font());
    m_model->setData(m_dragged, m_delegate->ttlAt(curve, at.x()), Qt::EditRole);
}

void NamespaceView::keyPressEvent(QKeyEvent* event) {
    const bool left = event->key() == Qt::Key_Left;
    if ((left || event->key() == Qt::Key_Right) && currentIndex().isValid() &&
        m_presenter.hasStudy()) {
        const TuneGroup group = NamespaceModel::groupOf(currentIndex());
        const TuneOutlook& outlook = m_presenter.outlook();
        const std::size_t point = m_presenter.point(group);
        const std::size_t next =
            left ? point - (point > 0 ? 1 : 0) : std::min(point + 1, outlook.points() - 1);
        m_presenter.setTtl(group, outlook.ttl(next));
        return;
    }
    QListView::keyPressEvent(event);
}

}  // namespace cachescope::ui
