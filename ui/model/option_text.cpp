// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/option_text.h"

#include "engine/backend/backend_registry.h"
#include "engine/core/duration_text.h"
#include "ui/model/formats.h"
#include "ui/model/level_address.h"
#include "ui/model/namespace_ttl_text.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

namespace {

constexpr Duration kNone = Duration::zero();

QString span(Duration value) {
    return formatSpan(static_cast<double>(value.count()) / 1e9);
}

QString share(double value) {
    return percentFormat().format(value);
}

// One or two in full; more would leave no room for anything else.
QString ttlsOfNamespaces(const sim::LaneSpec& spec) {
    constexpr std::size_t kMostInFull = 2;
    return spec.namespaceTtls.size() > kMostInFull
               ? OptionText::tr("TTLs of %n namespaces", nullptr,
                                static_cast<int>(spec.namespaceTtls.size()))
               : NamespaceTtlText::format(spec.namespaceTtls);
}

// What is said of copies above another backend, as it differs from the usual.
QStringList ofCopies(const std::string& backend) {
    QStringList list;
    const auto value = [&backend](const char* parameter) {
        return LevelAddress::parameter(backend, parameter);
    };
    if (const auto longest = parseDuration(value("upper_ttl")); longest && *longest > kNone) {
        list.append(OptionText::tr("copies for %1").arg(span(*longest)));
    }
    if (const auto entries = value("upper_entries"); !entries.empty() && entries != "0") {
        list.append(OptionText::tr("%1 copies")
                        .arg(formatCount(QString::fromStdString(entries).toDouble())));
    }
    if (const auto policy = value("upper_policy"); !policy.empty()) {
        list.append(OptionText::tr("copies by %1").arg(printableText(policy)));
    }
    if (value("breaker") == "off") {
        list.append(OptionText::tr("no breaker below"));
    }
    if (value("recovery") == "off") {
        list.append(OptionText::tr("no recovery below"));
    }
    return list;
}

const BackendKind* storeOf(const std::string& backend) {
    const std::string lower = LevelAddress::lower(backend);
    return BackendRegistry::builtin().find(lower.substr(0, lower.find(':')));
}

bool hasLeases(const std::string& backend) {
    const BackendKind* kind = storeOf(backend);
    // Who added a backend knows what it can do.
    return kind == nullptr || kind->capabilities.leases || kind->capabilities.remote;
}

}  // namespace

namespace {

// With its limits where they are not the usual ones.
QString breakerText(const sim::LaneSpec& spec) {
    const sim::LaneSpec usual;
    const QString text = OptionText::tr("circuit breaker");
    return spec.breakerFailures == usual.breakerFailures &&
                   spec.breakerPause == usual.breakerPause &&
                   spec.breakerMaxPause == usual.breakerMaxPause
               ? text
               : OptionText::tr("%1, after %2 failures for %3 to %4")
                     .arg(text, formatCount(spec.breakerFailures), span(spec.breakerPause),
                          span(std::max(spec.breakerPause, spec.breakerMaxPause)));
}

}  // namespace

QStringList OptionText::on(const sim::LaneSpec& spec, OptionGroup group) {
    const CacheOptions& options = spec.options;
    QStringList list;
    const auto add = [&list](bool isOn, const QString& text) {
        if (isOn) {
            list.append(text);
        }
    };
    switch (group) {
        case OptionGroup::where:
            add(spec.varyByUser, tr("by user"));
            add(!spec.store.empty(), tr("shares “%1”").arg(printableText(spec.store)));
            if (LevelAddress::hasTwoLevels(spec.backend)) {
                list += ofCopies(spec.backend);
            }
            break;
        case OptionGroup::fresh:
            add(!spec.namespaceTtls.empty(), ttlsOfNamespaces(spec));
            add(!spec.namespaceTtls.empty() && spec.separator != sim::LaneSpec{}.separator,
                spec.separator.empty()
                    ? tr("no namespaces")
                    : tr("namespaces end at “%1”").arg(printableText(spec.separator)));
            add(options.sliding, tr("sliding"));
            add(options.maxAge.has_value(),
                tr("max age %1").arg(span(options.maxAge.value_or(kNone))));
            add(options.jitter > 0, tr("jitter %1").arg(share(options.jitter)));
            add(options.negativeTtl.has_value(),
                options.negativeTtl == kNone
                    ? tr("absences not kept")
                    : tr("absences %1").arg(span(options.negativeTtl.value_or(kNone))));
            add(options.errorTtl > kNone, tr("failures %1").arg(span(options.errorTtl)));
            break;
        case OptionGroup::load:
            add(!options.singleFlight, tr("no single-flight"));
            add(options.lease > kNone, tr("lease %1").arg(span(options.lease)));
            add(options.staleWhileRevalidate > kNone,
                tr("stale-while-revalidate %1").arg(span(options.staleWhileRevalidate)));
            add(options.refreshAfter > 0, tr("refresh after %1").arg(share(options.refreshAfter)));
            add(options.xfetchBeta > 0, tr("XFetch %1").arg(formatNumber(options.xfetchBeta)));
            break;
        case OptionGroup::failure:
            add(options.staleIfError > kNone,
                tr("stale-if-error %1").arg(span(options.staleIfError)));
            add(options.staleIfError > kNone && options.retryAfter != CacheOptions{}.retryAfter,
                tr("retry after %1").arg(span(options.retryAfter)));
            add(options.softTimeout > kNone, tr("soft time-out %1").arg(span(options.softTimeout)));
            add(options.hardTimeout > kNone, tr("hard time-out %1").arg(span(options.hardTimeout)));
            add(spec.breaker, breakerText(spec));
            add(spec.recovery, tr("recovery"));
            break;
        case OptionGroup::invalidation: {
            QStringList tags;
            for (const std::string& tag : options.tags) {
                tags.append(printableText(tag));
            }
            add(!tags.isEmpty(), tr("tags %1").arg(tags.join(QStringLiteral(", "))));
            add(spec.namespaceTags, tr("namespace tags"));
            add(!options.space.empty(), tr("space %1").arg(printableText(options.space)));
            add(options.marked, tr("marked"));
            break;
        }
    }
    return list;
}

