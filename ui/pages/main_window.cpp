// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/main_window.h"

#include <QAbstractButton>
#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QMessageBox>
#include <QScreen>
#include <QStackedWidget>

#include "ui/model/app_settings.h"
#include "ui/model/inspect_presenter.h"
#include "ui/model/lab_presenter.h"
#include "ui/model/printable_text.h"
#include "ui/model/tune_presenter.h"
#include "ui/pages/inspect_page.h"
#include "ui/pages/lab_page.h"
#include "ui/pages/tune_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/rail.h"

namespace cachescope::ui {

namespace {

// Data come five times a second; ten frames move them along smoothly at little cost.
constexpr int kFrameMilliseconds = 100;

enum RailId { labId, tuneId, inspectId, settingsId };

QString themeName(ThemeChoice choice) {
    switch (choice) {
        case ThemeChoice::light:
            return QStringLiteral("light");
        case ThemeChoice::dark:
            return QStringLiteral("dark");
        case ThemeChoice::system:
            break;
    }
    return QStringLiteral("system");
}

}  // namespace

MainWindow::MainWindow(LabPresenter& lab, TuneServices tune, InspectServices inspect,
                       RedisServices redis, Theme& theme, AppSettings& settings)
    : m_lab(lab),
      m_tune(tune.presenter),
      m_inspect(inspect.presenter),
      m_theme(theme),
      m_settings(settings),
      m_frames(kFrameMilliseconds),
      m_rail(new Rail),
      m_labPage(new LabPage(lab, redis, settings)),
      m_tunePage(new TunePage(tune.presenter, tune.live, settings)),
      m_inspectPage(new InspectPage(inspect)),
      m_pages(new QStackedWidget) {
    setWindowTitle(tr("Cachescope"));
    m_rail->addItem(labId, IconName::lab, tr("Lab"));
    m_rail->addItem(tuneId, IconName::tune, tr("Tune"));
    m_rail->addItem(inspectId, IconName::inspect, tr("Inspect"));
    m_rail->addAction(settingsId, IconName::settings, tr("Settings"));
    auto* content = new QWidget;
    auto* layout = new QHBoxLayout(content);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_rail);
    m_pages->insertWidget(labId, m_labPage);
    m_pages->insertWidget(tuneId, m_tunePage);
    m_pages->insertWidget(inspectId, m_inspectPage);
    layout->addWidget(m_pages, 1);
    setCentralWidget(content);
    setMinimumSize(QSize(fontMetrics().averageCharWidth() * 120, fontMetrics().height() * 28));
    // With room for a title bar on small screens.
    resize(QSize(1440, 900).boundedTo(screen()->availableSize() - QSize(0, 40)));
    if (const QByteArray geometry = m_settings.windowGeometry(); !geometry.isEmpty()) {
        restoreGeometry(geometry);
    }

    connect(&m_frames, &FrameClock::frame, &m_lab, &LabPresenter::tick);
    connect(&m_frames, &FrameClock::frame, m_inspectPage, &InspectPage::tick);
    connect(m_rail, &Rail::chosen, this, &MainWindow::showPage);
    connect(m_tunePage, &TunePage::labWanted, this, &MainWindow::showLab);
    connect(m_inspectPage, &InspectPage::tuneWanted, this, [this](const QString& path) {
        showTune();
        m_tunePage->importFile(path);
    });
    connect(m_rail, &Rail::triggered, this, &MainWindow::showSettings);
    connect(&m_lab, &LabPresenter::opened, this, [this] {
        m_scenario = m_lab.openedScenario().name;
        refreshTitle();
    });
    connect(&m_tune, &TunePresenter::studyChanged, this, &MainWindow::refreshTitle);
    connect(&m_inspect, &InspectPresenter::stateChanged, this, &MainWindow::refreshTitle);
    connect(&m_theme, &Theme::changed, m_labPage, &LabPage::refresh);
}

MainWindow::~MainWindow() = default;

void MainWindow::showPage(int id) {
    m_rail->setCurrent(id);
    m_pages->setCurrentIndex(id);
    refreshTitle();
    watch();
}

void MainWindow::showLab() {
    showPage(labId);
}

void MainWindow::showTune() {
    showPage(tuneId);
}

void MainWindow::showInspect() {
    showPage(inspectId);
}

void MainWindow::refreshTitle() {
    std::string subject;
    switch (m_pages->currentIndex()) {
        case tuneId:
            subject = m_tune.hasStudy() ? m_tune.study().source.name.toStdString() : std::string{};
            break;
        case inspectId:
            subject = m_inspect.state() == InspectPresenter::State::disconnected
                          ? std::string{}
                          : m_inspect.name().toStdString();
            break;
        default:
            subject = m_scenario;
            break;
    }
    setWindowTitle(subject.empty() ? tr("Cachescope")
                                   : tr("%1 — Cachescope").arg(printableText(subject)));
}

void MainWindow::watch() {
    const bool seen = isVisible() && !isMinimized();
    m_frames.setRunning(seen);
    m_lab.setWatched(seen);
    m_inspect.setWatched(seen && m_pages->currentIndex() == inspectId);
    if (seen) {
        m_lab.tick();
        m_labPage->refresh();
    }
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    watch();
}

void MainWindow::hideEvent(QHideEvent* event) {
    QMainWindow::hideEvent(event);
    watch();
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange) {
        watch();
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    m_settings.setWindowGeometry(saveGeometry());
    QMainWindow::closeEvent(event);
}

void MainWindow::showSettings() {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addSection(tr("Theme"));
    auto* group = new QActionGroup(menu);
    const auto add = [&](ThemeChoice choice, const QString& text) {
        QAction* action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(m_theme.choice() == choice);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, choice] {
            m_theme.setChoice(choice);
            m_settings.setTheme(themeName(choice));
        });
    };
    add(ThemeChoice::system, tr("As the system"));
    add(ThemeChoice::light, tr("Light"));
    add(ThemeChoice::dark, tr("Dark"));
    menu->addSeparator();
    connect(menu->addAction(tr("About Cachescope")), &QAction::triggered, this,
            &MainWindow::showAbout);
    QWidget* button = m_rail->button(settingsId);
    const QPoint corner = button->mapToGlobal(button->rect().topRight());
    menu->popup(corner - QPoint(0, menu->sizeHint().height() - button->height()));
}

void MainWindow::showAbout() {
    auto* box = new QMessageBox(
        QMessageBox::NoIcon, tr("About Cachescope"),
        tr("Cachescope %1, an oscilloscope for caches.").arg(QApplication::applicationVersion()),
        QMessageBox::Close, this);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(
        tr("Free software under the GNU General Public License, version 3 or later. Qt %1.")
            .arg(QLatin1String(qVersion())));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

}  // namespace cachescope::ui
