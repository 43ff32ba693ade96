// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/configuration_text.h"

#include <cstdlib>

#include "ui/model/formats.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

using Id = inspect::ConfigurationId;
using Meaning = inspect::ConfigurationMeaning;
using inspect::ConfigurationValue;
using inspect::ServerFacts;

namespace {

double numberIn(const ConfigurationValue& value) {
    return std::strtod(value.value.c_str(), nullptr);
}

bool isOn(const ConfigurationValue& value) {
    return value.value == "yes";
}

bool isShare(const ConfigurationValue& value) {
    return value.value.ends_with('%');
}

}  // namespace

QString ConfigurationTexts::value(const ConfigurationValue& value) {
    const double number = numberIn(value);
    switch (value.id) {
        case Id::maxMemory:
        case Id::maxMemoryClients:
            return isShare(value) ? printableText(value.value)
                   : number > 0   ? formatBytes(number)
                                  : tr("no bound");
        case Id::slowLogSlowerThan:
            return number < 0 ? tr("off") : formatSpan(number / 1e6);
        case Id::slowLogLength:
            return formatCount(number);
        case Id::lfuDecayTime:
            return formatSpan(number * 60);
        case Id::notifyKeyspaceEvents:
            return value.value.empty() ? tr("off") : printableText(value.value);
        default:
            return printableText(value.value);
    }
}

bool ConfigurationTexts::matters(Meaning meaning) noexcept {
    switch (meaning) {
        case Meaning::growsWithoutBound:
        case Meaning::refusesWrites:
        case Meaning::evictsVolatileOnly:
        case Meaning::evictsAtRandom:
        case Meaning::fewSamples:
        case Meaning::sendsMissEvents:
        case Meaning::logsNothing:
        case Meaning::logsEverything:
            return true;
        case Meaning::plain:
        case Meaning::sendsNoEvents:
        case Meaning::sendsExpiredEvents:
        case Meaning::expiresSlowly:
        case Meaning::removesInForeground:
            break;
    }
    return false;
}

QString ConfigurationTexts::volatileOnly(const ConfigurationValue& value, const ServerFacts& facts,
                                         int database) {
    const auto* figures = facts.database(database);
    const QString rule =
        tr("Keys without a TTL are never evicted; when only they are left, writes "
           "fail.");
    const QString remedy = value.value == "volatile-ttl"
                               ? tr("allkeys-lru or allkeys-lfu goes by use instead.")
                               : tr("For a cache, set allkeys-%1.")
                                     .arg(value.value.ends_with("lfu") ? QStringLiteral("lfu")
                                                                       : QStringLiteral("lru"));
    if (figures == nullptr || figures->keys <= figures->expires) {
        return tr("%1 %2").arg(rule, remedy);
    }
    const QString share =
        tr("When this was connected, %1 of %2 keys had none.")
            .arg(formatCount(static_cast<double>(figures->keys - figures->expires)),
                 formatCount(static_cast<double>(figures->keys)));
    return tr("%1 %2 %3").arg(rule, share, remedy);
}

QString ConfigurationTexts::foreground(Id id) {
    return id == Id::lazyfreeEviction
               ? tr("Evicting a large value holds all clients up while it is freed. Set it to yes "
                    "where values are large.")
               : tr("A large value that expires holds all clients up while it is freed. Set it to "
                    "yes where values are large.");
}

