// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>

#include "ui/model/keyspace.h"
#include "ui/widgets/card.h"

class QCheckBox;
class QComboBox;
class QLabel;

namespace cachescope::ui {

class ElidedLabel;
class InspectPresenter;
class Legend;
class StackedBars;

/// The expiry forecast: what falls due ahead, by namespace, by keys or bytes, moving with time; the
/// largest storm by name, and what jitter would have made of it. GUI thread.
class ForecastPanel : public Card {
    Q_OBJECT

public:
    explicit ForecastPanel(InspectPresenter& presenter, QWidget* parent = nullptr);

    /// To the present moment; call it once a second.
    void refresh();

protected:
    void changeEvent(QEvent* event) override;

private:
    void showWindow(const inspect::ForecastWindow& window);
    void chooseColours(const std::vector<inspect::NamespaceDue>& spaces);
    void showStorm(const inspect::ForecastWindow& window);

    InspectPresenter& m_presenter;
    QHash<QByteArray, int> m_colours;  // of namespaces, by the theme's numbers
    QLabel* m_badge;
    Legend* m_legend;
    QCheckBox* m_jitter;
    QComboBox* m_measure;
    QComboBox* m_span;
    StackedBars* m_bars;
    ElidedLabel* m_text;
};

}  // namespace cachescope::ui
