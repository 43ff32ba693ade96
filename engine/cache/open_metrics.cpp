// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/open_metrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "engine/cache/cache.h"

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
// All but lowerHits, which has a family of its own.
static_assert(kCounters.size() + 1 == kCounterCount);

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

void buckets(std::string& text, const CacheMetrics& cache, const std::string& family,
             const HistogramSnapshot& histogram) {
    const auto& counts = histogram.counts();
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
    const std::uint64_t all = histogram.count();
    text += family + "_bucket{" + label(cache) + ",le=\"+Inf\"} " + std::to_string(all) + '\n';
    text += family + "_count{" + label(cache) + "} " + std::to_string(all) + '\n';
    const double mean = std::chrono::duration<double>(histogram.mean()).count();
    text +=
        family + "_sum{" + label(cache) + "} " + numberText(mean * static_cast<double>(all)) + '\n';
}

// A figure of the caches that have it, as one family.
template <class Figure>
void optionalFigure(std::string& text, const std::string& family, const char* type,
                    const char* help, std::span<const CacheMetrics> caches, Figure figure) {
    describe(text, family, type, nullptr, help);
    for (const CacheMetrics& cache : caches) {
        if (const std::optional<std::uint64_t> value = figure(cache)) {
            text += family + (std::string_view{type} == "counter" ? "_total{" : "{") +
                    label(cache) + "} " + std::to_string(*value) + '\n';
        }
    }
}

void levels(std::string& text, std::span<const CacheMetrics> caches) {
    const std::string family = "cachescope_level_hits";
    describe(text, family, "counter", nullptr, "Hits by the level that had the entry.");
    for (const CacheMetrics& cache : caches) {
        if (!cache.guards.levels) {
            continue;
        }
        const std::uint64_t lower = cache.stats.lowerHits;
        for (const auto& [level, hits] :
             {std::pair{"memory", cache.stats.hits - std::min(lower, cache.stats.hits)},
              std::pair{"lower", lower}}) {
            text += family + "_total{" + label(cache) + ",level=\"" + level + "\"} " +
                    std::to_string(hits) + '\n';
        }
    }
}

void breaker(std::string& text, std::span<const CacheMetrics> caches) {
    using State = CircuitBreaker::State;
    const std::string family = "cachescope_breaker_state";
    describe(text, family, "stateset", nullptr, "What the circuit breaker does with calls.");
    for (const CacheMetrics& cache : caches) {
        if (!cache.guards.breaker) {
            continue;
        }
        for (const auto& [name, state] :
             {std::pair{"closed", State::closed}, std::pair{"half_open", State::halfOpen},
              std::pair{"open", State::open}}) {
            text.append(family).append("{").append(label(cache)).append(",");
            text.append(family).append("=\"").append(name).append("\"} ");
            text.append(cache.guards.breaker->state == state ? "1\n" : "0\n");
        }
    }
    const auto count = [](std::uint64_t BreakerFigures::*value) {
        return [value](const CacheMetrics& cache) {
            return cache.guards.breaker ? std::optional((*cache.guards.breaker).*value)
                                        : std::nullopt;
        };
    };
    optionalFigure(text, "cachescope_breaker_opened", "counter",
                   "How often the circuit breaker opened.", caches, count(&BreakerFigures::opened));
    optionalFigure(text, "cachescope_breaker_rejected", "counter",
                   "Calls that the circuit breaker kept from the backend.", caches,
                   count(&BreakerFigures::rejected));
}

void recovery(std::string& text, std::span<const CacheMetrics> caches) {
    const auto count = [](std::uint64_t RecoveryFigures::*value) {
        return [value](const CacheMetrics& cache) {
            return cache.guards.recovery ? std::optional((*cache.guards.recovery).*value)
                                         : std::nullopt;
        };
    };
    optionalFigure(text, "cachescope_recovery_waiting", "gauge",
                   "Changes that wait for the backend to be back.", caches,
                   count(&RecoveryFigures::waiting));
    optionalFigure(text, "cachescope_recovery_dropped", "counter",
                   "Changes that waited and had to make room.", caches,
                   count(&RecoveryFigures::dropped));
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
    levels(text, caches);
    breaker(text, caches);
    recovery(text, caches);
    std::string family = "cachescope_request_latency_seconds";
    describe(text, family, "histogram", "seconds", "How long requests took.");
    for (const CacheMetrics& cache : caches) {
        if (cache.latency) {
            buckets(text, cache, family, *cache.latency);
        }
    }
    family = "cachescope_load_duration_seconds";
    describe(text, family, "histogram", "seconds", "How long calls of the origin took.");
    for (const CacheMetrics& cache : caches) {
        buckets(text, cache, family, cache.loads);
    }
    return text + "# EOF\n";
}

CacheMetrics metricsOf(std::string name, Cache& cache) {
    CacheMetrics metrics;
    metrics.name = std::move(name);
    metrics.stats = cache.stats();
    metrics.loads = cache.loadTimes();
    metrics.guards = guardFigures(cache.backend());
    if (const auto stat = cache.backend().stat()) {
        metrics.entries = stat->entries;
        metrics.bytes = stat->bytes;
    }
    return metrics;
}

}  // namespace cachescope
