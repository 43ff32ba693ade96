// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>

#include "ui/model/frame_clock.h"
#include "ui/pages/inspect_services.h"
#include "ui/pages/redis_services.h"
#include "ui/pages/tune_services.h"

class QStackedWidget;

namespace cachescope::ui {

class AppSettings;
class InspectPage;
class LabPage;
class LabPresenter;
class Rail;
class Theme;
class TunePage;
class TunePresenter;

/// The window: the rail, the workspace chosen on it, and the settings. Runs the frame clock while
/// it can be seen. Holds no logic. GUI thread.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    MainWindow(LabPresenter& lab, TuneServices tune, InspectServices inspect, RedisServices redis,
               Theme& theme, AppSettings& settings);
    ~MainWindow() override;

    FrameClock& frameClock() noexcept { return m_frames; }
    void showLab();
    LabPage& labPage() noexcept { return *m_labPage; }
    void showTune();
    void showInspect();

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    void watch();
    /// Of what is looked at: the scenario, the trace or the cache.
    void refreshTitle();
    void showPage(int id);
    void showSettings();
    void showAbout();

    LabPresenter& m_lab;
    TunePresenter& m_tune;
    InspectPresenter& m_inspect;
    Theme& m_theme;
    AppSettings& m_settings;
    FrameClock m_frames;
    Rail* m_rail;
    LabPage* m_labPage;
    TunePage* m_tunePage;
    InspectPage* m_inspectPage;
    QStackedWidget* m_pages;
    std::string m_scenario;  // that was opened last
};

}  // namespace cachescope::ui
