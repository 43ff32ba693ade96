// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What one frame of the chart wall costs: 4 lanes, 4 charts, 300 points a series (24 series), new
// points, refresh and paint of a 1440 x 900 window, software raster. Beside it, in the same run
// and alternating with it, the floor: the same data by drawLines() into an image of that size,
// without axes, dashes, texts or widgets. Always drawn off screen, so that it needs no display and
// a display does not change it. --frames N for another number of frames than 1,000.

#include <QApplication>
#include <QElapsedTimer>
#include <QGridLayout>
#include <QImage>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <random>
#include <vector>

#include "ui/charts/time_series_chart.h"
#include "ui/theme/theme.h"
#include "ui/theme/tokens.h"

using namespace cachescope::ui;

namespace {

constexpr int kLanes = 4;
constexpr int kPoints = 300;
constexpr double kWindow = 60;
constexpr int kWarmUp = 50;

struct Stream {
    double level;
    double noise;
    QList<QPointF> points;
};

/// One new point at the end, the others one step older: what a sampler at 5 Hz does.
void advance(Stream& stream, std::mt19937& random) {
    std::normal_distribution<double> normal(0, stream.noise);
    const double step = kWindow / (kPoints - 1);
    if (stream.points.isEmpty()) {
        for (int i = 0; i < kPoints; ++i) {
            stream.points.append({-kWindow + i * step, stream.level * (1 + normal(random))});
        }
        return;
    }
    for (int i = 0; i + 1 < kPoints; ++i) {
        stream.points[i].setY(stream.points[i + 1].y());
    }
    stream.points.last().setY(stream.level * (1 + normal(random)));
}

/// Processor time of this thread: what a frame costs, whoever else uses the machine.
double cpuMilliseconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Quantiles {
    double p50;
    double p95;
    double p99;
};

Quantiles quantilesOf(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const auto at = [&values](double share) {
        return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
    };
    return {at(0.5), at(0.95), at(0.99)};
}

}  // namespace

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    const QStringList arguments = QApplication::arguments();
    int frames = 1000;
    if (const auto at = arguments.indexOf(QStringLiteral("--frames"));
        at >= 0 && at + 1 < arguments.size()) {
        frames = std::max(1, arguments[at + 1].toInt());
    }
    const Theme theme(application, ThemeChoice::light);

    QWidget window;
    window.setAttribute(Qt::WA_DontShowOnScreen);
    auto* grid = new QGridLayout(&window);
    std::array<TimeSeriesChart*, 4> charts{};
    std::array<std::vector<Stream>, 4> streams;
    const std::array kinds{ValueAxisKind::logTime, ValueAxisKind::percent, ValueAxisKind::linear,
                           ValueAxisKind::linear};
    for (std::size_t c = 0; c < charts.size(); ++c) {
        charts[c] =
            new TimeSeriesChart(QStringLiteral("Chart"), QStringLiteral("of the benchmark"));
        charts[c]->setValueAxis(kinds[c], QStringLiteral("/s"));
        QList<ChartSeries> series;
        for (int lane = 0; lane < kLanes; ++lane) {
            const int parts = c == 0 ? 3 : 1;
            for (int part = 0; part < parts; ++part) {
                ChartSeries one;
                one.name = QStringLiteral("series");
                one.group = lane;
                one.width = part < 2 && parts == 3 ? 1.0 : 1.6;
                series.append(one);
                const double level = c == 0   ? std::pow(10.0, -4.0 + lane + part * 0.4)
                                     : c == 1 ? 0.3 + 0.15 * lane
                                              : 50.0 + 40 * lane;
                streams[c].push_back({level, c == 1 ? 0.02 : 0.06, {}});
            }
        }
        charts[c]->setSeries(series);
        grid->addWidget(charts[c], static_cast<int>(c) / 2, static_cast<int>(c) % 2);
    }
    window.resize(1440, 900);
    window.show();

    std::mt19937 random(1);
    QImage target(1440, 900, QImage::Format_ARGB32_Premultiplied);
    QImage peerTarget(1440, 900, QImage::Format_ARGB32_Premultiplied);
    std::vector<double> walls;
    std::vector<double> ours;
    std::vector<double> peers;
    for (int frame = 0; frame < kWarmUp + frames; ++frame) {
        for (auto& chart : streams) {
            for (Stream& stream : chart) {
                advance(stream, random);
            }
        }
        QElapsedTimer watch;
        watch.start();
        double cpu = cpuMilliseconds();
        for (std::size_t c = 0; c < charts.size(); ++c) {
            for (std::size_t i = 0; i < streams[c].size(); ++i) {
                charts[c]->setPoints(static_cast<qsizetype>(i), streams[c][i].points);
            }
            charts[c]->setNow(frame * kWindow / (kPoints - 1));
            charts[c]->refresh();
        }
        window.render(&target);
        const double mine = static_cast<double>(watch.nsecsElapsed()) / 1e6;
        const double mineCpu = cpuMilliseconds() - cpu;

        cpu = cpuMilliseconds();
        peerTarget.fill(Qt::white);
        QPainter painter(&peerTarget);
        painter.setRenderHint(QPainter::Antialiasing);
        for (std::size_t c = 0; c < charts.size(); ++c) {
            const QRectF plot(60 + 720 * static_cast<double>(c % 2),
                              60 + 450 * static_cast<double>(c / 2), 640, 360);
            for (std::size_t i = 0; i < streams[c].size(); ++i) {
                QList<QLineF> lines;
                lines.reserve(kPoints);
                QPointF previous;
                for (const QPointF& point : streams[c][i].points) {
                    const double value = c == 0   ? (std::log10(point.y()) + 5) / 6
                                         : c == 1 ? point.y()
                                                  : point.y() / 250;
                    const QPointF pixel(plot.right() + point.x() / kWindow * plot.width(),
                                        plot.bottom() - value * plot.height());
                    if (!previous.isNull()) {
                        lines.append(QLineF(previous, pixel));
                    }
                    previous = pixel;
                }
                const double width = c == 0 && i % 3 < 2 ? 1.0 : 1.6;
                painter.setPen(QPen(lightTokens().lanes[i % kLanes], width));
                painter.drawLines(lines);
            }
        }
        painter.end();
        if (frame >= kWarmUp) {
            walls.push_back(mine);
            ours.push_back(mineCpu);
            peers.push_back(cpuMilliseconds() - cpu);
        }
    }

    const Quantiles wall = quantilesOf(walls);
    const Quantiles mine = quantilesOf(ours);
    const Quantiles peer = quantilesOf(peers);
    const auto line = [](const char* name, const Quantiles& of) {
        std::printf("  %-22s p50 %6.2f ms   p95 %6.2f ms   p99 %6.2f ms\n", name, of.p50, of.p95,
                    of.p99);
    };
    std::printf("one refresh of 4 charts, 24 series of %d points, %d frames\n", kPoints, frames);
    line("charts, wall clock", wall);
    line("charts, processor", mine);
    line("drawLines, processor", peer);
    std::printf("  ratio of the medians   %.2f\n\n", mine.p50 / peer.p50);

    const auto object = [](const char* name, const Quantiles& of) {
        std::printf("\"%s\":{\"p50\":%.3f,\"p95\":%.3f,\"p99\":%.3f},", name, of.p50, of.p95,
                    of.p99);
    };
    std::printf(
        "{\"benchmark\":\"chart_refresh\",\"frames\":%d,\"charts\":4,\"series\":24,"
        "\"points\":%d,\"unit\":\"ms\",",
        frames, kPoints);
    object("wall", wall);
    object("cpu", mine);
    object("peer_draw_lines_cpu", peer);
    std::printf("\"ratio_p50\":%.3f}\n", mine.p50 / peer.p50);
    return 0;
}
