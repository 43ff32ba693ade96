// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/lane_options.h"

#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "engine/core/duration_text.h"
#include "engine/policy/policy_registry.h"
#include "ui/model/formats.h"
#include "ui/model/level_address.h"
#include "ui/model/namespace_ttl_text.h"
#include "ui/model/printable_text.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/disclosure.h"

namespace cachescope::ui {

namespace {

constexpr double kHour = 3600;
constexpr double kDay = 86'400;
// Stands for "no TTL of its own", as 0 means that absences are not kept.
constexpr double kAsOthers = -1;

Duration spanOf(double value) {
    return Duration{std::llround(value * 1e9)};
}

ValueFormat orOff(ValueFormat format) {
    return wordFormat(0, LaneOptions::tr("off"), std::move(format));
}

ValueOption* spanOption(const char* name, const QString& label, const QString& explanation,
                        double longest, Duration CacheOptions::*option) {
    return new ValueOption(
        QLatin1String(name), label, explanation, orOff(spanFormat()),
        ValueRange::spans(0.001, longest, true),
        {[option](const sim::LaneSpec& spec) { return seconds(spec.options.*option); },
         [option](sim::LaneSpec& spec, double value) { spec.options.*option = spanOf(value); }});
}

ValueOption* numberOption(const char* name, const QString& label, const QString& explanation,
                          ValueFormat format, ValueRange range, double CacheOptions::*option) {
    return new ValueOption(
        QLatin1String(name), label, explanation, orOff(std::move(format)), std::move(range),
        {[option](const sim::LaneSpec& spec) { return spec.options.*option; },
         [option](sim::LaneSpec& spec, double value) { spec.options.*option = value; }});
}

SwitchOption* switchOption(const char* name, const QString& label, const QString& explanation,
                           bool CacheOptions::*option) {
    return new SwitchOption(
        QLatin1String(name), label, explanation,
        {[option](const sim::LaneSpec& spec) { return spec.options.*option; },
         [option](sim::LaneSpec& spec, bool on) { spec.options.*option = on; }});
}

SwitchOption* laneSwitch(const char* name, const QString& label, const QString& explanation,
                         bool sim::LaneSpec::*option) {
    return new SwitchOption(QLatin1String(name), label, explanation,
                            {[option](const sim::LaneSpec& spec) { return spec.*option; },
                             [option](sim::LaneSpec& spec, bool on) { spec.*option = on; }});
}

std::string levelParameter(const sim::LaneSpec& spec, const char* parameter) {
    return LevelAddress::parameter(spec.backend, parameter);
}

void setLevelParameter(sim::LaneSpec& spec, const char* parameter, const std::string& value) {
    if (LevelAddress::hasTwoLevels(spec.backend)) {
        spec.backend = LevelAddress::with(spec.backend, parameter, value);
    }
}

// What is on unless the address says otherwise.
SwitchOption* levelSwitch(const char* name, const QString& label, const QString& explanation,
                          const char* parameter) {
    return new SwitchOption(QLatin1String(name), label, explanation,
                            {[parameter](const sim::LaneSpec& spec) {
                                 return levelParameter(spec, parameter) != "off";
                             },
                             [parameter](sim::LaneSpec& spec, bool on) {
                                 setLevelParameter(spec, parameter, on ? std::string() : "off");
                             }});
}

QList<OptionRow*> levelRows() {
    auto* ttl = new ValueOption(
        QStringLiteral("upper_ttl"), LaneOptions::tr("Copies stay"),
        LaneOptions::tr("At most. Otherwise as long as the entry; over files a second."),
        wordFormat(0, LaneOptions::tr("default"), spanFormat()),
        ValueRange::spans(0.001, kHour, true),
        {[](const sim::LaneSpec& spec) {
             return seconds(
                 parseDuration(levelParameter(spec, "upper_ttl")).value_or(Duration::zero()));
         },
         [](sim::LaneSpec& spec, double value) {
             setLevelParameter(spec, "upper_ttl",
                               value > 0 ? formatDuration(spanOf(value)) : std::string());
         }});
    auto* entries = new ValueOption(
        QStringLiteral("upper_entries"), LaneOptions::tr("Copies, keys"),
        LaneOptions::tr("Otherwise 64 MiB bound them, or what the address says."),
        wordFormat(0, LaneOptions::tr("by bytes"), countFormat()),
        ValueRange::log(10, 1'000'000, true),
        {[](const sim::LaneSpec& spec) {
             return QString::fromStdString(levelParameter(spec, "upper_entries")).toDouble();
         },
         [](sim::LaneSpec& spec, double value) {
             setLevelParameter(spec, "upper_entries",
                               value > 0 ? std::to_string(std::llround(value)) : std::string());
         }});
    QList<std::pair<QString, QString>> policies{{LaneOptions::tr("Default"), QString()}};
    for (const PolicyKind& policy : PolicyRegistry::builtin().kinds()) {
        if (policy.worksInBackends()) {
            policies.append(
                {QString::fromStdString(policy.title), QString::fromStdString(policy.name)});
        }
    }
    auto* policy =
        new ChoiceOption(QStringLiteral("upper_policy"), LaneOptions::tr("Policy of copies"),
                         LaneOptions::tr("Which copies go when there is no more room."), policies,
                         {[](const sim::LaneSpec& spec) {
                              return QString::fromStdString(levelParameter(spec, "upper_policy"));
                          },
                          [](sim::LaneSpec& spec, const QString& value) {
                              setLevelParameter(spec, "upper_policy", value.toStdString());
                          }});
    return {
        ttl, entries, policy,
        levelSwitch("tiered_breaker", LaneOptions::tr("Breaker below"),
                    LaneOptions::tr("Between the levels; on unless you say otherwise."), "breaker"),
        levelSwitch("tiered_recovery", LaneOptions::tr("Recovery below"),
                    LaneOptions::tr("What the lower level missed is made up for."), "recovery")};
}

QString tagsText(const sim::LaneSpec& spec) {
    QStringList tags;
    for (const std::string& tag : spec.options.tags) {
        tags.append(printableText(tag));
    }
    return tags.join(QStringLiteral(", "));
}

void setTags(sim::LaneSpec& spec, const QString& text) {
    spec.options.tags.clear();
    for (const QString& part : text.split(QLatin1Char(','))) {
        std::string tag = part.trimmed().toStdString();
        auto& tags = spec.options.tags;
        if (!tag.empty() && std::find(tags.begin(), tags.end(), tag) == tags.end()) {
            tags.push_back(std::move(tag));
        }
    }
}

}  // namespace

QList<OptionRow*> LaneOptions::whereRows() {
    auto* store =
        new TextOption(QStringLiteral("store"), tr("Shared store"),
                       tr("Lanes with the same name here and the same backend share entries."),
                       {[](const sim::LaneSpec& spec) { return printableText(spec.store); },
                        [](sim::LaneSpec& spec, const QString& text) {
                            spec.store = text.trimmed().toStdString();
                        }});
    store->setEmptyText(tr("its own"));
    return {store, laneSwitch("vary_by_user", tr("Vary by user"),
                              tr("Who asks is part of the key: nobody gets another's answer."),
                              &sim::LaneSpec::varyByUser)};
}

QList<OptionRow*> LaneOptions::freshRows() {
    auto* maxAge = new ValueOption(
        QStringLiteral("max_age"), tr("Maximum age"),
        tr("Where a sliding TTL ends, after the load."), orOff(spanFormat()),
        ValueRange::spans(0.1, 30 * kDay, true),
        {[](const sim::LaneSpec& spec) {
             return spec.options.maxAge ? seconds(*spec.options.maxAge) : 0;
         },
         [](sim::LaneSpec& spec, double value) {
             spec.options.maxAge = value > 0 ? std::optional(spanOf(value)) : std::nullopt;
         }});
    ValueRange absences = ValueRange::linear(kAsOthers, 7 * kDay);
    absences.stops = ValueRange::spans(0.1, 7 * kDay).stops;
    absences.stops.prepend(0);
    absences.stops.prepend(kAsOthers);
    auto* negative = new ValueOption(
        QStringLiteral("negative_ttl"), tr("Absence TTL"),
        tr("How long “there is nothing” is kept."),
        wordFormat(kAsOthers, tr("as others"), wordFormat(0, tr("not kept"), spanFormat())),
        absences,
        {[](const sim::LaneSpec& spec) {
             return spec.options.negativeTtl ? seconds(*spec.options.negativeTtl) : kAsOthers;
         },
         [](sim::LaneSpec& spec, double value) {
             spec.options.negativeTtl = value < 0 ? std::nullopt : std::optional(spanOf(value));
         }});
    auto* namespaces = new TextOption(
        QStringLiteral("namespace_ttls"), tr("TTL by namespace"),
        tr("As in “prices=6s, static=15min”."),
        {[](const sim::LaneSpec& spec) { return NamespaceTtlText::format(spec.namespaceTtls); },
         [](sim::LaneSpec& spec, const QString& text) {
             spec.namespaceTtls = NamespaceTtlText::parse(text).ttls;
         },
         [](const QString& text) { return NamespaceTtlText::parse(text).problem; }},
        true);
    auto* separator = new TextOption(
        QStringLiteral("namespace_separator"), tr("Namespaces end at"),
        tr("The namespace of a key is the text before this."),
        {[](const sim::LaneSpec& spec) { return printableText(spec.separator); },
         [](sim::LaneSpec& spec, const QString& text) { spec.separator = text.toStdString(); }});
    separator->setEmptyText(tr("none"));
    return {
        namespaces,
        separator,
        switchOption("sliding", tr("Sliding TTL"), tr("Each hit begins the TTL anew."),
                     &CacheOptions::sliding),
        maxAge,
        numberOption("jitter", tr("TTL jitter"),
                     tr("Each TTL is shorter at random, by up to this."), percentFormat(),
                     ValueRange::linear(0, 1, 0.05), &CacheOptions::jitter),
        negative,
        spanOption("error_ttl", tr("Failure TTL"), tr("How long a failure is kept as the answer."),
                   kHour, &CacheOptions::errorTtl)};
}

QList<OptionRow*> LaneOptions::loadRows() {
    return {switchOption("single_flight", tr("Single-flight"),
                         tr("One load a key; others wait for it."), &CacheOptions::singleFlight),
            spanOption("lease", tr("Lease"), tr("Single-flight across processes (Redis)."), kHour,
                       &CacheOptions::lease),
            spanOption("stale_while_revalidate", tr("Stale while revalidate"),
                       tr("Served for so long past the TTL, and refreshed."), 7 * kDay,
                       &CacheOptions::staleWhileRevalidate),
            numberOption("refresh_after", tr("Refresh after"),
                         tr("A hit past this share of the TTL refreshes."), percentFormat(),
                         ValueRange::linear(0, 0.99, 0.05), &CacheOptions::refreshAfter),
            numberOption("xfetch_beta", tr("XFetch beta"),
                         tr("Hits near the TTL's end refresh by chance."), numberFormat(),
                         ValueRange::linear(0, 10, 0.25), &CacheOptions::xfetchBeta)};
}

QList<OptionRow*> LaneOptions::failureRows() {
    auto* retry = new ValueOption(
        QStringLiteral("retry_after"), tr("Retry after"),
        tr("After a failure: how long without a new try."),
        wordFormat(0, tr("at once"), spanFormat()), ValueRange::spans(0.001, kHour, true),
        {[](const sim::LaneSpec& spec) { return seconds(spec.options.retryAfter); },
         [](sim::LaneSpec& spec, double value) { spec.options.retryAfter = spanOf(value); }});
    auto* failures = new ValueOption(
        QStringLiteral("breaker_failures"), tr("Opens after"),
        tr("Calls of the backend that fail in a row."), countFormat(), ValueRange::log(1, 1000),
        {[](const sim::LaneSpec& spec) { return double(spec.breakerFailures); },
         [](sim::LaneSpec& spec, double value) {
             spec.breakerFailures = static_cast<int>(std::lround(value));
         }});
    const auto pause = [](const char* name, const QString& label, const QString& explanation,
                          Duration sim::LaneSpec::*option) {
        return new ValueOption(
            QLatin1String(name), label, explanation, spanFormat(), ValueRange::spans(0.001, kHour),
            {[option](const sim::LaneSpec& spec) { return seconds(spec.*option); },
             [option](sim::LaneSpec& spec, double value) { spec.*option = spanOf(value); }});
    };
    return {
        spanOption("stale_if_error", tr("Stale if error"),
                   tr("Served so long past the TTL if a load fails."), 30 * kDay,
                   &CacheOptions::staleIfError),
        retry,
        spanOption("soft_timeout", tr("Soft time-out"),
                   tr("Longest wait where a stale value is at hand."), 60,
                   &CacheOptions::softTimeout),
        spanOption("hard_timeout", tr("Hard time-out"),
                   tr("Longest wait of any request for a load."), 60, &CacheOptions::hardTimeout),
        laneSwitch("breaker", tr("Circuit breaker"),
                   tr("A backend that keeps failing gets a pause."), &sim::LaneSpec::breaker),
        failures,
        pause("breaker_pause", tr("First pause"), tr("Then one call tries; it doubles each time."),
              &sim::LaneSpec::breakerPause),
        pause("breaker_max_pause", tr("Longest pause"), tr("However often it has doubled."),
              &sim::LaneSpec::breakerMaxPause),
        laneSwitch("recovery", tr("Recovery queue"), tr("Missed invalidations are made up for."),
                   &sim::LaneSpec::recovery)};
}

QList<OptionRow*> LaneOptions::invalidationRows() {
    auto* tags = new TextOption(QStringLiteral("tags"), tr("Tags"),
                                tr("Names to invalidate by, with commas."), {tagsText, setTags});
    auto* space = new TextOption(
        QStringLiteral("space"), tr("Space"), tr("One name to invalidate these entries by."),
        {[](const sim::LaneSpec& spec) { return printableText(spec.options.space); },
         [](sim::LaneSpec& spec, const QString& text) {
             spec.options.space = text.trimmed().toStdString();
         }});
    return {tags,
            laneSwitch("namespace_tags", tr("Tag by namespace"),
                       tr("product:17 gets the tag “product”."), &sim::LaneSpec::namespaceTags),
            space,
            switchOption("marked", tr("Heed marks"), tr("“Everything, by mark” reaches this lane."),
                         &CacheOptions::marked)};
}

LaneOptions::LaneOptions(QWidget* parent) : QWidget(parent) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::kTiny);
    m_levelRows = levelRows();
    addGroup(OptionGroup::where, tr("Where is it kept?"), whereRows() + m_levelRows);
    addGroup(OptionGroup::fresh, tr("How long is it fresh?"), freshRows());
    addGroup(OptionGroup::load, tr("Who loads?"), loadRows());
    addGroup(OptionGroup::failure, tr("When the origin is slow or down"), failureRows());
    addGroup(OptionGroup::invalidation, tr("Invalidation"), invalidationRows());
}

