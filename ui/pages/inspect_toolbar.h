// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;
class QToolButton;

namespace cachescope::ui {

class ElidedLabel;
class InspectPresenter;

/// The head of Inspect: which cache, whether it answers, whether it is read-only, and what looking
/// at it costs; the ways to unlock changes, to capture, and to another cache. GUI thread.
class InspectToolbar : public QWidget {
    Q_OBJECT

public:
    explicit InspectToolbar(InspectPresenter& presenter, QWidget* parent = nullptr);

    /// Once a second: figures of the cost.
    void refresh();

Q_SIGNALS:
    void connectRequested();
    void unlockRequested();
    void captureRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void showEnvironments();

    InspectPresenter& m_presenter;
    QLabel* m_dot;
    ElidedLabel* m_name;
    QToolButton* m_environment;
    QLabel* m_lock;
    ElidedLabel* m_facts;
    ElidedLabel* m_cost;
    QPushButton* m_unlock;
    QPushButton* m_capture;
    QPushButton* m_connect;
    QPushButton* m_disconnect;
};

}  // namespace cachescope::ui
