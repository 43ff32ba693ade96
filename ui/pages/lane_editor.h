// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "engine/sim/scenario.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;

namespace cachescope::ui {

class LabPresenter;
class RedisAssistant;
class RedisField;
class ValueSlider;

/// The options of the selected lane: name, backend and its address, TTL, capacity, eviction policy,
/// single-flight. A change takes effect at once; what would rebuild the cache says so. GUI thread.
class LaneEditor : public QWidget {
    Q_OBJECT

public:
    LaneEditor(LabPresenter& presenter, RedisAssistant& assistant, QWidget* parent = nullptr);

    void setLane(sim::LaneId id);

private:
    enum Kind { none, memory, file, plainFiles, redis };

    void load();
    void apply();
    void updateVisibility();
    void watchServer();
    Kind kind() const;
    static Kind kindOf(const std::string& backend);
    std::string backendUrl() const;
    void browse();

    LabPresenter& m_presenter;
    sim::LaneId m_lane = 0;
    sim::LaneSpec m_spec;
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
    QCheckBox* m_singleFlight;
    QLabel* m_note;
};

}  // namespace cachescope::ui
