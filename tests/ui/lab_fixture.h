// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QTemporaryDir>
#include <memory>

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

namespace cachescope::ui::test {

/// The whole program behind a window, with a folder and settings of its own, built and taken down
/// in the program's own order. GUI thread.
struct LabFixture {
    QTemporaryDir folder;
    AppSettings settings{folder.filePath(QStringLiteral("settings.ini"))};
    Theme theme{*qApp, ThemeChoice::light};
    RedisAssistant assistant;
    // A service of the tests' own: what the person keeps is none of their business.
    SecretStore secrets{QStringLiteral("cachescope-test")};
    ConnectionBook connections{settings, secrets};
    LabPresenter lab{config()};
    TunePresenter tune;
    TuneLive tuneLive{tune, lab};
    InspectPresenter inspect;
    std::unique_ptr<MainWindow> window;

    /// Makes the window; it is not shown yet.
    MainWindow& makeWindow() {
        window =
            std::make_unique<MainWindow>(lab, TuneServices{tune, tuneLive},
                                         InspectServices{inspect, connections, settings},
                                         RedisServices{assistant, connections}, theme, settings);
        return *window;
    }

    /// One frame, then whether the condition holds; for QTRY_VERIFY without a window.
    template <class Condition>
    bool after(Condition condition) {
        lab.tick();
        return condition(lab.state());
    }

private:
    sim::LiveRunConfig config() const {
        sim::LiveRunConfig config;
        config.runId = "test";
        config.scratchDirectory = folder.path().toStdString();
        return config;
    }
};

/// Two lanes in front of a quick origin: "No cache" and "TTL 5 s".
inline sim::Scenario smallScenario() {
    using namespace std::chrono_literals;
    sim::Scenario scenario;
    scenario.name = "small";
    scenario.origin.latency.median = 20ms;
    scenario.lanes = {{.name = "No cache", .backend = "none"},
                      {.name = "TTL 5 s", .options = {.ttl = 5s}, .capacity = 300}};
    return scenario;
}

}  // namespace cachescope::ui::test
