// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/inspect_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "ui/model/formats.h"
#include "ui/model/key_text.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

namespace {

using inspect::ExpiryStorm;
using inspect::ForecastWindow;
using inspect::LiveMark;
using inspect::TtlFinding;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::InspectText)
};

QString joined(QStringList parts) {
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

// Estimates have no more digits than a person needs.
QString roughly(double count) {
    return count < 10'000 ? formatCount(std::round(count)) : formatCompact(count);
}

// A span back or ahead in the two largest units, without fractions of a second.
QString coarse(double seconds) {
    const double whole = std::max(1.0, std::round(seconds));
    return whole < 60 ? formatSpan(whole) : formatLatency(whole);
}

// Whether a storm is told by the keys of one namespace rather than by all.
bool isOfSpace(const ExpiryStorm& storm) {
    return storm.ofSpace.keys >= storm.due.keys / 2;
}

QString unitText(Duration bucket) {
    return bucket >= std::chrono::hours{1}     ? Words::tr("hour")
           : bucket >= std::chrono::minutes{1} ? Words::tr("minute")
                                               : Words::tr("second");
}

}  // namespace

QString namespaceText(const std::string& name) {
    if (name.empty()) {
        return Words::tr("(no namespace)");
    }
    return name == inspect::KeyCensus::kManyOthers ? Words::tr("(others)")
                                                   : keyText(name) + QStringLiteral(":");
}

QString serverText(const inspect::InspectLink& link) {
    const inspect::ServerFacts& facts = link.server(0).facts;
    const QString product =
        facts.product.empty() ? Words::tr("a server") : printableText(facts.product);
    QStringList parts{facts.version.empty()
                          ? product
                          : product + QStringLiteral(" ") + printableText(facts.version)};
    if (link.target().kind == RedisTarget::Kind::cluster) {
        parts.append(Words::tr("%n primaries", nullptr, static_cast<int>(link.size())));
    } else if (facts.role == "slave") {
        parts.append(Words::tr("replica"));
    }
    if (link.target().usesTls()) {
        parts.append(Words::tr("TLS"));
    }
    if (link.database() != 0) {
        parts.append(Words::tr("database %1").arg(link.database()));
    }
    return joined(parts);
}

QString connectionText(const InspectPresenter& presenter) {
    using State = InspectPresenter::State;
    const bool linked = presenter.link() != nullptr;
    const auto failure = presenter.state() == State::failed ? presenter.failure()
                         : linked                           ? presenter.live().failure()
                                                            : std::nullopt;
    if (!failure) {
        return presenter.state() == State::connecting ? Words::tr("connecting…")
               : linked                               ? Words::tr("answers")
                                                      : QString();
    }
    switch (failure->code()) {
        case ErrorCode::authentication:
        case ErrorCode::noPermission:
            return Words::tr("login refused");
        case ErrorCode::untrusted:
            return Words::tr("certificate refused");
        default:
            // Whatever has to be corrected first was no question to a server.
            return mendsByItself(*failure) ? Words::tr("no answer") : Words::tr("not connected");
    }
}

bool mendsByItself(const Error& failure) {
    switch (failure.code()) {
        case ErrorCode::unreachable:
        case ErrorCode::timedOut:
        case ErrorCode::disconnected:
        case ErrorCode::loading:
        case ErrorCode::unavailable:
        case ErrorCode::closed:
        case ErrorCode::cancelled:
        case ErrorCode::io:
        case ErrorCode::serverError:
        case ErrorCode::outOfMemory:
            return true;
        default:
            return false;
    }
}

QStringList costTexts(InspectPresenter& presenter) {
    if (presenter.link() == nullptr) {
        return {};
    }
    const auto own = presenter.link()->own();
    const auto lookUps = static_cast<double>(own.lookUps.hits + own.lookUps.misses);
    const QString share = formatPercent(presenter.live().ownShare());
    const QString commands =
        Words::tr("%1 commands").arg(formatCompact(static_cast<double>(own.commands)));
    const QString time = Words::tr("%1 of server time").arg(share);
    const QString added = lookUps > 0
                              ? Words::tr("%1 look-ups added, left out").arg(formatCompact(lookUps))
                              : QString();
    const QString whole = Words::tr("our cost: %1");
    QStringList texts{whole.arg(joined({commands, time, added})),
                      whole.arg(joined({commands, time})), whole.arg(time), whole.arg(share)};
    texts.removeDuplicates();
    return texts;
}

