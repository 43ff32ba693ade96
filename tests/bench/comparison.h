// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cachescope::bench {

/// What a round is measured in.
enum class Watch : std::uint8_t {
    processor,  ///< processor time of the calling thread: what others do on the machine stays out
    wall,       ///< real time, for what waits for a disk or a server
};

/// Nanoseconds of `watch` so far. Any thread.
double nanoseconds(Watch watch) noexcept;

/// Nanoseconds an operation that `work`, which does `operations` of them, takes.
double timed(Watch watch, std::uint64_t operations, const std::function<void()>& work);

/// The same done by `threads` threads at a time, which start together: `work` is called by each
/// with its number and does `operations`. Nanoseconds that a thread needs for one operation, on
/// average. In processor time, a thread that sleeps until a lock is free costs nothing meanwhile.
double timedOnThreads(Watch watch, unsigned threads, std::uint64_t operations,
                      const std::function<void(unsigned)>& work);

/// Keeps the compiler from leaving out the computation of `value`.
template <class T>
inline void keep(const T& value) {
    asm volatile("" : : "g"(&value) : "memory");
}

/// Contestants at one task, measured in turn, round after round, so that whatever slows the machine
/// down slows all of them.
///
/// The first one is the reference; the others are told as a ratio to it, the median of the ratios
/// of single rounds. Ratios hold on other machines, nanoseconds do not. One thread.
class Comparison {
public:
    explicit Comparison(std::string task) : m_task(std::move(task)) {}

    /// `round` does its own preparations and returns nanoseconds an operation.
    void add(std::string name, std::function<double()> round);

    const std::string& task() const noexcept { return m_task; }

    /// After a round that is not counted.
    void run(int rounds);

    /// A table of nanoseconds an operation (median and best round) and ratios.
    void print() const;
    std::string toJson() const;

private:
    struct Contestant {
        std::string name;
        std::function<double()> round;
        std::vector<double> nanoseconds{};
    };
    static double median(std::vector<double> values);
    double ratio(const Contestant& of) const;

    std::string m_task;
    std::vector<Contestant> m_contestants;
};

/// Runs and prints the comparisons one after the other, then one line of JSON with all of them.
/// Understands `--rounds N` and a text that the names of the wanted tasks contain. The exit code: 0
/// when done, 2 after wrong arguments.
int runAll(const char* benchmark, int rounds, std::vector<Comparison> comparisons, int argc,
           char** argv);

}  // namespace cachescope::bench
