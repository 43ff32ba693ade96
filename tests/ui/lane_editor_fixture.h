// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>
#include <functional>
#include <memory>

#include "tests/ui/lab_fixture.h"
#include "ui/pages/lane_editor.h"

namespace cachescope::ui::test {

/// The editor of the second lane, as a window of its own, with a run behind it.
struct LaneEditorFixture : LabFixture {
    std::unique_ptr<LaneEditor> editor;

    explicit LaneEditorFixture(const sim::Scenario& scenario = smallScenario()) {
        editor = std::make_unique<LaneEditor>(lab, RedisServices{assistant, connections});
        lab.open(scenario);
    }
    /// Whether the window is there; `prepare` is called once it is shown.
    bool ready(const std::function<void()>& prepare = {}) {
        return after([&](const sim::LiveState& state) {
            if (state.lanes.size() != lab.openedScenario().lanes.size() ||
                state.phase != sim::RunPhase::paused) {
                return false;
            }
            editor->setLane(2);
            editor->show();
            if (prepare) {
                prepare();
            }
            return QTest::qWaitForWindowActive(editor.get());
        });
    }
};

}  // namespace cachescope::ui::test
