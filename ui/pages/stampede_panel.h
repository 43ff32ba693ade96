// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/card.h"

class QComboBox;
class QLabel;

namespace cachescope::ui {

class BarList;
class TunePresenter;

/// What requests for the same missing key cost, under each protection: calls of the origin as bars,
/// and how long requests wait. At the TTL for all keys. GUI thread.
class StampedePanel : public Card {
    Q_OBJECT

public:
    explicit StampedePanel(TunePresenter& presenter, QWidget* parent = nullptr);

private:
    void refresh();

    TunePresenter& m_presenter;
    QLabel* m_badge;
    QComboBox* m_scope;
    BarList* m_bars;
};

}  // namespace cachescope::ui
