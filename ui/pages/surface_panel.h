// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/card.h"

class QComboBox;
class QLabel;

namespace cachescope::ui {

class HeatMap;
class TunePresenter;

/// TTL × capacity: the hit ratio at every pair, under a policy, with lines of equal cost. Choosing
/// a cell sets the TTL, and draws what its capacity does into the large chart. GUI thread.
class SurfacePanel : public Card {
    Q_OBJECT

public:
    explicit SurfacePanel(TunePresenter& presenter, QWidget* parent = nullptr);

private:
    void refresh();
    void refreshLines();
    void refreshText();
    void choose(double ttl, double capacity);

    TunePresenter& m_presenter;
    QComboBox* m_policy;
    QLabel* m_badge;
    HeatMap* m_map;
    QLabel* m_text;
    QList<double> m_ttls;
    QList<double> m_capacities;
    std::string m_shownPolicy;
};

}  // namespace cachescope::ui
