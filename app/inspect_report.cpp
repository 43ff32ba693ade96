// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/inspect_report.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>

#include "app/table_text.h"
#include "ui/model/key_text.h"
#include "ui/model/printable_text.h"

namespace cachescope::app {

namespace {

using namespace inspect;

constexpr std::size_t kRowsOfForecast = 12;
constexpr std::size_t kRowsOfNamespaces = 20;
constexpr std::size_t kRowsOfBigKeys = 10;
constexpr std::size_t kLongestName = 40;

std::string keys(double number) {
    return count(static_cast<std::uint64_t>(std::llround(std::max(number, 0.0))));
}
std::string bytes(double number) {
    return text(ui::formatBytes(number));
}
std::string span(double inSeconds) {
    return text(ui::formatSpan(std::round(inSeconds)));
}

std::string spaceText(const std::string& name) {
    if (name.empty()) {
        return "(no namespace)";
    }
    const QString shown = ui::keyText(name);
    return text(shown.size() > static_cast<qsizetype>(kLongestName)
                    ? shown.left(static_cast<qsizetype>(kLongestName) - 1) + QChar(0x2026)
                    : shown);
}

std::string shareText(const Share& share, bool exact) {
    return exact ? percent(share.value)
                 : percent(share.value) + " (" + percent(share.low) + " to " + percent(share.high) +
                       ")";
}

void printGroups(std::ostream& out, const char* title, const std::vector<KeyGroup>& groups,
                 std::size_t most, const InspectFindings& findings, double scale) {
    const KeyFigures& figures = findings.figures;
    const std::size_t shown = std::min(groups.size(), most);
    std::size_t width = 14;
    for (std::size_t i = 0; i < shown; ++i) {
        width = std::max(width, static_cast<std::size_t>(
                                    QString::fromStdString(spaceText(groups[i].name)).size()));
    }
    out << '\n'
        << cell(title, width, true) << cell("keys", 14) << cell("memory", 12) << cell("no TTL", 14)
        << cell(figures.exact ? "share" : "share (95 %)", 28) << '\n';
    for (std::size_t i = 0; i < shown; ++i) {
        const KeyGroup& group = groups[i];
        out << cell(spaceText(group.name), width, true) << cell(keys(group.allKeys), 14)
            << cell(figures.knowsSize ? bytes(group.allBytes) : "-", 12)
            << cell(figures.knowsTtl ? keys(static_cast<double>(group.noTtl) * scale) : "-", 14)
            << cell(shareText(group.share, figures.exact), 28) << '\n';
    }
    if (groups.size() > shown) {
        out << "and " << count(groups.size() - shown) << " more\n";
    }
}

void printTtls(std::ostream& out, const KeyFigures& figures, double scale) {
    out << '\n'
        << cell("TTL left", 20, true) << cell("keys", 14)
        << cell(figures.exact ? "share" : "share (95 %)", 28) << '\n';
    for (const FigureBucket& bucket : figures.ttls) {
        if (bucket.keys == 0) {
            continue;
        }
        const bool open = bucket.to == std::numeric_limits<std::uint64_t>::max();
        const std::string name = open ? span(static_cast<double>(bucket.from)) + " and more"
                                      : span(static_cast<double>(bucket.from)) + " to " +
                                            span(static_cast<double>(bucket.to));
        out << cell(name, 20, true) << cell(keys(static_cast<double>(bucket.keys) * scale), 14)
            << cell(shareText(bucket.share, figures.exact), 28) << '\n';
    }
    out << cell("none", 20, true) << cell(keys(static_cast<double>(figures.noTtlKeys) * scale), 14)
        << cell(shareText(figures.noTtl, figures.exact), 28) << '\n';
}

void printForecast(std::ostream& out, const InspectFindings& findings) {
    const ForecastWindow& window = findings.forecast;
    const double step = seconds(window.bucket);
    const std::size_t together = (window.buckets.size() + kRowsOfForecast - 1) / kRowsOfForecast;
    out << "\ndue, as far as is known now:\n\n"
        << cell("in", 20, true) << cell("keys", 14) << cell("memory", 12) << '\n';
    for (std::size_t i = 0; i < window.buckets.size(); i += together) {
        DueKeys due;
        for (std::size_t k = i; k < std::min(i + together, window.buckets.size()); ++k) {
            due += window.buckets[k];
        }
        const double begun = static_cast<double>(findings.now - window.from) / 1000.0;
        const double from = std::max(static_cast<double>(i) * step - begun, 0.0);
        out << cell(span(from), 20, true) << cell(keys(due.keys), 14)
            << cell(findings.figures.knowsSize ? bytes(due.bytes) : "-", 12) << '\n';
    }
    for (const ExpiryStorm& storm : window.storms) {
        const double from = std::max(static_cast<double>(storm.from - findings.now) / 1000.0, 0.0);
        out << "storm in " << span(from) << ": " << keys(storm.due.keys) << " keys within "
            << span(step) << ", where " << keys(storm.usual) << " are usual; "
            << keys(storm.ofSpace.keys) << " of them in " << spaceText(storm.space)
            << ". Jitter of ±10 % would leave " << keys(storm.calmed) << " there.\n";
    }
}

void printLint(std::ostream& out, const InspectFindings& findings, double scale) {
    for (const TtlFinding& each : findings.lint) {
        const std::string about = spaceText(each.space) + ": " +
                                  keys(static_cast<double>(each.keys) * scale) + " of " +
                                  keys(static_cast<double>(each.of) * scale) + " keys ";
        const std::string memory = bytes(static_cast<double>(each.bytes) * scale);
        switch (each.kind) {
            case TtlFinding::Kind::mixed:
                out << about << "have no TTL, the others have one\n";
                break;
            case TtlFinding::Kind::neverEvicted:
                out << about << "have no TTL, so this policy never evicts them (" << memory
                    << ")\n";
                break;
            case TtlFinding::Kind::rounded:
                out << about << "expire at whole multiples of " << span(seconds(each.step)) << '\n';
                break;
        }
    }
}

}  // namespace

void InspectReport::print(std::ostream& out) const {
    const KeyFigures& figures = findings.figures;
    const ServerFacts& facts = findings.nodes.front().facts;
    const double scale =
        figures.sampled > 0 && figures.databaseKeys > 0
            ? static_cast<double>(figures.databaseKeys) / static_cast<double>(figures.sampled)
            : 1.0;
    out << text(ui::printableText(target));
    if (!facts.version.empty()) {
        out << ", " << facts.product << ' ' << text(ui::printableText(facts.version));
    }
    if (findings.nodes.size() > 1) {
        out << ", " << count(findings.nodes.size()) << " primaries";
    }
    if (!facts.maxmemoryPolicy.empty()) {
        out << ", " << text(ui::printableText(facts.maxmemoryPolicy));
    }
    out << '\n'
        << (figures.databaseKeys > 0 || figures.exact ? count(figures.databaseKeys) : "-")
        << " keys";
    if (figures.knowsSize) {
        out << ", " << bytes(figures.allBytes);
    }
    out << "; " << (findings.walked ? "walked: " : "sampled: ") << count(figures.sampled)
        << (findings.complete ? "" : ", incomplete") << ", in "
        << text(ui::formatLatency(seconds(findings.took))) << '\n';
    if (findings.hitRatio) {
        out << "hit ratio since the server's counters began: " << percent(*findings.hitRatio)
            << '\n';
    }
    if (facts.inCluster && findings.nodes.size() == 1) {
        out << "this server is one of a cluster: redis+cluster:// inspects all of it\n";
    }
    if (findings.deadButResident >= 1) {
        out << "expired and still there: about " << keys(findings.deadButResident) << " keys\n";
    }
    if (findings.nodes.size() > 1) {
        out << '\n';
        for (const auto& node : findings.nodes) {
            out << cell(text(ui::printableText(node.address)), 36, true)
                << cell(count(findings.walked ? node.keys : node.facts.keys.value_or(0)), 14)
                << " keys\n";
        }
    }
    printGroups(out, "namespace", figures.namespaces, kRowsOfNamespaces, findings, scale);
    if (figures.knowsType) {
        printGroups(out, "type", figures.types, kRowsOfNamespaces, findings, scale);
    }
    if (figures.knowsTtl) {
        printTtls(out, figures, scale);
        printForecast(out, findings);
    }
    if (!findings.lint.empty()) {
        out << '\n';
        printLint(out, findings, scale);
    }
    if (!figures.bigKeys.empty()) {
        out << "\nlargest:\n";
        for (std::size_t i = 0; i < std::min(figures.bigKeys.size(), kRowsOfBigKeys); ++i) {
            const BigKey& key = figures.bigKeys[i];
            out << cell(spaceText(key.name), kLongestName, true)
                << cell(bytes(static_cast<double>(key.bytes)), 12) << "  "
                << text(ui::printableText(key.type)) << '\n';
        }
    }
    out << "\nsent " << count(findings.commands) << " commands; they added "
        << count(findings.lookUps.hits) << " hits, which are not in the ratio";
    if (findings.serverTime) {
        out << ", and took about " << text(ui::formatLatency(seconds(*findings.serverTime)))
            << " of the server's time";
    }
    out << '\n';
    if (!findings.missingRules.empty()) {
        out << "the server's user lacks:";
        for (const std::string& rule : findings.missingRules) {
            out << ' ' << rule;
        }
        out << '\n';
    }
}

}  // namespace cachescope::app
