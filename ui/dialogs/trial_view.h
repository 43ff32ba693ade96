// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

#include "ui/model/connection_trial.h"

class QGridLayout;

namespace cachescope::ui {

/// What came of a trial: first, in full sentences, whether the connection works or what is wrong
/// with it; below, a line each, what was tried and what answered. GUI thread.
class TrialView : public QWidget {
    Q_OBJECT

public:
    explicit TrialView(QWidget* parent = nullptr);

    void showTrying(const QString& what);
    void showTrial(const TrialText& trial);
    void clear();

private:
    void addLine(const TrialLine& line);
    void addConclusion(const QString& text, bool problem);

    QGridLayout* m_layout;
    int m_lines = 0;
};

}  // namespace cachescope::ui
