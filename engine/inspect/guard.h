// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>

#include "engine/core/result.h"
#include "engine/inspect/command_policy.h"
#include "engine/inspect/look_up_gate.h"
#include "engine/inspect/meter.h"

namespace cachescope::inspect {

/// What all connections to one inspected server share: the meter, the gate of look-ups, and whether
/// a person has unlocked changes. Locked at first. Any thread.
class Guard {
public:
    void unlock() noexcept { m_unlocked.store(true, std::memory_order_release); }
    void lock() noexcept { m_unlocked.store(false, std::memory_order_release); }
    bool isUnlocked() const noexcept { return m_unlocked.load(std::memory_order_acquire); }

    /// Whether somebody who was granted `granted` may send the command now. noPermission with the
    /// reason, which is counted.
    Result<CommandPass> admit(const RedisCommand& command, CommandReach granted);
    /// The same on a connection that others use too.
    Result<CommandPass> admitToShared(const RedisCommand& command, CommandReach granted);

    Meter& meter() noexcept { return m_meter; }
    const Meter& meter() const noexcept { return m_meter; }
    LookUpGate& lookUpGate() noexcept { return m_lookUpGate; }

private:
    Result<CommandPass> counted(Result<CommandPass> pass) noexcept;

    Meter m_meter;
    LookUpGate m_lookUpGate;
    std::atomic<bool> m_unlocked{false};
};

}  // namespace cachescope::inspect
