// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QProgressBar;
class QPushButton;

namespace cachescope::ui {

class ElidedLabel;
class KeyspacePresenter;

/// How the keys are known and how to know them better: a new sample, a walk over all, gently or
/// fast, with its progress, and pause and stop. GUI thread.
class WalkBar : public QWidget {
    Q_OBJECT

public:
    explicit WalkBar(KeyspacePresenter& keyspace, QWidget* parent = nullptr);

    /// As gently as was chosen last.
    void walk();

private:
    void refresh();
    void togglePause();

    KeyspacePresenter& m_keyspace;
    ElidedLabel* m_text;
    QProgressBar* m_progress;
    QPushButton* m_pause;
    QPushButton* m_stop;
    QPushButton* m_sample;
    QPushButton* m_walk;
    bool m_fast = false;
    bool m_readsIdle = false;
};

}  // namespace cachescope::ui
