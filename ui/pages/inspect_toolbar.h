// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QPushButton;

namespace cachescope::ui {

class AppSettings;
class ElidedLabel;
class InspectPresenter;

/// The head of Inspect: which cache, what depends on it, whether it answers, whether it is
/// read-only, and what looking at it costs; the ways to unlock changes, to capture, and to another
/// cache. GUI thread.
class InspectToolbar : public QWidget {
    Q_OBJECT

public:
    InspectToolbar(InspectPresenter& presenter, AppSettings& settings, QWidget* parent = nullptr);

Q_SIGNALS:
    void connectRequested();
    /// To correct the connection that failed.
    void editRequested();
    /// Locked: to unlock, and the other way round.
    void lockRequested();
    void captureRequested();

private:
    void refresh();
    void makeEnvironments();
    void refreshEnvironment();

    InspectPresenter& m_presenter;
    AppSettings& m_settings;
    QWidget* m_light;
    ElidedLabel* m_name;
    QPushButton* m_environment;
    ElidedLabel* m_facts;
    ElidedLabel* m_cost;
    QPushButton* m_lock;
    QPushButton* m_capture;
    QPushButton* m_connect;
    QPushButton* m_disconnect;
};

}  // namespace cachescope::ui
