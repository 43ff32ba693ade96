// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/inspect_findings.h"

#include <algorithm>
#include <utility>

#include "engine/core/duration_text.h"
#include "engine/inspect/guarded_connection.h"
#include "engine/inspect/inspected_servers.h"
#include "engine/redis/redis_info.h"

namespace cachescope::app {

namespace {

using namespace inspect;

constexpr Duration kPatience = std::chrono::seconds{30};
constexpr Duration kBetweenLooks = std::chrono::milliseconds{100};
constexpr Duration kLongestHorizon = std::chrono::hours{24 * 366};
constexpr std::size_t kNamedNamespaces = 20;

TimePoint soon() {
    return deadlineAfter(SystemClock::instance().now(), kPatience);
}

// As fine as a person can read: seconds up to two minutes, minutes up to two hours.
Duration bucketFor(Duration horizon) {
    if (horizon <= std::chrono::minutes{2}) {
        return std::chrono::seconds{1};
    }
    return horizon <= std::chrono::hours{2} ? Duration{std::chrono::minutes{1}}
                                            : Duration{std::chrono::hours{1}};
}

void addAll(const std::vector<std::string>& rules, std::vector<std::string>& all) {
    for (const std::string& rule : rules) {
        if (std::find(all.begin(), all.end(), rule) == all.end()) {
            all.push_back(rule);
        }
    }
}

// What the view says, whichever way it was read.
void readView(const CensusView& view, const InspectPlan& plan, InspectFindings& findings) {
    const ServerFacts& first = findings.nodes.front().facts;
    ForecastOptions forecast;
    forecast.now = findings.now;
    forecast.bucket = bucketFor(plan.horizon);
    // The first bucket has begun already.
    forecast.buckets = static_cast<std::size_t>(plan.horizon / forecast.bucket) + 1;
    forecast.namespaces = kNamedNamespaces;
    const KeyFigures& figures = findings.figures;
    if (figures.sampled > 0 && figures.databaseKeys > 0) {
        forecast.scale =
            static_cast<double>(figures.databaseKeys) / static_cast<double>(figures.sampled);
    }
    findings.forecast = ExpiryForecast{view, forecast}.at(findings.now);
    findings.lint = lintTtls(view, {.maxmemoryPolicy = first.maxmemoryPolicy});
}

// Of the programs alone: our own look-ups came after these counts.
void readRatio(InspectFindings& findings, int database) {
    double hits = 0;
    double misses = 0;
    for (const InspectFindings::Node& node : findings.nodes) {
        hits += static_cast<double>(node.facts.hits);
        misses += static_cast<double>(node.facts.misses);
        findings.deadButResident += static_cast<double>(deadButResident(node.facts, database));
        addAll(node.facts.missingRules, findings.missingRules);
    }
    if (hits + misses > 0) {
        findings.hitRatio = hits / (hits + misses);
    }
}

void readMeters(const std::vector<GuardedServer>& servers, InspectFindings& findings) {
    Duration time{};
    bool known = true;
    for (const GuardedServer& server : servers) {
        const auto figures = server.guard->meter().figures();
        findings.commands += figures.commands;
        findings.bytesSent += figures.bytesSent;
        findings.bytesReceived += figures.bytesReceived;
        findings.lookUps += figures.lookUps;
        const auto connection =
            GuardedConnection::open(server.address, server.guard, CommandReach::observe, soon());
        const RedisCommand question{"INFO", "commandstats"};
        const auto replies = connection ? (*connection)->ask({&question, 1}, soon())
                                        : Result<std::vector<RedisReply>>{connection.error()};
        known = known && replies && replies->front().isBulk();
        if (known) {
            time += estimatedServerTime(figures, RedisInfo{replies->front().text});
        }
    }
    if (known) {
        findings.serverTime = time;
    }
}

Result<void> sampleInto(InspectFindings& findings, const InspectPlan& plan,
                        const std::vector<GuardedServer>& servers) {
    SampleOptions options;
    options.keys = plan.sample;
    options.separator = plan.separator;
    auto sample = takeSample(servers, options, soon());
    if (!sample) {
        return sample.error();
    }
    for (std::size_t i = 0; i < servers.size(); ++i) {
        findings.nodes.push_back({servers[i].address.toText(), std::move(sample->facts[i]), 0});
    }
    findings.missingRules = std::move(sample->missingRules);
    findings.figures = std::move(sample->figures);
    findings.now = sample->taken;
    findings.took = sample->took;
    readView(sample->keys, plan, findings);
    return {};
}

Result<void> walkInto(InspectFindings& findings, const InspectPlan& plan,
                      const std::vector<GuardedServer>& servers,
                      const std::function<bool(const WalkProgress&)>& progress) {
    const Clock& clock = SystemClock::instance();
    const TimePoint begun = clock.now();
    KeyWalk walk{servers, plan.walk};
    while (!walk.waitForEnd(deadlineAfter(clock.now(), kBetweenLooks))) {
        if (!progress(walk.progress())) {
            walk.stop();
        }
    }
    const WalkProgress end = walk.progress();
    const auto facts = walk.facts();
    const auto parts = walk.progressByServer();
    if (end.failure && (walk.view().size() == 0 || !facts.front())) {
        return *end.failure;
    }
    for (std::size_t i = 0; i < servers.size(); ++i) {
        findings.nodes.push_back(
            {servers[i].address.toText(), facts[i].value_or(ServerFacts{}), parts[i].keys});
    }
    findings.walked = true;
    findings.complete = end.state == WalkProgress::State::done;
    findings.failure = end.failure;
    findings.missingRules = end.missingRules;
    findings.took = clock.now() - begun;
    findings.now = findings.nodes.front().facts.serverTime(clock.now());
    const CensusView view = walk.view();
    FigureOptions figures;
    figures.now = findings.now;
    figures.exact = findings.complete;
    figures.databaseKeys = findings.complete ? view.size() : end.expected;
    findings.figures = figuresOf(view, figures);
    readView(view, plan, findings);
    return {};
}

}  // namespace

Result<InspectPlan> InspectPlan::of(const InspectVerbOptions& options) {
    auto target = RedisTarget::parse(options.url);
    if (!target) {
        return target.error();
    }
    InspectPlan plan;
    plan.target = std::move(*target);
    plan.sample = options.walk ? 0 : options.sample;
    plan.separator = options.separator;
    plan.walk.separator = options.separator;
    plan.walk.pace = options.fast ? WalkPace::Mode::fast : WalkPace::Mode::gentle;
    const auto horizon = parseDuration(options.forecast);
    if (!horizon || *horizon < std::chrono::seconds{1} || *horizon > kLongestHorizon) {
        return Error{ErrorCode::outOfRange, "--forecast", "1s to 8784h"};
    }
    plan.horizon = *horizon;
    return plan;
}

Result<InspectFindings> InspectPlan::find(
    const std::function<bool(const WalkProgress&)>& progress) const {
    InspectedServers inspected{target};
    auto found = inspected.find(soon());
    if (!found) {
        return found.error();
    }
    std::vector<GuardedServer> servers;
    for (RedisAddress& address : *found) {
        servers.push_back({std::move(address), std::make_shared<Guard>()});
    }
    InspectFindings findings;
    const auto read = sample > 0 ? sampleInto(findings, *this, servers)
                                 : walkInto(findings, *this, servers, progress);
    if (!read) {
        return read.error();
    }
    readRatio(findings, target.seeds.front().database);
    readMeters(servers, findings);
    return findings;
}

}  // namespace cachescope::app