QString costDetail(InspectPresenter& presenter) {
    if (presenter.link() == nullptr) {
        return {};
    }
    const auto own = presenter.link()->own();
    return Words::tr(
               "Since connecting: %1 commands sent, %2 transferred, %3 of the server's processor "
               "time by its own statistics. %4 hits and %5 misses are ours; they are left out of "
               "every ratio shown here. %6 commands were not sent because they are not allowed "
               "here.")
        .arg(formatCount(static_cast<double>(own.commands)),
             formatBytes(static_cast<double>(own.bytes)),
             formatLatency(seconds(presenter.live().ownServerTime())),
             formatCount(static_cast<double>(own.lookUps.hits)),
             formatCount(static_cast<double>(own.lookUps.misses)),
             formatCount(static_cast<double>(own.refused)));
}

QStringList inspectPromise() {
    return {
        Words::tr("Read-only until you unlock changes."),
        Words::tr("Never KEYS, never an unbounded read, never a script on the server."),
        Words::tr("No key looks used because of us, but those that you open."),
        Words::tr("Every command counted and shown; your hit ratio without our look-ups."),
    };
}

QString keyspaceBadge(const KeyspacePresenter& presenter) {
    const auto& keyspace = presenter.keyspace();
    if (keyspace == nullptr) {
        return presenter.isSampling() ? Words::tr("sampling…") : QString();
    }
    if (presenter.isOutdated()) {
        return Words::tr("before the server was replaced");
    }
    const Duration age = SystemClock::instance().now() - keyspace->readAt;
    const QString ago = age < std::chrono::seconds{5}
                            ? Words::tr("just now")
                            : Words::tr("%1 ago").arg(coarse(seconds(age)));
    if (keyspace->walked && keyspace->complete) {
        return Words::tr("exact, walked %1").arg(ago);
    }
    if (keyspace->complete) {
        return Words::tr("exact, read %1").arg(ago);
    }
    return Words::tr("estimated from %1 keys, %2")
        .arg(formatCompact(static_cast<double>(keyspace->figures.sampled)), ago);
}

QString walkText(const inspect::WalkProgress& walk) {
    using State = inspect::WalkProgress::State;
    const QString keys = Words::tr("%1 keys").arg(formatCompact(static_cast<double>(walk.keys)));
    switch (walk.state) {
        case State::done:
            return Words::tr("walked, %1").arg(keys);
        case State::stopped:
            return Words::tr("stopped at %1, %2").arg(formatPercent(walk.fraction), keys);
        case State::failed:
            return Words::tr("failed at %1, %2").arg(formatPercent(walk.fraction), keys);
        case State::paused:
            return Words::tr("paused at %1, %2").arg(formatPercent(walk.fraction), keys);
        case State::running:
            break;
    }
    return joined(
        {formatPercent(walk.fraction), keys,
         walk.remaining ? Words::tr("%1 left").arg(coarse(seconds(*walk.remaining))) : QString(),
         walk.backsOff ? Words::tr("slower, the server is busy") : QString()});
}

QString stormTitle(const ForecastWindow& window, const ExpiryStorm& storm) {
    const bool most = isOfSpace(storm);
    return Words::tr("%1 %2keys fall due within one %3")
        .arg(roughly(most ? storm.ofSpace.keys : storm.due.keys),
             most ? namespaceText(storm.space) + QStringLiteral(" ") : QString(),
             unitText(window.bucket));
}

QString stormDetail(const ForecastWindow& window, const ExpiryStorm& storm, double calmedTo,
                    std::int64_t now) {
    // Somewhere in its bucket; when exactly, was not kept.
    const double from = static_cast<double>(storm.from - now) / 1000;
    const QString when = formatAhead(from, from + seconds(window.bucket));
    const QString usual =
        Words::tr("usually %1").arg(roughly(isOfSpace(storm) ? storm.usualOfSpace : storm.usual));
    if (calmedTo < storm.due.keys * 0.9) {
        return joined({when, usual, Words::tr("with ±10 % jitter %1").arg(roughly(calmedTo))});
    }
    return joined({when, usual});
}

QString duesText(const ForecastWindow& window, bool bytes, bool exact, double deadButResident) {
    const auto text = [bytes, exact](const inspect::DueKeys& due) {
        return (exact ? QString() : QStringLiteral("≈ ")) +
               (bytes ? formatBytes(due.bytes) : roughly(due.keys));
    };
    QStringList parts{
        Words::tr("%1 due in %2")
            .arg(text(window.due),
                 formatSpan(seconds(window.bucket) * static_cast<double>(window.buckets.size()))),
        Words::tr("%1 later").arg(text(window.later)),
        Words::tr("%1 without TTL").arg(text(window.never))};
    if (!bytes && deadButResident >= 1) {
        parts.append(Words::tr("≈ %1 dead and still there").arg(roughly(deadButResident)));
    }
    if (window.unknown > 0) {
        parts.append(
            Words::tr("%1 with a TTL that may not be asked for").arg(roughly(window.unknown)));
    }
    return joined(parts);
}

