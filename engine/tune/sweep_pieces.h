// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>

namespace cachescope::tune {

/// Work in pieces, done by the calling thread and Workers beside it, that can be stopped.
///
/// Pieces are begun in order, each by whoever is free. Only the calling thread asks `progress`, at
/// least every few hundredths of a second as long as pieces call goesOn(). The work must not throw.
/// One use, one thread.
class SweepPieces {
public:
    using Work = std::function<void(std::size_t thread, std::size_t piece)>;

    SweepPieces(std::size_t count, const std::function<bool(double)>& progress)
        : m_count(count), m_progress(progress) {}

    /// False if it was stopped. `thread` is below `threads`; zero is the calling one.
    bool run(std::size_t threads, const Work& work);

    /// For the work, now and then; false: return at once.
    bool goesOn(std::size_t thread);

private:
    void workOn(std::size_t thread, const Work& work);
    void waitForOthers();

    std::size_t m_count;
    const std::function<bool(double)>& m_progress;
    std::atomic<std::size_t> m_next{0};
    std::atomic<std::size_t> m_done{0};
    std::atomic<bool> m_stopped{false};
    std::mutex m_mutex;
    std::condition_variable m_ended;
    std::size_t m_others = 0;
};

}  // namespace cachescope::tune
