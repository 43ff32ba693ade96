// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/look_up_gate.h"

namespace cachescope::inspect {

namespace {

// Longer than INFO takes on a busy server, shorter than a person notices in a walk.
constexpr Duration kPatienceOfPassage = std::chrono::milliseconds{500};
// Longer than a page of a walk takes.
constexpr Duration kPatienceOfPause = std::chrono::milliseconds{100};

}  // namespace

LookUpGate::Passage::Passage(LookUpGate& gate) : m_gate(gate) {
    std::unique_lock lock(m_gate.m_mutex);
    m_gate.m_changed.wait_for(lock, kPatienceOfPassage, [this] { return m_gate.m_pauses == 0; });
    ++m_gate.m_passing;
}

LookUpGate::Passage::~Passage() {
    const std::lock_guard lock(m_gate.m_mutex);
    --m_gate.m_passing;
    m_gate.m_changed.notify_all();
}

LookUpGate::Pause::Pause(LookUpGate& gate) : m_gate(gate) {
    std::unique_lock lock(m_gate.m_mutex);
    ++m_gate.m_pauses;
    m_gate.m_changed.wait_for(lock, kPatienceOfPause, [this] { return m_gate.m_passing == 0; });
}

LookUpGate::Pause::~Pause() {
    const std::lock_guard lock(m_gate.m_mutex);
    --m_gate.m_pauses;
    m_gate.m_changed.notify_all();
}

}  // namespace cachescope::inspect
