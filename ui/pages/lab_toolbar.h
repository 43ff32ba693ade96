// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace cachescope::ui {

class LabPresenter;

/// The line above the Lab: run or pause, step, reset, speed, the run's time, and the scenario with
/// its file menu. GUI thread.
class LabToolbar : public QWidget {
    Q_OBJECT

public:
    explicit LabToolbar(LabPresenter& presenter, QWidget* parent = nullptr);

Q_SIGNALS:
    /// A scenario that comes with the program was chosen.
    void scenarioChosen(const QString& id);
    void openRequested();
    void saveRequested();
    void exportRequested();

private:
    void updatePhase();
    void updateTime();
    void updateScenario();
    void fillScenarioMenu();

    LabPresenter& m_presenter;
    QPushButton* m_run;
    QPushButton* m_step;
    QPushButton* m_reset;
    QComboBox* m_speed;
    QLabel* m_time;
    QLabel* m_behind;
    QPushButton* m_scenario;
};

}  // namespace cachescope::ui