QString ConfigurationTexts::meaning(const ConfigurationValue& value, const ServerFacts& facts,
                                    int database) {
    switch (value.meaning) {
        case Meaning::growsWithoutBound: {
            const QString rule =
                tr("No maxmemory: the cache grows until the machine's memory is full.");
            const QString remedy = tr("Set maxmemory to what this server may use.");
            return facts.usedMemory == 0
                       ? tr("%1 %2").arg(rule, remedy)
                       : tr("%1 It uses %2. %3")
                             .arg(rule, formatBytes(static_cast<double>(facts.usedMemory)), remedy);
        }
        case Meaning::refusesWrites:
            return tr(
                "Nothing is evicted: once maxmemory is used, writes fail. For a cache, set "
                "allkeys-lru or allkeys-lfu.");
        case Meaning::evictsVolatileOnly:
            return volatileOnly(value, facts, database);
        case Meaning::evictsAtRandom:
            return tr(
                "Evicts any key, whether it is in use or not. allkeys-lru or allkeys-lfu "
                "keeps what is used.");
        case Meaning::fewSamples:
            return tr("The least used of only %1 keys drawn is evicted, which is often one in use. "
                      "5 is usual; 10 comes close to the least used of all.")
                .arg(printableText(value.value));
        case Meaning::sendsNoEvents:
            return tr("Sends no events of keys that expire. Live figures do not need them.");
        case Meaning::sendsExpiredEvents:
            return tr(
                "Tells subscribers when keys expire: when they are removed, which may be "
                "long after their deadline.");
        case Meaning::sendsMissEvents:
            return tr(
                "Tells subscribers of each miss, which costs the server time with each. Take "
                "the m out when nobody listens.");
        case Meaning::expiresSlowly:
            return tr(
                "The usual effort to find keys whose time is over: up to about a tenth of "
                "them may still take memory. Up to 10 finds them sooner, for more processor "
                "time.");
        case Meaning::removesInForeground:
            return foreground(value.id);
        case Meaning::logsNothing:
            return tr(
                "The slow log is off. Set it to 10000 (microseconds) to see what takes longer "
                "than 10 ms.");
        case Meaning::logsEverything:
            return tr(
                "Every command is logged, so that slow ones are soon pushed out. Set it to "
                "10000 (microseconds) to see only what takes longer than 10 ms.");
        case Meaning::plain:
            break;
    }
    return parameter(value);
}

QString ConfigurationTexts::policy(const QString& name) {
    if (name == u"noeviction") {
        return tr("Nothing is evicted. Without maxmemory, nothing has to be.");
    }
    if (name == u"allkeys-lru") {
        return tr("When memory is full, the key that was not used for longest goes.");
    }
    if (name == u"allkeys-lfu") {
        return tr("When memory is full, the key that is used least often goes.");
    }
    return tr("Which keys go when memory is full.");
}

QString ConfigurationTexts::parameter(const ConfigurationValue& value) {
    const double number = numberIn(value);
    switch (value.id) {
        case Id::maxMemory:
            return tr("What data and buffers may take. Beyond that, keys are evicted.");
        case Id::maxMemoryPolicy:
            return policy(printableText(value.value));
        case Id::maxMemorySamples:
            return tr("For each eviction so many keys are drawn, and the least used of them goes.");
        case Id::notifyKeyspaceEvents:
            return tr("Which events are told to subscribers.");
        case Id::activeExpireEffort:
            return tr("How hard keys are looked for whose time is over, from 1 to 10.");
        case Id::hz:
            return tr("So often a second background work is done, such as removing expired keys.");
        case Id::dynamicHz:
            return isOn(value) ? tr("Background work is done more often with many clients.")
                               : tr("Background work is done equally often with many clients.");
        case Id::lazyfreeEviction:
            return tr("Evicted values are freed in the background.");
        case Id::lazyfreeExpire:
            return tr("Expired values are freed in the background.");
        case Id::lazyfreeServerDel:
            return isOn(value)
                       ? tr("Values that a command replaces are freed in the background.")
                       : tr("Values that a command such as RENAME replaces are freed before "
                            "it answers.");
        case Id::lazyfreeUserDel:
            return isOn(value) ? tr("DEL frees values in the background, as UNLINK does.")
                               : tr("DEL frees values before it answers; UNLINK does so in the "
                                    "background.");
        case Id::lfuLogFactor:
            return tr(
                "With an LFU policy: how slowly a key's count of uses grows. At 10, about a "
                "million uses fill it.");
        case Id::lfuDecayTime:
            return number > 0 ? tr("With an LFU policy: after this time without use, a key's count "
                                   "goes down by one.")
                              : tr("With an LFU policy: counts of uses never go down, so that what "
                                   "was once popular stays.");
        case Id::maxMemoryClients:
            return number > 0 ? tr("What all connections together may take. Beyond that, the "
                                   "largest are closed.")
                              : tr("What connections take together is not limited by itself.");
        case Id::replicaIgnoresMaxMemory:
            return isOn(value) ? tr("Replicas evict nothing themselves; they follow their primary.")
                               : tr("Replicas evict by themselves, and may then differ from their "
                                    "primary.");
        case Id::slowLogSlowerThan:
            return tr("Commands that take longer than this are logged.");
        case Id::slowLogLength:
            return tr("The log keeps so many commands; the oldest goes first.");
    }
    return {};
}

}  // namespace cachescope::ui
