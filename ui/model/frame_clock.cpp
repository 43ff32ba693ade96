// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/frame_clock.h"

namespace cachescope::ui {

FrameClock::FrameClock(int millisecondsPerFrame, QObject* parent) : QObject(parent) {
    m_timer.setTimerType(Qt::CoarseTimer);
    m_timer.setInterval(millisecondsPerFrame);
    connect(&m_timer, &QTimer::timeout, this, &FrameClock::tick);
}

void FrameClock::setRunning(bool running) {
    if (running && !m_timer.isActive()) {
        m_timer.start();
    } else if (!running) {
        m_timer.stop();
    }
}

}  // namespace cachescope::ui
