// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <latch>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string_view>

#include "engine/core/worker.h"

namespace cachescope::bench {

double nanoseconds(Watch watch) noexcept {
    timespec now{};
    clock_gettime(watch == Watch::wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double timed(Watch watch, std::uint64_t operations, const std::function<void()>& work) {
    const double begin = nanoseconds(watch);
    work();
    return (nanoseconds(watch) - begin) / static_cast<double>(operations);
}

double timedOnThreads(Watch watch, unsigned threads, std::uint64_t operations,
                      const std::function<void(unsigned)>& work) {
    std::latch ready(threads);
    std::latch done(threads);
    std::vector<double> spent(threads);
    std::vector<std::unique_ptr<Worker>> workers;
    for (unsigned i = 0; i < threads; ++i) {
        workers.push_back(std::make_unique<Worker>("bench", [&, i](Worker&, std::stop_token) {
            ready.arrive_and_wait();
            spent[i] = timed(watch, operations, [&] { work(i); });
            done.count_down();
        }));
    }
    done.wait();
    return std::accumulate(spent.begin(), spent.end(), 0.0) / threads;
}

void Comparison::add(std::string name, std::function<double()> round) {
    m_contestants.push_back({std::move(name), std::move(round)});
}

void Comparison::run(int rounds) {
    for (int round = -1; round < rounds; ++round) {
        for (Contestant& contestant : m_contestants) {
            const double result = contestant.round();
            if (round >= 0) {
                contestant.nanoseconds.push_back(result);
            }
        }
    }
}

double Comparison::median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double Comparison::ratio(const Contestant& of) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < of.nanoseconds.size(); ++i) {
        ratios.push_back(of.nanoseconds[i] / m_contestants.front().nanoseconds[i]);
    }
    return median(std::move(ratios));
}

void Comparison::print() const {
    std::printf("\n%s\n  %-46s %11s %11s %8s\n", m_task.c_str(), "", "median", "best", "ratio");
    for (const Contestant& contestant : m_contestants) {
        const double best =
            *std::min_element(contestant.nanoseconds.begin(), contestant.nanoseconds.end());
        std::printf("  %-46s %8.1f ns %8.1f ns %8.2f\n", contestant.name.c_str(),
                    median(contestant.nanoseconds), best, ratio(contestant));
    }
}

std::string Comparison::toJson() const {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    const auto rounded = [](double value) {
        return static_cast<double>(std::llround(value * 100)) / 100;
    };
    for (const Contestant& contestant : m_contestants) {
        rows.push_back({{"name", contestant.name},
                        {"median_ns", rounded(median(contestant.nanoseconds))},
                        {"best_ns", rounded(*std::min_element(contestant.nanoseconds.begin(),
                                                              contestant.nanoseconds.end()))},
                        {"ratio", rounded(ratio(contestant))}});
    }
    return nlohmann::ordered_json{{"task", m_task}, {"contestants", rows}}.dump();
}

int runAll(const char* benchmark, int rounds, std::vector<Comparison> comparisons, int argc,
           char** argv) {
    std::string_view wanted;
    for (int i = 1; i < argc; ++i) {
        if (std::string_view(argv[i]) == "--rounds") {
            rounds = i + 1 < argc ? std::atoi(argv[++i]) : 0;
        } else {
            wanted = argv[i];
        }
    }
    std::erase_if(comparisons, [wanted](const Comparison& comparison) {
        return comparison.task().find(wanted) == std::string::npos;
    });
    if (rounds < 1 || comparisons.empty()) {
        std::fprintf(stderr, "usage: %s_bench [--rounds N] [PART OF A TASK'S NAME]\n", benchmark);
        return 2;
    }
    std::string results;
    for (Comparison& comparison : comparisons) {
        comparison.run(rounds);
        comparison.print();
        std::fflush(stdout);
        results += (results.empty() ? "" : ",") + comparison.toJson();
    }
    std::printf("\n{\"benchmark\":\"%s\",\"rounds\":%d,\"tasks\":[%s]}\n", benchmark, rounds,
                results.c_str());
    return 0;
}

}  // namespace cachescope::bench
