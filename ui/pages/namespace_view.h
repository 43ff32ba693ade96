// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>

namespace cachescope::ui {

class NamespaceDelegate;
class NamespaceModel;
class TunePresenter;

/// The namespaces of a trace, one card below the other: choose one to see its curve large, drag its
/// handle or type its TTL. The arrow keys to the left and right move the TTL of the chosen one. GUI
/// thread.
class NamespaceView : public QListView {
    Q_OBJECT

public:
    explicit NamespaceView(TunePresenter& presenter, QWidget* parent = nullptr);

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void drag(const QPointF& at);
    void showSelection();

    TunePresenter& m_presenter;
    NamespaceModel* m_model;
    NamespaceDelegate* m_delegate;
    QPersistentModelIndex m_dragged;
};

}  // namespace cachescope::ui
