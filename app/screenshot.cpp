// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/screenshot.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QTimer>
#include <iostream>

#include "app/application.h"
#include "app/tune_plan.h"
#include "ui/dialogs/connection_dialog.h"
#include "ui/dialogs/import_dialog.h"
#include "ui/model/error_text.h"
#include "ui/pages/lab_page.h"

namespace cachescope::app {

namespace {

int fail(const Error& error) {
    std::cerr << "cachescope: " << ui::ErrorText(error).oneLine().toStdString() << '\n';
    return 1;
}

// Off screen there is no window manager to take hints and no session to keep sockets for; saying so
// helps nobody who asked for a picture.
void dropPlatformRemarks(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    if (text.contains(QLatin1String("propagateSizeHints")) ||
        text.contains(QLatin1String("XDG_RUNTIME_DIR"))) {
        return;
    }
    std::cerr << qFormatLogMessage(type, context, text).toStdString() << '\n';
}

bool write(QWidget& window, const ScreenshotOptions& options) {
    const QString path = QString::fromLocal8Bit(options.output.c_str());
    QDir().mkpath(QFileInfo(path).absolutePath());
    return window.grab().save(path, "PNG");
}

Error notWritten(const ScreenshotOptions& options) {
    return Error{ErrorCode::io, options.output, "the picture cannot be written"};
}

constexpr Duration kScenarioMoment = std::chrono::seconds{60};
constexpr Duration kInspectFor = std::chrono::seconds{5};

Result<void> showOption(const ScreenshotOptions& options, ui::LabPage& page,
                        const sim::LiveState& state) {
    if (options.lane > state.lanes.size()) {
        return Error{ErrorCode::outOfRange, "--lane",
                     "a number up to " + std::to_string(state.lanes.size())};
    }
    page.selectLane(state.lanes[options.lane - 1].id);
    if (!options.open.empty() && !page.revealOption(QString::fromStdString(options.open))) {
        return Error{ErrorCode::unknownName, "--open " + options.open,
                     "the name of a lane's option, such as \"jitter\""};
    }
    return {};
}

int drawLab(const ScreenshotOptions& options, Application& program) {
    ui::LabPresenter& lab = program.lab();
    if (const auto opened = lab.openFile(QString::fromLocal8Bit(options.scenario.c_str()));
        !opened) {
        return fail(opened.error());
    }
    ui::MainWindow& window = program.window();
    window.resize(options.width, options.height);
    window.show();

    const TimePoint moment = TimePoint{} + options.after.value_or(kScenarioMoment);
    lab.skipTo(moment);
    lab.run();
    int exitCode = 0;
    int frames = 0;
    QObject::connect(&lab, &ui::LabPresenter::advanced, &window, [&] {
        const sim::LiveState& state = lab.state();
        if (state.failure) {
            exitCode = fail(*state.failure);
            QApplication::quit();
            return;
        }
        // A few frames after the moment, so that events and the tails of the charts are in.
        if (state.time < moment || state.generation == 0 || ++frames < 8) {
            return;
        }
        if (frames == 8) {
            if (const auto shown = showOption(options, window.labPage(), state); !shown) {
                exitCode = fail(shown.error());
            } else if (!write(window, options)) {
                exitCode = fail(notWritten(options));
            }
        }
        QApplication::quit();
    });
    QApplication::exec();
    return exitCode;
}

int drawConnection(const ScreenshotOptions& options, Application& program) {
    ui::ConnectionDialog dialog(program.connections());
    dialog.resize(options.width, options.height);
    dialog.show();
    if (options.url.empty()) {
        return write(dialog, options) ? 0 : fail(notWritten(options));
    }
    int exitCode = 0;
    QObject::connect(
        &dialog, &ui::ConnectionDialog::tested, &dialog,
        [&] {
            exitCode = write(dialog, options) ? 0 : fail(notWritten(options));
            QApplication::quit();
        },
        Qt::QueuedConnection);
    dialog.setUrl(QString::fromLocal8Bit(options.url.c_str()));
    dialog.tryOut();
    QApplication::exec();
    return exitCode;
}

int drawImport(const ScreenshotOptions& options) {
    ui::ImportDialog dialog(QString::fromLocal8Bit(options.trace.c_str()));
    dialog.resize(options.width, options.height);
    dialog.show();
    int exitCode = 0;
    QObject::connect(
        &dialog, &ui::ImportDialog::previewed, &dialog,
        [&] {
            exitCode = write(dialog, options) ? 0 : fail(notWritten(options));
            QApplication::quit();
        },
        Qt::QueuedConnection);
    QApplication::exec();
    return exitCode;
}

// What changes how often, as the verb `tune` understands it.
Result<void> assumeChanges(const ScreenshotOptions& options, ui::TunePresenter& tune) {
    TuneVerbOptions asked;
    asked.updateEvery = options.updateEvery;
    const auto plan = TunePlan::of(asked);
    if (!plan) {
        return plan.error();
    }
    const auto seconds = [](Duration span) { return static_cast<double>(span.count()) / 1e9; };
    if (plan->hasUpdates()) {
        tune.setAsRecorded(false);
    }
    if (plan->updateEvery) {
        tune.setChangeInterval({}, seconds(*plan->updateEvery));
    }
    for (std::size_t group = 0; group < tune.outlook().groups(); ++group) {
        const auto own = plan->updateGroupsEvery.find(tune.study().timeline->groupNames[group]);
        if (own != plan->updateGroupsEvery.end()) {
            tune.setChangeInterval(group, seconds(own->second));
        }
    }
    return {};
}

int drawTune(const ScreenshotOptions& options, Application& program) {
    ui::MainWindow& window = program.window();
    ui::TunePresenter& tune = program.tune();
    window.resize(options.width, options.height);
    window.showTune();
    window.show();
    int exitCode = 0;
    QObject::connect(&tune, &ui::TunePresenter::failed, &window, [&](const Error& error) {
        exitCode = fail(error);
        QApplication::quit();
    });
    QObject::connect(&tune, &ui::TunePresenter::studyChanged, &window, [&] {
        if (tune.study().ages != nullptr) {
            if (const auto assumed = assumeChanges(options, tune); !assumed) {
                exitCode = fail(assumed.error());
                QApplication::quit();
            }
        }
    });
    const auto drawWhenDone = [&] {
        if (tune.surface().done && !tune.stampede().outcomes.empty() && !tune.busy()) {
            exitCode = write(window, options) ? 0 : fail(notWritten(options));
            QApplication::quit();
        }
    };
    for (const auto signal :
         {&ui::TunePresenter::surfaceChanged, &ui::TunePresenter::stampedeChanged,
          &ui::TunePresenter::busyChanged}) {
        QObject::connect(&tune, signal, &window, drawWhenDone, Qt::QueuedConnection);
    }
    if (!options.trace.empty()) {
        ui::TuneSource source;
        source.path = QString::fromLocal8Bit(options.trace.c_str());
        source.name = QFileInfo(source.path).fileName();
        tune.open(source);
    } else {
        if (const auto opened =
                program.lab().openFile(QString::fromLocal8Bit(options.scenario.c_str()));
            !opened) {
            return fail(opened.error());
        }
        program.lab().skipTo(TimePoint{} + options.after.value_or(kScenarioMoment));
        QObject::connect(&program.lab(), &ui::LabPresenter::advanced, &window, [&] {
            if (program.lab().state().time >=
                    TimePoint{} + options.after.value_or(kScenarioMoment) &&
                !tune.hasStudy() && !tune.busy()) {
                program.tuneLive().takeLab();
            }
        });
    }
    QApplication::exec();
    return exitCode;
}

int drawInspect(const ScreenshotOptions& options, Application& program) {
    ui::MainWindow& window = program.window();
    ui::InspectPresenter& inspect = program.inspect();
    window.resize(options.width, options.height);
    window.showInspect();
    window.show();
    if (options.url.empty()) {
        return write(window, options) ? 0 : fail(notWritten(options));
    }
    int exitCode = 0;
    QObject::connect(&inspect, &ui::InspectPresenter::stateChanged, &window, [&] {
        if (inspect.state() == ui::InspectPresenter::State::failed) {
            exitCode = fail(*inspect.failure());
            QApplication::quit();
        } else if (inspect.state() == ui::InspectPresenter::State::connected && options.walk) {
            inspect.keyspace().startWalk({inspect::WalkPace::Mode::fast, true});
        }
    });
    const TimePoint until = SystemClock::instance().now() + options.after.value_or(kInspectFor);
    QObject::connect(
        &inspect.live(), &ui::LiveBoard::advanced, &window,
        [&] {
            const auto& keyspace = inspect.keyspace().keyspace();
            if (!options.key.empty() && !inspect.openKey().isOpen() && keyspace != nullptr) {
                inspect.openKey().open({.name = options.key});
            }
            if (SystemClock::instance().now() >= until && keyspace != nullptr &&
                (keyspace->complete || !options.walk)) {
                exitCode = write(window, options) ? 0 : fail(notWritten(options));
                QApplication::quit();
            }
        },
        Qt::QueuedConnection);
    inspect.connectTo(QString::fromStdString(options.url));
    QApplication::exec();
    return exitCode;
}

}  // namespace

int runScreenshot(const ScreenshotOptions& options, int argc, char** argv) {
    qInstallMessageHandler(dropPlatformRemarks);
    // A picture of the window needs no display; who wants a real one says so.
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    qputenv("QT_SCALE_FACTOR", QByteArray::number(options.scale));
    nameApplication();
    // The picture must not depend on what somebody set up, nor change it.
    QCoreApplication::setApplicationName(QStringLiteral("Cachescope-screenshot"));
    QApplication application(argc, argv);
    Application program(application,
                        options.theme == "dark" ? ui::ThemeChoice::dark : ui::ThemeChoice::light);
    return options.page == "connection" ? drawConnection(options, program)
           : options.page == "import"   ? drawImport(options)
           : options.page == "tune"     ? drawTune(options, program)
           : options.page == "inspect"  ? drawInspect(options, program)
                                        : drawLab(options, program);
}

}  // namespace cachescope::app
