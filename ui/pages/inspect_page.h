// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/pages/inspect_services.h"

class QStackedWidget;
class QTabBar;

namespace cachescope::ui {

class FindingsPanel;
class ForecastPanel;
class InlineMessage;
class InspectToolbar;
class LivePanel;
class WalkBar;

/// Inspect: a live cache at a glance above (figures, what falls due, one figure's course), what is
/// in it below (keys, misses, findings, servers). Puts the parts together; all logic is the
/// presenters'. GUI thread.
class InspectPage : public QWidget {
    Q_OBJECT

public:
    InspectPage(InspectServices services, QWidget* parent = nullptr);

    /// Asks which cache to inspect.
    void openConnection();
    /// Once a frame of the window; what counts down moves once a second.
    void tick();

Q_SIGNALS:
    /// A trace was captured and is to be opened in Tune.
    void tuneWanted(const QString& path);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeContent();
    QWidget* makeLower();
    void refreshState();

    InspectServices m_services;
    InlineMessage* m_message;
    QStackedWidget* m_stack;
    QTabBar* m_tabs = nullptr;
    QStackedWidget* m_lower = nullptr;
    LivePanel* m_live = nullptr;
    ForecastPanel* m_forecast = nullptr;
    FindingsPanel* m_findings = nullptr;
    WalkBar* m_walk = nullptr;
    QString m_missing;  // what was said of missing rules
    bool m_failed = false;
    int m_frames = 0;
};

}  // namespace cachescope::ui
