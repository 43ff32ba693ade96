// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QProgressBar;
class QPushButton;

namespace cachescope::ui {

class ElidedLabel;
class TunePresenter;

/// The head of Tune: what is being tuned, how far it is known, where else requests come from, and
/// the way out. GUI thread.
class TuneToolbar : public QWidget {
    Q_OBJECT

public:
    explicit TuneToolbar(TunePresenter& presenter, QWidget* parent = nullptr);

Q_SIGNALS:
    void openRequested();
    void labRequested();
    void exportRequested();

private:
    void refresh();
    void showProgress(const QString& what, double done);

    TunePresenter& m_presenter;
    ElidedLabel* m_name;
    ElidedLabel* m_facts;
    ElidedLabel* m_doing;
    QProgressBar* m_progress;
    QPushButton* m_stop;
    QPushButton* m_export;
};

}  // namespace cachescope::ui
