// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "engine/core/clock.h"

namespace cachescope::inspect {

/// Lets our own look-ups stand aside for a moment, so that the counters of a server can be read
/// while none of ours is under way: only then is it exact how many look-ups are those of others.
///
/// Waits are short and end by themselves: a gate never keeps anybody from working, and who came
/// through in spite of a pause is seen by the meter. Any thread; does not nest.
class LookUpGate {
public:
    /// For as long as look-ups of a round trip are under way.
    class Passage {
    public:
        /// Waits for a pause to end, half a second at most.
        explicit Passage(LookUpGate& gate);
        ~Passage();
        Passage(const Passage&) = delete;
        Passage& operator=(const Passage&) = delete;

    private:
        LookUpGate& m_gate;
    };

    /// Keeps others from passing while it lives.
    class Pause {
    public:
        /// Waits for those who are passing, a tenth of a second at most.
        explicit Pause(LookUpGate& gate);
        ~Pause();
        Pause(const Pause&) = delete;
        Pause& operator=(const Pause&) = delete;

    private:
        LookUpGate& m_gate;
    };

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::size_t m_passing = 0;
    std::size_t m_pauses = 0;
};

}  // namespace cachescope::inspect
