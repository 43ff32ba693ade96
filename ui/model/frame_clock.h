// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

namespace cachescope::ui {

/// The one timer of a window: everything that moves is refreshed on its tick, together.
///
/// It runs only while somebody looks and something moves. Tests call tick() by hand. GUI thread.
class FrameClock : public QObject {
    Q_OBJECT

public:
    explicit FrameClock(int millisecondsPerFrame, QObject* parent = nullptr);

    void setRunning(bool running);
    bool isRunning() const { return m_timer.isActive(); }

public Q_SLOTS:
    void tick() { Q_EMIT frame(); }

Q_SIGNALS:
    void frame();

private:
    QTimer m_timer;
};

}  // namespace cachescope::ui
