// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/lane_text.h"

#include <cmath>

#include "engine/backend/backend_registry.h"
#include "engine/policy/policy_registry.h"
#include "ui/model/error_text.h"
#include "ui/model/formats.h"
#include "ui/model/key_text.h"
#include "ui/model/option_text.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

QString LaneText::backendKind(const std::string& url) {
    const std::string scheme = url.substr(0, url.find(':'));
    if (scheme == "none") {
        return tr("no cache");
    }
    if (scheme == "tiered" && url.size() > scheme.size()) {
        return tr("memory over %1").arg(backendKind(url.substr(scheme.size() + 1)));
    }
    if (scheme == "memory") {
        return tr("memory");
    }
    if (scheme == "file") {
        return tr("file");
    }
    if (scheme == "dir") {
        return tr("plain files");
    }
    if (scheme.rfind("redis", 0) == 0) {
        return tr("Redis");
    }
    return printableText(scheme);  // a backend that somebody added
}

QString LaneText::policyName(const std::string& policy) {
    const PolicyRegistry& registry = PolicyRegistry::builtin();
    const PolicyKind* kind = policy.empty() ? &registry.kinds().front() : registry.find(policy);
    return kind == nullptr ? printableText(policy) : QString::fromStdString(kind->title);
}

QString LaneText::ttl(const std::optional<Duration>& ttl) {
    if (!ttl) {
        return tr("never expires");
    }
    return *ttl == Duration::zero() ? tr("stores nothing")
                                    : tr("TTL %1").arg(formatSpan(seconds(*ttl)));
}

QString LaneText::summary(const sim::LaneSpec& spec) {
    if (!spec.cached()) {
        return tr("every request runs the handler");
    }
    // What distinguishes lanes comes before what seldom does: a narrow place cuts the end off.
    QStringList parts{backendKind(spec.backend), ttl(spec.options.ttl)};
    parts.append(OptionText::on(spec));
    if (spec.backend.rfind("memory:", 0) == 0) {
        parts.append(policyName(spec.policy));
    }
    const std::string scheme = spec.backend.substr(0, spec.backend.find(':'));
    const BackendKind* kind = BackendRegistry::builtin().find(scheme);
    if (spec.capacity != 0 && (kind == nullptr || kind->capabilities.evicts)) {
        parts.append(tr("%1 keys").arg(formatCompact(static_cast<double>(spec.capacity))));
    }
    return parts.join(QStringLiteral(" · "));
}

QString LaneText::suggestedName(const sim::LaneSpec& spec) {
    if (!spec.cached()) {
        return tr("No cache");
    }
    // A plain space: people type and search names.
    return spec.options.ttl ? tr("TTL %1")
                                  .arg(formatSpan(seconds(*spec.options.ttl)))
                                  .replace(QChar(0xa0), QLatin1Char(' '))
                            : tr("No expiry");
}

bool LaneText::nameIsSuggested(const sim::LaneSpec& spec) {
    const QString name = QString::fromStdString(spec.name).simplified();
    if (name == suggestedName(spec).simplified()) {
        return true;
    }
    const QString prefix = tr("TTL %1").arg(QString());
    if (!spec.cached() || !spec.options.ttl || !name.startsWith(prefix)) {
        return false;
    }
    const auto span = parseSpan(name.mid(prefix.size()));
    return span && Duration{std::llround(*span * 1e9)} == *spec.options.ttl;
}

QString LaneText::mark(const sim::Mark& mark) {
    struct Writer {
        const sim::Mark& mark;
        QString entries() const {
            return tr("%n entries", nullptr, static_cast<int>(mark.removed));
        }
        static QString of(const std::optional<sim::LaneId>& lane) {
            return lane ? tr(", lane %1").arg(*lane) : QString();
        }
        QString operator()(const sim::InvalidateKey& a) const {
            return tr("invalidate %1%2: %3").arg(keyText(a.key), of(a.lane), entries());
        }
        QString operator()(const sim::InvalidateMatching& a) const {
            return tr("invalidate %1%2: %3").arg(keyText(a.pattern), of(a.lane), entries());
        }
        QString operator()(const sim::InvalidateAll& a) const {
            return tr("invalidate all%1: %2").arg(of(a.lane), entries());
        }
        QString operator()(const sim::InvalidateTag& a) const {
            return tr("mark tag %1%2").arg(printableText(a.tag), of(a.lane));
        }
        QString operator()(const sim::InvalidateSpace& a) const {
            return tr("mark space %1%2").arg(printableText(a.space), of(a.lane));
        }
        QString operator()(const sim::InvalidateAllByMark& a) const {
            return tr("mark everything%1").arg(of(a.lane));
        }
        QString operator()(const sim::OriginOutage& a) const {
            return a.down ? tr("origin goes down") : tr("origin is back");
        }
        QString operator()(const sim::BackendOutage& a) const {
            return !a.down   ? tr("backend is back%1").arg(of(a.lane))
                   : a.hangs ? tr("backend hangs%1").arg(of(a.lane))
                             : tr("backend goes down%1").arg(of(a.lane));
        }
        QString operator()(const sim::RestartLane& a) const {
            return tr("restart%1").arg(of(a.lane));
        }
        QString operator()(const sim::SetTtl& a) const { return ttl(a.ttl) + of(a.lane); }
        QString operator()(const sim::SetRate& a) const {
            return tr("rate %1").arg(formatRate(a.ratePerSecond));
        }
        QString operator()(const sim::SetOrigin&) const { return tr("origin changed"); }
        QString operator()(const sim::SetWorkload&) const { return tr("requests changed"); }
        QString operator()(const sim::AddLane&) const { return tr("lane added"); }
        QString operator()(const sim::EditLane& a) const {
            return tr("lane %1: %2").arg(QString::number(a.lane), summary(a.spec));
        }
        QString operator()(const sim::RemoveLane& a) const {
            return tr("lane %1 removed").arg(a.lane);
        }
    };
    const QString text = std::visit(Writer{mark}, mark.action);
    return mark.failure ? text + QStringLiteral(" — ") + ErrorText(*mark.failure).what() : text;
}

}  // namespace cachescope::ui