QString findingTitle(const TtlFinding& finding) {
    const QString space = namespaceText(finding.space);
    const QString keys = formatCount(static_cast<double>(finding.keys));
    const QString all = formatCount(static_cast<double>(finding.of));
    switch (finding.kind) {
        case TtlFinding::Kind::mixed:
            return Words::tr("%1 %2 of %3 keys have no TTL").arg(space, keys, all);
        case TtlFinding::Kind::neverEvicted:
            return Words::tr("%1 %2 keys can never leave").arg(space, keys);
        case TtlFinding::Kind::rounded:
            break;
    }
    return Words::tr("%1 %2 of %3 keys expire at a whole %4")
        .arg(space, keys, all,
             finding.step >= std::chrono::hours{24} ? Words::tr("day") : unitText(finding.step));
}

QString findingDetail(const TtlFinding& finding) {
    const QString bytes = formatBytes(static_cast<double>(finding.bytes));
    switch (finding.kind) {
        case TtlFinding::Kind::mixed:
            return Words::tr(
                       "The others of this namespace have one, so it was probably forgotten. "
                       "They hold %1. Set a TTL where they are written, and for those that are "
                       "there.")
                .arg(bytes);
        case TtlFinding::Kind::neverEvicted:
            return Words::tr(
                       "They have no TTL, and the server's policy evicts only keys that have "
                       "one. They hold %1 until somebody removes them. Set a TTL, or choose an "
                       "allkeys policy.")
                .arg(bytes);
        case TtlFinding::Kind::rounded:
            break;
    }
    return Words::tr(
        "All that expires in one moment is loaded again in one moment. Add some jitter to the "
        "TTL, so that the origin sees a stream and not a wave.");
}

namespace {

// What is not there without a rule; nothing for those that only make something slower.
QString lostBy(const QString& rule) {
    const auto begins = [&rule](const char* start) {
        return rule.startsWith(QLatin1String(start));
    };
    return begins("+info")                             ? Words::tr("live figures")
           : begins("+latency")                        ? Words::tr("latency of commands")
           : begins("+config|get")                     ? Words::tr("changes of the configuration")
           : begins("+scan")                           ? Words::tr("walks")
           : begins("+randomkey")                      ? Words::tr("samples at random")
           : begins("+pttl") || begins("+pexpiretime") ? Words::tr("TTLs")
           : begins("+type")                           ? Words::tr("types")
           : begins("+memory")                         ? Words::tr("sizes")
           : begins("+object")                         ? Words::tr("idle times")
           : begins("+dbsize")                         ? Words::tr("the number of keys")
           : begins("+psubscribe") || begins("&")      ? Words::tr("expired events")
                                                       : QString();
}

}  // namespace

QString missingText(const InspectPresenter& presenter) {
    const QStringList rules = presenter.missingRules();
    if (rules.isEmpty() || presenter.link() == nullptr) {
        return {};
    }
    QStringList lost;
    for (const QString& rule : rules) {
        lost.append(lostBy(rule));
    }
    lost.removeAll(QString());
    lost.removeDuplicates();
    const std::string& user = presenter.link()->server(0).address.user;
    const QString grant = QStringLiteral("ACL SETUSER %1 %2")
                              .arg(user.empty() ? QStringLiteral("default") : printableText(user),
                                   printableText(rules.join(u' ').toStdString()));
    return lost.isEmpty()
               ? Words::tr(
                     "Your login may not do everything that is asked for here. To allow it: "
                     "%1")
                     .arg(grant)
               : Words::tr("Not shown, because your login may not ask for it: %1. To allow it: %2")
                     .arg(lost.join(QStringLiteral(", ")), grant);
}

QString markText(const LiveMark& mark) {
    switch (mark.kind) {
        case LiveMark::Kind::evictions:
            return Words::tr("evictions begin");
        case LiveMark::Kind::failover:
            return Words::tr("failover");
        case LiveMark::Kind::configuration:
            return printableText(mark.detail);
        case LiveMark::Kind::restart:
            return Words::tr("restart");
        case LiveMark::Kind::statsReset:
            return Words::tr("counters reset");
        case LiveMark::Kind::lost:
            return Words::tr("no answer");
        case LiveMark::Kind::found:
            return Words::tr("answers again");
        case LiveMark::Kind::walkBegan:
            return Words::tr("our walk");
        case LiveMark::Kind::walkEnded:
            return Words::tr("walk ended");
        case LiveMark::Kind::captureBegan:
            return Words::tr("our capture");
        case LiveMark::Kind::captureEnded:
            return Words::tr("capture ended");
    }
    return {};
}

}  // namespace cachescope::ui
