// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "engine/core/worker.h"

namespace cachescope::test {

/// Runs `body` on a thread; join() or the destructor waits for its end.
class TestThread {
public:
    explicit TestThread(std::function<void()> body)
        : m_worker("test", [run = std::move(body)](Worker&, std::stop_token) { run(); }) {}
    void join() { m_worker.stop(); }

private:
    Worker m_worker;
};

/// Runs `body(0)` to `body(count - 1)`, each on a thread of its own, and waits for all.
inline void inParallel(int count, const std::function<void(int)>& body) {
    std::vector<std::unique_ptr<TestThread>> threads;
    for (int i = 0; i < count; ++i) {
        threads.push_back(std::make_unique<TestThread>([&body, i] { body(i); }));
    }
}

}  // namespace cachescope::test
