// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window.h"

#include <QApplication>
#include <QSocketNotifier>
#include <iostream>

#include "app/application.h"
#include "app/interrupt.h"
#include "ui/model/error_text.h"

namespace cachescope::app {

namespace {

ui::ThemeChoice chosenTheme() {
    const QString name = ui::AppSettings().theme();
    return name == QLatin1String("light")  ? ui::ThemeChoice::light
           : name == QLatin1String("dark") ? ui::ThemeChoice::dark
                                           : ui::ThemeChoice::system;
}

}  // namespace

int runWindow(const WindowOptions& options, int argc, char** argv) {
    nameApplication();
    QApplication application(argc, argv);
    Interrupt::install();
    QSocketNotifier interrupt(Interrupt::descriptor(), QSocketNotifier::Read);
    QObject::connect(&interrupt, &QSocketNotifier::activated, &application, &QApplication::quit);

    Application program(application, chosenTheme());
    if (const auto opened =
            program.lab().openFile(QString::fromLocal8Bit(options.scenario.c_str()));
        !opened) {
        std::cerr << "cachescope: " << ui::ErrorText(opened.error()).oneLine().toStdString()
                  << '\n';
        return 1;
    }
    program.lab().run();
    program.window().show();
    return QApplication::exec();
}

}  // namespace cachescope::app