void LaneOptions::addGroup(OptionGroup kind, const QString& title, const QList<OptionRow*>& rows) {
    auto* fold = new Disclosure(title);
    for (OptionRow* row : rows) {
        fold->addWidget(row);
        connect(row, &OptionRow::edited, this, &LaneOptions::edited);
    }
    layout()->addWidget(fold);
    m_groups.append({kind, rows, fold});
}

OptionRow* LaneOptions::find(const QString& option, Disclosure** fold) const {
    for (const Group& group : std::as_const(m_groups)) {
        for (OptionRow* row : group.rows) {
            if (row->name() == option) {
                if (fold != nullptr) {
                    *fold = group.fold;
                }
                return row;
            }
        }
    }
    return nullptr;
}

OptionRow* LaneOptions::reveal(const QString& option) {
    Disclosure* fold = nullptr;
    OptionRow* row = find(option, &fold);
    if (fold != nullptr) {
        fold->setOpen(true);
    }
    return row;
}

void LaneOptions::showSpec(const sim::LaneSpec& spec) {
    for (OptionRow* row : std::as_const(m_levelRows)) {
        row->setVisible(LevelAddress::hasTwoLevels(spec.backend));
    }
    for (const char* name : {"breaker_failures", "breaker_pause", "breaker_max_pause"}) {
        if (OptionRow* row = find(QLatin1String(name))) {
            row->setVisible(spec.breaker);
        }
    }
    const auto notes = OptionText::notes(spec);
    const auto refused =
        std::find_if(notes.begin(), notes.end(), [](const auto& note) { return note.refused; });
    m_refusal = refused == notes.end() ? QString() : refused->text;
    for (const Group& group : std::as_const(m_groups)) {
        group.fold->setSummary(OptionText::on(spec, group.kind).join(QStringLiteral(" · ")));
        for (OptionRow* row : group.rows) {
            const OptionNote note = notes.value(row->name());
            row->showSpec(spec);
            row->showNote(note);
            if (note.refused) {
                // Whoever changed the TTL may not see what it has to do with a folded option.
                group.fold->setOpen(true);
                m_refusal = tr("Not applied: see “%1” below.").arg(row->label());
            }
        }
    }
}

}  // namespace cachescope::ui
