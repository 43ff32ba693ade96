// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "engine/inspect/key_changes.h"

class QButtonGroup;
class QLabel;
class QLineEdit;
class QListWidget;
class QProgressBar;
class QPushButton;

namespace cachescope::ui {

class ChangePresenter;
class ElidedLabel;
class InlineMessage;
class ValueSlider;

/// What is to be done with keys, what that would reach, and, once it runs, how far it is.
///
/// Shows the presenter's scope: ask for its preview, then open(). In production the pattern or the
/// count has to be typed. Closing it while something runs stops that. GUI thread.
class ChangeDialog : public QDialog {
    Q_OBJECT

public:
    explicit ChangeDialog(ChangePresenter& presenter, QWidget* parent = nullptr);

    void done(int result) override;

private:
    QWidget* makeChoice();
    QWidget* makePreview();
    QWidget* makeConfirmation();
    QWidget* makeRun();
    void choose(inspect::KeyChange::Kind kind);
    void takeChange();
    void refresh();
    void showPreview();
    void showRun();
    void warn();

    ChangePresenter& m_presenter;
    inspect::KeyChange m_change;
    ElidedLabel* m_title;
    QButtonGroup* m_kinds;
    QWidget* m_choice;
    ValueSlider* m_ttl;
    ValueSlider* m_part;
    QLabel* m_meaning;
    QWidget* m_preview;
    QLabel* m_reach;
    QLabel* m_duration;
    ElidedLabel* m_namespaces;
    QListWidget* m_sample;
    InlineMessage* m_message;
    QWidget* m_confirmation;
    QLabel* m_confirmLabel;
    QLineEdit* m_typed;
    QWidget* m_run;
    QProgressBar* m_progress;
    QLabel* m_state;
    QPushButton* m_stop;
    QPushButton* m_undo;
    QPushButton* m_close;
    QPushButton* m_start;
};

}  // namespace cachescope::ui
