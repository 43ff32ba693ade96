// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/capture.h"

#include <QCoreApplication>
#include <QString>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stop_token>

#include "app/interrupt.h"
#include "app/table_text.h"
#include "app/trace_input.h"
#include "engine/core/duration_text.h"
#include "engine/core/worker.h"
#include "engine/inspect/capture.h"
#include "engine/inspect/inspected_servers.h"
#include "engine/redis/redis_target.h"
#include "ui/model/error_text.h"
#include "ui/model/formats.h"
#include "ui/model/printable_text.h"

namespace cachescope::app {

namespace {

using inspect::BurstEnd;
using inspect::CaptureReport;

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;
constexpr Duration kFindTimeout = std::chrono::seconds{5};

const char* nameOf(BurstEnd end) noexcept {
    switch (end) {
        case BurstEnd::elapsed:
            return "time";
        case BurstEnd::bytes:
            return "bytes";
        case BurstEnd::latency:
            return "latency";
        case BurstEnd::stopped:
            return "stopped";
        case BurstEnd::lost:
            return "lost";
    }
    return "";
}

std::string latencyText(Duration span) {
    return text(ui::formatLatency(seconds(span)));
}

std::string endText(const CaptureReport& report) {
    switch (report.burst.end) {
        case BurstEnd::elapsed:
            return "the time is over";
        case BurstEnd::bytes:
            return "the server has sent as much as was allowed (--most)";
        case BurstEnd::latency:
            return "the server answers in " + latencyText(report.burst.latencyAtEnd) +
                   " instead of " + latencyText(report.burst.latencyBefore) +
                   ", so that listening ended";
        case BurstEnd::stopped:
            return report.writing ? "the file could not be written" : "stopped";
        case BurstEnd::lost:
            return "the connection was lost";
    }
    return {};
}

std::string toJson(const CaptureVerbOptions& options, const CaptureReport& report) {
    const nlohmann::ordered_json json{
        {"trace", options.output},
        {"ended_by", nameOf(report.burst.end)},
        {"span_s", seconds(report.burst.span)},
        {"reads", report.reads},
        {"writes", report.writes},
        {"left_out", report.leftOut},
        {"skipped", report.skipped},
        {"commands", report.burst.lines},
        {"unreadable", report.burst.unreadable},
        {"server_bytes", report.burst.bytes},
        {"file_bytes", report.fileBytes},
        {"latency_before_ms", seconds(report.burst.latencyBefore) * 1000},
        {"latency_at_end_ms", seconds(report.burst.latencyAtEnd) * 1000},
        {"complete", !report.writing && !report.burst.failure}};
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void print(const CaptureVerbOptions& options, const CaptureReport& report) {
    std::cout << text(ui::printableText(options.output)) << ": " << count(report.reads)
              << " reads and " << count(report.writes) << " writes in "
              << text(ui::formatElapsed(seconds(report.burst.span))) << ", "
              << text(ui::formatBytes(static_cast<double>(report.fileBytes))) << "; "
              << endText(report) << '\n';
    if (report.skipped != 0) {
        std::cout << count(report.skipped) << " keys left out, empty or over 65535 bytes\n";
    }
}

// What it costs and what ends it, before anything is asked.
void warn(const RedisAddress& address, Duration span, double bytes) {
    std::cerr << "cachescope: listening to " << text(ui::printableText(address.toText()))
              << " with MONITOR, which costs it about a seventh of its throughput and sends here "
                 "all that its clients send; ends after "
              << formatDuration(span) << " or " << text(ui::formatBytes(bytes))
              << ", or once it answers twice as slowly as before\n";
}

Result<RedisAddress> findServer(const std::string& url) {
    auto target = RedisTarget::parse(url);
    if (!target) {
        return target.error();
    }
    const std::string subject = target->toText();
    inspect::InspectedServers servers(std::move(*target));
    auto found = servers.find(deadlineAfter(SystemClock::instance().now(), kFindTimeout));
    if (!found) {
        return found.error();
    }
    if (found->size() > 1) {
        std::string each;
        for (const RedisAddress& address : *found) {
            each += (each.empty() ? "one server at a time: " : ", ") + address.toText();
        }
        return Error{ErrorCode::unsupported, subject, std::move(each)};
    }
    return std::move(found->front());
}

}  // namespace

int runCapture(const CaptureVerbOptions& options, int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    Interrupt::install();
    const auto span = parseDuration(options.span);
    if (!span || *span <= Duration::zero()) {
        return printFailure(Error{ErrorCode::outOfRange, "--for \"" + options.span + '"',
                                  "a duration, such as 60s"},
                            kWrongUsage);
    }
    const auto most = ui::parseBytes(QString::fromStdString(options.most), QLocale::c());
    if (!most || *most < 1 || *most > 1e15) {
        return printFailure(
            Error{ErrorCode::outOfRange, "--most \"" + options.most + '"', "a size, such as 64MiB"},
            kWrongUsage);
    }
    if (const auto target = RedisTarget::parse(options.url); !target) {
        return printFailure(target.error(), kWrongUsage);
    }
    const auto address = findServer(options.url);
    if (!address) {
        return printFailure(address.error(), kFailed);
    }
    warn(*address, *span, *most);

    inspect::CaptureOptions capture;
    capture.burst.most = *span;
    capture.burst.mostBytes = static_cast<std::uint64_t>(*most);
    ProgressLine line;
    capture.progress = [&](const inspect::CaptureProgress& progress) {
        line.show([&] {
            return "capturing: " + count(progress.requests) + " requests, " +
                   text(ui::formatElapsed(seconds(progress.span))) + " of " + formatDuration(*span);
        });
    };
    std::stop_source stop;
    Worker interrupts("interrupts", [&](Worker& self, const std::stop_token&) {
        while (self.sleepFor(std::chrono::milliseconds{50})) {
            if (Interrupt::requested()) {
                stop.request_stop();
                return;
            }
        }
    });
    const auto report = inspect::captureTrace(*address, std::make_shared<inspect::Guard>(),
                                              options.output, capture, stop.get_token());
    line.clear();
    if (!report) {
        return printFailure(report.error(), kFailed);
    }
    if (options.json) {
        std::cout << toJson(options, *report) << '\n';
    } else {
        print(options, *report);
    }
    std::cout.flush();
    for (const auto& failure : {report->writing, report->burst.failure}) {
        if (failure) {
            return printFailure(*failure, kFailed);
        }
    }
    return report->burst.end == BurstEnd::latency ? kFailed : 0;
}

}  // namespace cachescope::app
