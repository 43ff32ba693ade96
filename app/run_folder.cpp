// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run_folder.h"

#include <QCoreApplication>
#include <QDir>

namespace cachescope::app {

RunFolder::RunFolder()
    : m_id(QStringLiteral("%1-%2")
               .arg(QCoreApplication::applicationPid())
               .arg(SystemClock::instance().now().time_since_epoch().count() / 1'000'000 %
                    1'000'000'000)
               .toStdString()),
      m_folder(QDir::tempPath() + QStringLiteral("/cachescope-XXXXXX")) {}

sim::LiveRunConfig RunFolder::liveRunConfig() const {
    sim::LiveRunConfig config;
    config.runId = m_id;
    config.scratchDirectory = path();
    return config;
}

}  // namespace cachescope::app
