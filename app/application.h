// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>

#include "app/run_folder.h"
#include "ui/model/app_settings.h"
#include "ui/model/connection_book.h"
#include "ui/model/inspect_presenter.h"
#include "ui/model/lab_presenter.h"
#include "ui/model/redis_assistant.h"
#include "ui/model/secret_store.h"
#include "ui/model/tune_live.h"
#include "ui/model/tune_presenter.h"
#include "ui/pages/main_window.h"
#include "ui/theme/theme.h"

namespace cachescope::app {

/// Sets the names under which settings are kept and the program is known to the desktop; call it on
/// a QCoreApplication of either kind.
void nameApplication();

/// The program's objects, built in the order in which they need each other: folder, run, helpers,
/// window. Their destructors run the other way round: the window goes first, then the run with its
/// thread, the private server, and last the folder. GUI thread.
class Application {
public:
    Application(QApplication& application, ui::ThemeChoice theme);

    ui::LabPresenter& lab() noexcept { return m_lab; }
    ui::TunePresenter& tune() noexcept { return m_tune; }
    ui::TuneLive& tuneLive() noexcept { return m_tuneLive; }
    ui::InspectPresenter& inspect() noexcept { return m_inspect; }
    ui::MainWindow& window() noexcept { return m_window; }
    ui::Theme& theme() noexcept { return m_theme; }
    ui::ConnectionBook& connections() noexcept { return m_connections; }

private:
    RunFolder m_folder;
    ui::AppSettings m_settings;
    ui::Theme m_theme;
    ui::RedisAssistant m_assistant;
    ui::SecretStore m_secrets;
    ui::ConnectionBook m_connections;
    ui::LabPresenter m_lab;
    ui::TunePresenter m_tune;
    ui::TuneLive m_tuneLive;
    ui::InspectPresenter m_inspect;
    ui::MainWindow m_window;
};

}  // namespace cachescope::app
