// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;

namespace cachescope::ui {

class CapturePresenter;
class FigureStrip;
class InlineMessage;
class ValueSlider;

/// Records a server's requests for Tune: how long and how much, what that costs, how far it is, and
/// what came of it. Open it with open(). Closing it stops what runs. GUI thread.
class CaptureDialog : public QDialog {
    Q_OBJECT

public:
    explicit CaptureDialog(CapturePresenter& presenter, QWidget* parent = nullptr);

    void done(int result) override;

private:
    QWidget* makeChoice();
    void refresh();
    void showServers();
    void chooseFile();

    CapturePresenter& m_presenter;
    QWidget* m_choice;
    QWidget* m_serverLine;
    QComboBox* m_server;
    ValueSlider* m_duration;
    ValueSlider* m_bytes;
    QLabel* m_cost;
    QProgressBar* m_progress;
    FigureStrip* m_figures;
    QLabel* m_end;
    InlineMessage* m_message;
    QPushButton* m_close;
    QPushButton* m_save;
    QPushButton* m_start;
    QPushButton* m_stop;
    QPushButton* m_open;
};

}  // namespace cachescope::ui
