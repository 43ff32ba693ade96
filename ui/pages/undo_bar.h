// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace cachescope::ui {

class ChangePresenter;

/// The way back of the last change of TTLs, as long as it is open: what was done and when, until
/// when it can be undone, how far that is, and what came of it, or that it was lost with the
/// connection. Hidden otherwise, and while it is held. GUI thread.
class UndoBar : public QWidget {
    Q_OBJECT

public:
    explicit UndoBar(ChangePresenter& changes, QWidget* parent = nullptr);

    /// While a dialog says the same.
    void setHeld(bool held);

Q_SIGNALS:
    void undoRequested();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    void say(const QString& text);

    ChangePresenter& m_changes;
    QLabel* m_text;
    QProgressBar* m_progress;
    QPushButton* m_undo;
    QPushButton* m_stop;
    QToolButton* m_dismiss;
    bool m_held = false;
};

}  // namespace cachescope::ui
