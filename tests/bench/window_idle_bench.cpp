// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How much of a processor the window takes: seen and running (the reference), seen and paused,
// hidden and running, hidden and paused. All threads of the process count.

#include <sys/resource.h>

#include <QApplication>
#include <QTimer>
#include <array>
#include <cstdio>
#include <memory>

#include "app/application.h"

namespace {

using cachescope::app::Application;

constexpr int kSettleMilliseconds = 2'000;
constexpr int kMeasureMilliseconds = 8'000;

double processorSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Case {
    const char* name;
    bool visible;
    bool running;
    double percent = 0;
};

// One case after the other, each from the timer that ends the one before.
class Measurement : public QObject {
public:
    explicit Measurement(Application& program) : m_program(program) {}

    void next() {
        if (m_at == m_cases.size()) {
            print();
            QApplication::quit();
            return;
        }
        const Case& present = m_cases[m_at];
        m_program.window().setVisible(present.visible);
        if (present.running) {
            m_program.lab().run();
        } else {
            m_program.lab().pause();
        }
        QTimer::singleShot(kSettleMilliseconds, this, [this] {
            m_begin = processorSeconds();
            QTimer::singleShot(kMeasureMilliseconds, this, [this] {
                m_cases[m_at++].percent =
                    (processorSeconds() - m_begin) * 100'000 / kMeasureMilliseconds;
                next();
            });
        });
    }

private:
    void print() const {
        std::printf("%-20s %22s %10s\n", "window and run", "percent of a processor", "ratio");
        for (const Case& each : m_cases) {
            std::printf("%-20s %22.2f %10.3f\n", each.name, each.percent,
                        each.percent / m_cases.front().percent);
        }
        std::printf("{\"benchmark\": \"window_idle\"");
        for (const Case& each : m_cases) {
            std::printf(", \"%s\": %.3f", each.name, each.percent);
        }
        std::printf("}\n");
    }

    Application& m_program;
    std::array<Case, 4> m_cases{
        Case{"seen, running", true, true}, Case{"seen, paused", true, false},
        Case{"hidden, running", false, true}, Case{"hidden, paused", false, false}};
    std::size_t m_at = 0;
    double m_begin = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    cachescope::app::nameApplication();
    QCoreApplication::setApplicationName(QStringLiteral("Cachescope-bench"));
    QApplication application(argc, argv);
    Application program(application, cachescope::ui::ThemeChoice::light);
    if (!program.lab().openFile(QStringLiteral("demo"))) {
        return 1;
    }
    Measurement measurement(program);
    measurement.next();
    return QApplication::exec();
}
