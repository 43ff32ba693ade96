// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/card.h"

class QComboBox;
class QLineEdit;
class QPushButton;

namespace cachescope::ui {

class TunePresenter;
class ValueSlider;

/// What a person wants of the TTLs, what things cost, how often the data change, and how a TTL
/// counts. Every slider takes effect while it moves. GUI thread.
class WishesPanel : public Card {
    Q_OBJECT

public:
    explicit WishesPanel(TunePresenter& presenter, QWidget* parent = nullptr);

private:
    QWidget* makeGoal();
    QWidget* makeChanges();
    QWidget* makePrices();
    QWidget* makeCounting();
    void load();
    void apply();

    TunePresenter& m_presenter;
    QComboBox* m_goal;
    ValueSlider* m_stale;
    ValueSlider* m_calls;
    ValueSlider* m_load;
    QComboBox* m_changes;
    ValueSlider* m_interval;
    QPushButton* m_ownInterval;
    ValueSlider* m_callPrice;
    ValueSlider* m_memoryPrice;
    ValueSlider* m_stalePrice;
    ValueSlider* m_waitPrice;
    QComboBox* m_rule;
    QComboBox* m_boundary;
    QLineEdit* m_separator;
    bool m_loading = false;
};

}  // namespace cachescope::ui
