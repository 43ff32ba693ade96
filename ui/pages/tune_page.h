// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QScrollArea;
class QStackedWidget;
class QTabBar;

namespace cachescope {
class Error;
}

namespace cachescope::ui {

class AppSettings;
class CurvePanel;
class InlineMessage;
class TuneLive;
class TunePresenter;

/// Tune: namespaces on the left, the curve over all TTLs in the middle, what is wanted and what is
/// advised on the right; in a narrow window the right column is a tab. Puts the parts together; all
/// logic is the presenter's. GUI thread.
class TunePage : public QWidget {
    Q_OBJECT

public:
    TunePage(TunePresenter& presenter, TuneLive& live, AppSettings& settings,
             QWidget* parent = nullptr);

    /// Asks for a file, and how to read it.
    void openTrace();
    /// Asks how to read a file, as if it had been chosen.
    void importFile(const QString& path);

Q_SIGNALS:
    /// The Lab runs the advice and should be seen.
    void labWanted();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeMiddle();
    QWidget* makeRight();
    QWidget* makeContent();
    void fold();
    void fail(const Error& error);
    void runInLab();
    void exportCurves();
    void refreshMeasured();

    TunePresenter& m_presenter;
    TuneLive& m_live;
    AppSettings& m_settings;
    InlineMessage* m_message;
    QStackedWidget* m_stack;
    QTabBar* m_tabs;
    QLabel* m_comparison;
    CurvePanel* m_curve = nullptr;
    QWidget* m_middle = nullptr;
    QScrollArea* m_right = nullptr;
    bool m_folded = false;
};

}  // namespace cachescope::ui
