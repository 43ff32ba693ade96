// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "engine/sim/scenario.h"
#include "ui/pages/option_row.h"
#include "ui/pages/redis_services.h"

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QToolButton;

namespace cachescope::ui {

class LabPresenter;
class LaneOptions;
class ProblemLabel;
class RedisField;
class ValueSlider;

/// The options of the selected lane: name, backend (every kind that the registry knows) and its
/// address, TTL, capacity, eviction policy, all others folded below them, and buttons to clone it,
/// take its backend down, restart it or remove it. A change takes effect at once, unless the
/// options do not go together: the editor then says so and waits for a correction. GUI thread.
class LaneEditor : public QWidget {
    Q_OBJECT

public:
    LaneEditor(LabPresenter& presenter, RedisServices redis, QWidget* parent = nullptr);
    ~LaneEditor() override;

    void setLane(sim::LaneId id);
    /// Shows an option, named as in scenario files, and returns where; null where there is none.
    QWidget* reveal(const QString& option);

private:
    void load();
    void apply();
    void edit(const LaneChange& change);
    void showOptions();
    void updateVisibility();
    void fillBackends();
    /// The scheme chosen, that of the lower level where there are two; "none" without a cache.
    std::string scheme() const;
    bool isTwoLevels() const;
    std::string lowerUrl() const;
    void watchServer();
    std::string backendUrl() const;
    void browse();
    void addButtons(QHBoxLayout* row);
    void updateButtons();

    LabPresenter& m_presenter;
    sim::LaneId m_lane = 0;
    sim::LaneId m_shownLane = 0;
    std::string m_shownBackend;
    sim::LaneSpec m_spec;     // as the controls show it
    sim::LaneSpec m_applied;  // as the run has it, or is about to
    bool m_loading = false;
    bool m_troubled = false;
    QLineEdit* m_name;
    QComboBox* m_backend;
    QLineEdit* m_path;
    QWidget* m_pathRow;
    RedisField* m_redis;
    ValueSlider* m_ttl;
    QCheckBox* m_never;
    ValueSlider* m_capacity;
    QComboBox* m_policy;
    QWidget* m_policyRow;
    QLabel* m_note;
    ProblemLabel* m_problem;
    LaneOptions* m_options;
    QToolButton* m_clone;
    QToolButton* m_outage;
    QToolButton* m_restart;
    QToolButton* m_remove;
};

}  // namespace cachescope::ui
