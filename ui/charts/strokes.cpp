// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/strokes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cachescope::ui {

namespace {

/// Walks along a dash pattern and keeps the pieces that are "on".
class Dasher {
public:
    Dasher(const QList<qreal>& dashes, qreal phase) : m_dashes(dashes) {
        const qreal total = std::accumulate(dashes.begin(), dashes.end(), qreal{0});
        phase = std::fmod(phase, total);
        if (phase < 0) {
            phase += total;
        }
        while (phase >= m_dashes[m_index]) {
            phase -= m_dashes[m_index];
            m_index = (m_index + 1) % m_dashes.size();
        }
        m_left = m_dashes[m_index] - phase;
    }

    void segment(QPointF from, QPointF to, qreal length, QList<QLineF>& strokes) {
        if (length <= 0) {
            return;
        }
        const QPointF direction = (to - from) / length;
        qreal done = 0;
        while (length - done > m_left) {
            const qreal next = done + m_left;
            if (m_index % 2 == 0) {
                strokes.append(QLineF(from + direction * done, from + direction * next));
            }
            done = next;
            m_index = (m_index + 1) % m_dashes.size();
            m_left = m_dashes[m_index];
        }
        if (m_index % 2 == 0) {
            strokes.append(QLineF(from + direction * done, to));
        }
        m_left -= length - done;
    }

private:
    const QList<qreal> m_dashes;
    qsizetype m_index = 0;
    qreal m_left = 0;
};

}  // namespace

QList<QPointF> thinned(const QList<QPointF>& points) {
    if (points.size() < 3) {
        return points;
    }
    const qreal width = points.last().x() - points.first().x();
    if (static_cast<qreal>(points.size()) <= 2 * std::max(width, qreal{1})) {
        return points;
    }
    QList<QPointF> kept;
    for (qsizetype at = 0; at < points.size();) {
        const auto column = std::floor(points[at].x());
        if (std::isnan(points[at].y())) {
            kept.append(points[at++]);
            continue;
        }
        const qsizetype first = at;
        qsizetype lowest = at;
        qsizetype highest = at;
        while (at < points.size() && !std::isnan(points[at].y()) &&
               std::floor(points[at].x()) == column) {
            if (points[at].y() < points[lowest].y()) {
                lowest = at;
            }
            if (points[at].y() > points[highest].y()) {
                highest = at;
            }
            ++at;
        }
        qsizetype order[] = {first, std::min(lowest, highest), std::max(lowest, highest), at - 1};
        qsizetype previous = -1;
        for (const qsizetype index : order) {
            if (index != previous) {
                kept.append(points[index]);
            }
            previous = index;
        }
    }
    return kept;
}

QList<QLineF> strokesOf(const QList<QPointF>& points, const QList<qreal>& dashes, qreal phase,
                        QList<qreal>* lengths) {
    QList<QLineF> strokes;
    strokes.reserve(points.size());
    const bool dashed =
        dashes.size() >= 2 &&
        std::all_of(dashes.begin(), dashes.end(), [](qreal length) { return length > 0.1; });
    // An odd pattern is walked twice to get as many gaps as dashes.
    const QList<qreal> pattern = dashed && dashes.size() % 2 != 0 ? dashes + dashes : dashes;
    Dasher dasher(dashed ? pattern : QList<qreal>{1, 1}, phase);
    qreal along = 0;
    if (lengths != nullptr) {
        lengths->clear();
        lengths->reserve(points.size());
    }
    for (qsizetype i = 0; i < points.size(); ++i) {
        if (i > 0 && !std::isnan(points[i].y()) && !std::isnan(points[i - 1].y())) {
            const QPointF step = points[i] - points[i - 1];
            const qreal length = std::hypot(step.x(), step.y());
            if (dashed) {
                dasher.segment(points[i - 1], points[i], length, strokes);
            } else {
                strokes.append(QLineF(points[i - 1], points[i]));
            }
            along += length;
        }
        if (lengths != nullptr) {
            lengths->append(along);
        }
    }
    return strokes;
}

}  // namespace cachescope::ui
