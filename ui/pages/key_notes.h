// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QPushButton;

namespace cachescope::ui {

class ElidedLabel;
class KeyTableModel;

/// One quiet line on how far the table can be believed: how many of its keys have changed since
/// they were read, and whether they are all, each with a way to do something about it. GUI thread.
class KeyNotes : public QWidget {
    Q_OBJECT

public:
    explicit KeyNotes(const KeyTableModel& model, QWidget* parent = nullptr);

    /// Call it when the keys are others.
    void refresh();

Q_SIGNALS:
    void walkRequested();
    void readAgainRequested();

private:
    void showChanges();
    void showSample();

    const KeyTableModel& m_model;
    ElidedLabel* m_changed;
    QPushButton* m_again;
    ElidedLabel* m_sample;
    QPushButton* m_walk;
};

}  // namespace cachescope::ui
