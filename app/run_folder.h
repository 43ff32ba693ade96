// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>
#include <string>

#include "engine/sim/live_run.h"

namespace cachescope::app {

/// What a run of this process calls its own: an id that no other run has, and a scratch folder that
/// goes with this object. GUI thread.
class RunFolder {
public:
    RunFolder();

    const std::string& id() const noexcept { return m_id; }
    std::string path() const { return m_folder.path().toStdString(); }
    sim::LiveRunConfig liveRunConfig() const;

private:
    std::string m_id;
    QTemporaryDir m_folder;
};

}  // namespace cachescope::app
