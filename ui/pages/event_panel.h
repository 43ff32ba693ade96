// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/card.h"

class QCheckBox;
class QListView;
class QStackedLayout;

namespace cachescope::ui {

class LabPresenter;

/// The events of the run, newest first, each explained in one sentence; hits can be left out.
/// Copies as CSV. Keeps what is being read in place while new events come in above. GUI thread.
class EventPanel : public Card {
    Q_OBJECT

public:
    explicit EventPanel(LabPresenter& presenter, QWidget* parent = nullptr);

private:
    void copy();

    LabPresenter& m_presenter;
    QListView* m_list;
    QCheckBox* m_hits;
    QStackedLayout* m_stack;
};

}  // namespace cachescope::ui
