// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/open_metrics.h"

#include <array>
#include <charconv>
#include <string_view>

namespace cachescope {

namespace {

struct CounterFamily {
    const char* name;
    const char* help;
    std::uint64_t StatsSnapshot::*value;
};

constexpr std::array kCounters{
    CounterFamily{"hits", "Requests served from the cache.", &StatsSnapshot::hits},
    CounterFamily{"stale_hits", "Hits on a value older than the origin's.",
                  &StatsSnapshot::staleHits},
    CounterFamily{"expired_hits", "Hits past the TTL, while a load refreshes the value.",
                  &StatsSnapshot::expiredHits},
    CounterFamily{"negative_hits", "Hits on a stored absence or failure.",
                  &StatsSnapshot::negativeHits},
    CounterFamily{"misses", "Requests that found nothing to serve.", &StatsSnapshot::misses},
    CounterFamily{"coalesced", "Misses that waited for the load of another request.",
                  &StatsSnapshot::coalesced},
    CounterFamily{"fallbacks", "Misses served a value past its TTL.", &StatsSnapshot::fallbacks},
    CounterFamily{"loads", "Calls of the origin.", &StatsSnapshot::loads},
    CounterFamily{"refreshes", "Loads in the background.", &StatsSnapshot::refreshes},
    CounterFamily{"load_failures", "Loads that failed.", &StatsSnapshot::loadFailures},
    CounterFamily{"timeouts", "Requests that did not wait for their load to end.",
                  &StatsSnapshot::timeouts},
    CounterFamily{"fills", "Loaded values that were stored.", &StatsSnapshot::fills},
    CounterFamily{"expirations", "Entries removed after their deadline.",
                  &StatsSnapshot::expirations},
    CounterFamily{"evictions", "Entries removed to keep a bound.", &StatsSnapshot::evictions},
    CounterFamily{"invalidations", "Entries removed on request.", &StatsSnapshot::invalidations},
    CounterFamily{"backend_errors", "Calls of the backend that failed.", &StatsSnapshot::errors},
};
static_assert(kCounters.size() == kCounterCount);

constexpr std::array kBounds{1e-6, 1e-5, 1e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05,
                             0.1,  0.25, 0.5,  1.0,  2.5,    5.0,  10.0, 30.0,  60.0};

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\' || c == '"') {
            result += '\\';
        }
        if (c == '\n') {
            result += "\\n";
        } else {
            result += c;
        }
    }
    return result;
}

std::string numberText(double value) {
    std::array<char, 32> text{};
    const auto [end, failure] = std::to_chars(text.data(), text.data() + text.size(), value);
    std::string result(text.data(), end);
    // A bound is a float, and is to look like one.
    return result.find_first_of(".e") == std::string::npos ? result + ".0" : result;
}

void describe(std::string& text, const std::string& family, const char* type, const char* unit,
              const char* help) {
    text += "# TYPE " + family + ' ' + type + '\n';
    if (unit != nullptr) {
        text += "# UNIT " + family + ' ' + unit + '\n';
    }
    text += "# HELP " + family + ' ' + help + '\n';
}

std::string label(const CacheMetrics& cache) {
    return "cache=\"" + escaped(cache.name) + '"';
}

void gauge(std::string& text, const std::string& family, const char* unit, const char* help,
           std::span<const CacheMetrics> caches, std::uint64_t CacheMetrics::*value) {
    describe(text, family, "gauge", unit, help);
    for (const CacheMetrics& cache : caches) {
        text += family + '{' + label(cache) + "} " + std::to_string(cache.*value) + '\n';
    }
}

void latency(std::string& text, const CacheMetrics& cache, const std::string& family) {
    const auto& counts = cache.latency.counts();
    std::uint64_t below = 0;
    std::size_t bucket = 0;
    for (const double bound : kBounds) {
        for (; bucket < counts.size() &&
               static_cast<double>(HistogramBuckets::midpoint(bucket)) <= bound * 1e9;
             ++bucket) {
            below += counts[bucket];
        }
        text += family + "_bucket{" + label(cache) + ",le=\"" + numberText(bound) + "\"} " +
                std::to_string(below) + '\n';
    }
    const std::uint64_t all = cache.latency.count();
    text += family + "_bucket{" + label(cache) + ",le=\"+Inf\"} " + std::to_string(all) + '\n';
    text += family + "_count{" + label(cache) + "} " + std::to_string(all) + '\n';
    const double mean = std::chrono::duration<double>(cache.latency.mean()).count();
    text +=
        family + "_sum{" + label(cache) + "} " + numberText(mean * static_cast<double>(all)) + '\n';
}

}  // namespace

std::string openMetricsText(std::span<const CacheMetrics> caches) {
    std::string text;
    for (const CounterFamily& counter : kCounters) {
        const std::string family = std::string("cachescope_") + counter.name;
        describe(text, family, "counter", nullptr, counter.help);
        for (const CacheMetrics& cache : caches) {
            text += family + "_total{" + label(cache) + "} " +
                    std::to_string(cache.stats.*counter.value) + '\n';
        }
    }
    gauge(text, "cachescope_entries", nullptr, "Entries at present.", caches,
          &CacheMetrics::entries);
    gauge(text, "cachescope_stored_bytes", "bytes", "Bytes of these, as the backend counts them.",
          caches, &CacheMetrics::bytes);
    const std::string family = "cachescope_request_latency_seconds";
    describe(text, family, "histogram", "seconds", "How long requests took.");
    for (const CacheMetrics& cache : caches) {
        latency(text, cache, family);
    }
    return text + "# EOF\n";
}

}  // namespace cachescope
