// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <utility>

#include "engine/core/worker.h"

namespace cachescope::ui {

/// Ends what takes a moment to end, such as what waits for a server, away from the GUI thread.
///
/// Each on a thread of its own, so that a silent server holds up no other. The destructor waits
/// for all of them: at the program's end, what is to be put back is put back. GUI thread.
class LateEnd {
public:
    LateEnd() = default;
    ~LateEnd();
    LateEnd(const LateEnd&) = delete;
    LateEnd& operator=(const LateEnd&) = delete;

    void run(std::function<void()> job);
    /// Gives up `what`; whoever else holds it lets it go before this does. Null is fine.
    void take(std::shared_ptr<void> what);

private:
    struct One {
        std::function<void()> job;
        std::atomic<bool> ended{false};
        std::unique_ptr<Worker> worker;  // last: it uses the others
    };

    std::list<One> m_all;
};

}  // namespace cachescope::ui
