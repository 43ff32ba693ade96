// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/sample_history.h"

#include <algorithm>
#include <cmath>

namespace cachescope::ui {

namespace {

constexpr std::size_t kMostSamples = 3600;
constexpr std::size_t kMostMarks = 500;
constexpr int kMostPoints = 300;

double valueOf(const sim::LaneSample& sample, Metric metric) {
    switch (metric) {
        case Metric::p50:
            return sample.p50;
        case Metric::p95:
            return sample.p95;
        case Metric::p99:
            return sample.p99;
        case Metric::hitRatio:
            return sample.hitRatio;
        case Metric::staleRatio:
            return sample.staleRatio;
        case Metric::originCalls:
            return sample.originCalls;
        case Metric::failures:
            return sample.failures;
        case Metric::expirations:
            return sample.expirations;
        case Metric::leakedRatio:
            return sample.leakedRatio;
    }
    return sim::kNoValue;
}

template <class T>
void appendAll(std::deque<T>& to, const std::vector<T>& from, std::size_t most) {
    to.insert(to.end(), from.begin(), from.end());
    if (to.size() > most) {
        to.erase(to.begin(), to.begin() + static_cast<std::ptrdiff_t>(to.size() - most));
    }
}

}  // namespace

void SampleHistory::clear() {
    m_samples.clear();
    m_marks.clear();
}

void SampleHistory::append(const std::vector<sim::Sample>& samples) {
    appendAll(m_samples, samples, kMostSamples);
}

void SampleHistory::append(const std::vector<sim::Mark>& marks) {
    appendAll(m_marks, marks, kMostMarks);
}

QList<QPointF> SampleHistory::points(sim::LaneId lane, Metric metric, TimePoint now,
                                     Duration window) const {
    const auto first =
        std::lower_bound(m_samples.begin(), m_samples.end(), now - window,
                         [](const sim::Sample& sample, TimePoint t) { return sample.time < t; });
    QList<QPointF> points;
    points.reserve(kMostPoints + 2);
    // After a run was sped up, old samples lie closer than a pixel: the last one of each column
    // stands for it. Columns are tied to the run's time, not to now, so that they do not flicker.
    const std::int64_t column = std::max<std::int64_t>(window.count() / kMostPoints, 1);
    std::int64_t previous = -1;
    for (auto it = first; it != m_samples.end(); ++it) {
        const auto found = std::find_if(it->lanes.begin(), it->lanes.end(),
                                        [lane](const auto& l) { return l.lane == lane; });
        const double value = found == it->lanes.end() ? sim::kNoValue : valueOf(*found, metric);
        const QPointF point(static_cast<double>((it->time - now).count()) / 1e9, value);
        const std::int64_t at = it->time.time_since_epoch().count() / column;
        if (at == previous && !points.isEmpty() && !std::isnan(points.last().y())) {
            points.last() = point;
        } else {
            points.append(point);
        }
        previous = at;
    }
    return points;
}

}  // namespace cachescope::ui
