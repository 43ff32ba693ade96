// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "engine/sim/scenario.h"
#include "ui/pages/redis_services.h"

class QScrollArea;
class QSplitter;
class QTabBar;

namespace cachescope::ui {

class AppSettings;
class EventPanel;
class FrameClock;
class InlineMessage;
class LabCharts;
class LabPresenter;
class LabToolbar;
class LaneEditor;
class LaneList;

/// The Lab: causes on the left, charts in the middle, single events on the right; in a narrow
/// window charts and events share the middle as tabs.
///
/// Puts the parts together and shows files' failures as a message; all logic is the presenter's.
/// GUI thread.
class LabPage : public QWidget {
    Q_OBJECT

public:
    LabPage(LabPresenter& presenter, RedisServices redis, AppSettings& settings,
            QWidget* parent = nullptr);

    /// Selects a lane, as a click on its card does.
    void selectLane(sim::LaneId id);
    /// Unfolds the group of the selected lane's option, named as in scenario files, and scrolls to
    /// it; whether there is such an option.
    bool revealOption(const QString& option);

    /// Draws what is new; the page does so by itself once a frame in which something moved.
    void refresh();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeControls();
    void fold();
    void openFile();
    void saveFile();
    void exportFigures();
    void openScenario(const QString& idOrPath);
    void showFailure();

    LabPresenter& m_presenter;
    AppSettings& m_settings;
    LabToolbar* m_toolbar;
    InlineMessage* m_message;
    QScrollArea* m_controls;
    LaneList* m_lanes;
    LaneEditor* m_editor;
    QTabBar* m_tabs;
    LabCharts* m_charts;
    QWidget* m_eventSide;
    EventPanel* m_events;
    bool m_folded = false;
};

}  // namespace cachescope::ui
