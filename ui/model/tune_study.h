// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "engine/trace/trace_reader.h"
#include "engine/tune/age_table.h"
#include "engine/tune/stampede_model.h"
#include "engine/tune/surface_grid.h"
#include "engine/tune/timeline.h"
#include "engine/tune/ttl_curve.h"

namespace cachescope::ui {

/// Which keys: those of one group by its number, or, with nothing, all.
using TuneGroup = std::optional<std::size_t>;

/// Where the requests come from that are to be tuned. A value type.
struct TuneSource {
    QString name;  ///< for a person
    QString path;  ///< of a file, with how to read it
    TraceReadOptions reading;
    std::shared_ptr<const Trace> recording;  ///< instead of a file
    double requestsPerSecond = 0;            ///< what a trace without times is taken to have; 0: no
    QString separator = QStringLiteral(":");  ///< ends the namespace of a key; empty: no namespaces
};

/// What is known of a source so far. Parts are shared with what was known before and never change;
/// an empty one is not known yet. A value type.
struct TuneStudy {
    TuneSource source;
    QString note;  ///< what was left out of the trace, in the reader's words
    std::shared_ptr<const Trace> trace;
    std::shared_ptr<const tune::Timeline> timeline;
    std::shared_ptr<const tune::TtlCurve> curve;
    std::shared_ptr<const tune::AgeTable> ages;  ///< at the curve's TTLs
    bool refined = false;                        ///< the curve has all the TTLs that it will have
    tune::TtlRule rule = tune::TtlRule::fill;
    tune::TtlBoundary boundary = tune::TtlBoundary::aliveAtDeadline;

    bool hasWrites() const { return timeline != nullptr && !timeline->written.empty(); }
};

/// Hit ratios at every capacity with every TTL, as far as they are known: NaN elsewhere.
struct TuneSurface {
    tune::SurfaceGrid grid;
    std::string policy;
    std::vector<double> hitRatios;  ///< at grid.at(row, column)
    double error = 0;  ///< the largest of all points', a part of the requests; 0: exact
    bool done = false;
};

/// What one capacity does at every TTL of the surface, with entries that are removed when they are
/// asked for, or at their deadline: real caches lie between.
struct TuneBand {
    std::uint64_t capacity = 0;
    std::vector<Duration> ttls;
    std::vector<double> lazy;  ///< hit ratios
    std::vector<double> atDeadline;
    double error = 0;
};

/// The same requests under the four protections.
struct TuneStampede {
    Duration ttl{};
    Duration load{};
    QString key;                                  ///< the only one that was looked at; empty: all
    std::vector<tune::StampedeOutcome> outcomes;  ///< by tune::Protection
};

}  // namespace cachescope::ui