QStringList OptionText::on(const sim::LaneSpec& spec) {
    return on(spec, OptionGroup::where) + on(spec, OptionGroup::fresh) +
           on(spec, OptionGroup::load) + on(spec, OptionGroup::failure) +
           on(spec, OptionGroup::invalidation);
}

QStringList OptionText::figures(const sim::LaneSpec& spec, const sim::LaneSample* sample) {
    if (!spec.cached()) {
        return {};
    }
    const CacheOptions& options = spec.options;
    QStringList list;
    const auto ratio = [&](const QString& text, double sim::LaneSample::*figure) {
        list.append(text.arg(formatPercent(sample == nullptr ? sim::kNoValue : sample->*figure)));
    };
    const auto rate = [&](const QString& text, double sim::LaneSample::*figure) {
        list.append(text.arg(formatRate(sample == nullptr ? sim::kNoValue : sample->*figure)));
    };
    if (options.staleWhileRevalidate > kNone) {
        ratio(tr("past TTL %1"), &sim::LaneSample::expiredRatio);
    }
    if (options.staleIfError > kNone) {
        ratio(tr("fallback %1"), &sim::LaneSample::fallbackRatio);
    }
    if (options.negativeTtl || options.errorTtl > kNone) {
        ratio(tr("remembered %1"), &sim::LaneSample::negativeRatio);
    }
    if (options.staleWhileRevalidate > kNone || options.refreshAfter > 0 ||
        options.xfetchBeta > 0) {
        rate(tr("refreshes %1"), &sim::LaneSample::refreshes);
    }
    if (options.softTimeout > kNone || options.hardTimeout > kNone) {
        rate(tr("timed out %1"), &sim::LaneSample::timeouts);
    }
    return list;
}

QHash<QString, QString> OptionText::reasons(const sim::LaneSpec& spec) {
    const CacheOptions& options = spec.options;
    QHash<QString, QString> reasons;
    const auto add = [&reasons](const char* option, bool applies, const QString& text) {
        if (applies && !reasons.contains(QLatin1String(option))) {
            reasons.insert(QLatin1String(option), text);
        }
    };
    const bool noTtl = !options.ttl || *options.ttl == kNone;
    // A hit does not move the TTL of a namespace, which is like any other otherwise.
    const bool noneAtAll = noTtl && spec.namespaceTtls.empty();
    const QString needsTtl = options.ttl ? tr("with a TTL of 0 nothing is stored")
                                         : tr("this lane's entries never expire");
    add("sliding", options.sliding && noTtl, needsTtl);
    add("max_age", options.maxAge && noTtl, needsTtl);
    for (const auto& [option, isOn] :
         {std::pair{"jitter", options.jitter > 0},
          std::pair{"stale_while_revalidate", options.staleWhileRevalidate > kNone},
          std::pair{"refresh_after", options.refreshAfter > 0},
          std::pair{"xfetch_beta", options.xfetchBeta > 0},
          std::pair{"stale_if_error", options.staleIfError > kNone}}) {
        add(option, isOn && noneAtAll, needsTtl);
    }
    add("max_age", options.maxAge && options.ttl && *options.maxAge < *options.ttl,
        tr("it is shorter than the TTL"));
    add("max_age", options.maxAge && !options.sliding,
        tr("without a sliding TTL each value ends at its TTL"));
    add("lease", options.lease > kNone && !hasLeases(spec.backend),
        tr("this backend has no leases, Redis has"));
    add("lease", options.lease > kNone && !options.singleFlight, tr("single-flight is off"));
    const bool fallsBack = options.staleIfError > kNone;
    const BackendKind* store = storeOf(spec.backend);
    add("store",
        !spec.store.empty() && store != nullptr && !store->capabilities.shared &&
            !store->capabilities.remote,
        tr("this backend keeps to its own lane"));
    add("namespace_separator",
        spec.separator != sim::LaneSpec{}.separator && spec.namespaceTtls.empty(),
        tr("no namespace has a TTL of its own"));
    add("retry_after", options.retryAfter != CacheOptions{}.retryAfter && !fallsBack,
        tr("“Stale if error” is off"));
    add("soft_timeout",
        options.softTimeout > kNone && options.hardTimeout > kNone &&
            options.softTimeout >= options.hardTimeout,
        tr("the hard time-out comes first"));
    add("soft_timeout", options.softTimeout > kNone && !fallsBack,
        tr("“Stale if error” is off, so there is nothing else to serve"));
    return reasons;
}

QHash<QString, OptionNote> OptionText::notes(const sim::LaneSpec& spec) {
    const auto reasons = OptionText::reasons(spec);
    QHash<QString, OptionNote> notes;
    for (auto reason = reasons.begin(); reason != reasons.end(); ++reason) {
        notes.insert(reason.key(), {tr("No effect: %1.").arg(reason.value()), false});
    }
    if (const auto valid = validate(spec); !valid) {
        const QString option = QString::fromStdString(valid.error().subject());
        notes.insert(option,
                     {reasons.contains(option)
                          ? tr("Not applied: %1.").arg(reasons.value(option))
                          : tr("Not applied. Use %1.").arg(printableText(valid.error().detail())),
                      true});
    }
    return notes;
}

}  // namespace cachescope::ui
