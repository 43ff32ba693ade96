// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/equal_cost.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

namespace cachescope::ui {

namespace {

// A crossing lies on an edge of the grid: horizontal ones are even, vertical ones odd.
using Edge = qsizetype;

struct Field {
    const QList<double>& xs;
    const QList<double>& ys;
    const std::vector<double>& values;
    double level;

    double at(qsizetype column, qsizetype row) const {
        return values[static_cast<std::size_t>(row * xs.size() + column)];
    }
    Edge edge(qsizetype column, qsizetype row, bool vertical) const {
        return 2 * (row * xs.size() + column) + (vertical ? 1 : 0);
    }
    QPointF point(Edge edge) const {
        const bool vertical = edge % 2 == 1;
        const qsizetype column = edge / 2 % xs.size();
        const qsizetype row = edge / 2 / xs.size();
        const double a = at(column, row);
        const double b = vertical ? at(column, row + 1) : at(column + 1, row);
        const double part = a == b ? 0.5 : (level - a) / (b - a);
        const auto mix = [part](double from, double to) {
            return std::exp(std::log(from) + part * (std::log(to) - std::log(from)));
        };
        return vertical ? QPointF(xs[column], mix(ys[row], ys[row + 1]))
                        : QPointF(mix(xs[column], xs[column + 1]), ys[row]);
    }
};

using Neighbours = std::map<Edge, QList<Edge>>;

void crossCell(const Field& field, qsizetype column, qsizetype row, Neighbours& neighbours) {
    const double corners[] = {field.at(column, row), field.at(column + 1, row),
                              field.at(column + 1, row + 1), field.at(column, row + 1)};
    if (std::any_of(std::begin(corners), std::end(corners),
                    [](double value) { return std::isnan(value); })) {
        return;
    }
    const Edge edges[] = {field.edge(column, row, false), field.edge(column + 1, row, true),
                          field.edge(column, row + 1, false), field.edge(column, row, true)};
    QList<Edge> crossed;
    for (int side = 0; side < 4; ++side) {
        if ((corners[side] < field.level) != (corners[(side + 1) % 4] < field.level)) {
            crossed.append(edges[side]);
        }
    }
    // Four crossings are a saddle; either pairing is as good.
    for (qsizetype i = 0; i + 1 < crossed.size(); i += 2) {
        neighbours[crossed[i]].append(crossed[i + 1]);
        neighbours[crossed[i + 1]].append(crossed[i]);
    }
}

QList<QPointF> follow(const Field& field, Neighbours& neighbours, Edge from) {
    QList<QPointF> line{field.point(from)};
    Edge here = from;
    while (true) {
        QList<Edge>& onward = neighbours[here];
        if (onward.isEmpty()) {
            break;
        }
        const Edge next = onward.takeLast();
        neighbours[next].removeOne(here);
        line.append(field.point(next));
        here = next;
    }
    if (line.first().x() > line.last().x()) {
        std::reverse(line.begin(), line.end());
    }
    return line;
}

}  // namespace

QList<QList<QPointF>> equalLines(const QList<double>& xs, const QList<double>& ys,
                                 const std::vector<double>& values, double level) {
    const Field field{xs, ys, values, level};
    Neighbours neighbours;
    for (qsizetype row = 0; row + 1 < ys.size(); ++row) {
        for (qsizetype column = 0; column + 1 < xs.size(); ++column) {
            crossCell(field, column, row, neighbours);
        }
    }
    QList<QList<QPointF>> lines;
    // Those with an end first; what is left then are rings.
    for (const bool ends : {true, false}) {
        for (auto& [edge, onward] : neighbours) {
            if (ends ? onward.size() == 1 : !onward.isEmpty()) {
                lines.append(follow(field, neighbours, edge));
            }
        }
    }
    return lines;
}

QList<double> levelsOf(const std::vector<double>& values, int count) {
    std::optional<double> least;
    std::optional<double> most;
    for (const double value : values) {
        if (!std::isnan(value) && value > 0) {
            least = std::min(least.value_or(value), value);
            most = std::max(most.value_or(value), value);
        }
    }
    QList<double> levels;
    if (least && *most > *least * 1.02) {
        for (int i = 1; i <= count; ++i) {
            levels.append(*least * std::pow(*most / *least, i / (count + 1.0)));
        }
    }
    return levels;
}

}  // namespace cachescope::ui
