// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/miss_presenter.h"

#include <algorithm>
#include <utility>

#include "ui/model/error_text.h"
#include "ui/model/formats.h"
#include "ui/model/key_text.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

namespace {

using State = inspect::MissEvents::State;
using inspect::BurstEnd;

constexpr int kLookEvery = 250;  // milliseconds

TimePoint now() {
    return SystemClock::instance().now();
}

QString plain(const std::string& text) {
    return printableText(text);
}

QString quoted(const std::string& flags) {
    return QLatin1Char('"') + plain(flags) + QLatin1Char('"');
}

QString flagsText(const std::string& flags) {
    return flags.empty() ? MissPresenter::tr("\"\" (no events)") : quoted(flags);
}

QString startedBy(const QString& server, const QString& sentence, bool several) {
    return several ? server + QStringLiteral(": ") + sentence : sentence;
}

}  // namespace

MissPresenter::MissPresenter(Options options, QObject* parent)
    : QObject(parent), m_options(options) {
    m_look.setInterval(kLookEvery);
    connect(&m_look, &QTimer::timeout, this, &MissPresenter::look);
}

MissPresenter::~MissPresenter() {
    m_late.take(std::exchange(m_listening, nullptr));
}

void MissPresenter::setLink(std::shared_ptr<const inspect::InspectLink> link) {
    if (m_listening != nullptr) {
        end();
        m_ending.append(std::exchange(m_listening, nullptr));
        m_look.start();
    }
    const bool wasRunning = std::exchange(m_running, false);
    m_link = std::move(link);
    m_census.reset();
    m_traffic.clear();
    m_servers.clear();
    m_tally.reset();
    m_restored = false;
    m_knowsReads = false;
    m_knowsMisses = false;
    m_knowsKeys = false;
    if (wasRunning) {
        Q_EMIT runningChanged();
    }
    Q_EMIT changed();
}

void MissPresenter::setCensus(std::shared_ptr<const inspect::KeyCensus> census,
                              Duration serverAhead) {
    m_census = std::move(census);
    m_serverAhead = serverAhead;
}

void MissPresenter::start(Source source) {
    if (m_link == nullptr || m_running || restoring()) {
        return;
    }
    m_late.take(std::exchange(m_listening, nullptr));
    m_source = source;
    m_knowsKeys = m_census != nullptr;
    m_knowsReads = source == Source::commands;
    m_knowsMisses = true;
    m_traffic.clear();
    m_tally = std::make_shared<inspect::NamespaceTally>(
        m_knowsKeys ? inspect::NamespaceTally::lookupIn(m_census, m_serverAhead)
                    : inspect::NamespaceTally::Lookup{},
        m_separator);
    MissListening::Options options;
    options.commands = source == Source::commands;
    options.most = m_options.listen;
    options.watch = m_options.watch;
    options.worst = m_options.worst;
    m_listening = std::make_shared<MissListening>(m_link, m_tally, options);
    m_began = now();
    m_running = true;
    m_restored = false;
    m_servers = m_listening->servers();
    m_look.start();
    Q_EMIT runningChanged();
    Q_EMIT changed();
}

void MissPresenter::stop() {
    if (m_running || restoring()) {
        end();
    }
}

// The presenter keeps it as well, to see what becomes of the settings.
void MissPresenter::end() {
    m_late.run([listening = m_listening] { listening->stop(); });
}

double MissPresenter::secondsLeft() const {
    const Duration most = m_source == Source::misses ? m_options.listen : m_options.watch;
    return m_running ? std::max(seconds(most - (now() - m_began)), 0.0) : 0.0;
}

void MissPresenter::look() {
    for (qsizetype i = m_ending.size() - 1; i >= 0; --i) {
        if (m_ending.at(i)->hasEnded()) {
            noteLeft(m_ending.at(i)->servers());
            m_late.take(m_ending.takeAt(i));
        }
    }
    if (m_listening == nullptr || m_restored) {
        if (m_ending.isEmpty()) {
            m_look.stop();
        }
        return;
    }
    const bool isOver = m_listening->isOver();
    const bool hasEnded = m_listening->hasEnded();
    m_servers = m_listening->servers();
    m_traffic = m_tally->traffic();
    m_knowsMisses = std::none_of(m_servers.begin(), m_servers.end(), [](const auto& server) {
        return server.misses.failure.has_value();
    });
    m_knowsReads = m_source == Source::commands &&
                   std::none_of(m_servers.begin(), m_servers.end(),
                                [](const auto& server) { return server.failure.has_value(); });
    const bool endsNow = m_running && isOver;
    if (endsNow) {
        m_running = false;
        // A server that went away while it listened is tried again until its setting is back.
        if (!hasEnded && m_source == Source::commands) {
            end();
        }
    }
    if (hasEnded) {
        m_restored = true;
        noteLeft(m_servers);
    }
    Q_EMIT changed();
    if (endsNow) {
        Q_EMIT runningChanged();
    }
}

void MissPresenter::noteLeft(const std::vector<MissListening::Server>& servers) {
    for (const auto& server : servers) {
        if (server.misses.state == State::abandoned) {
            Q_EMIT flagsLeft(tr("notify-keyspace-events of %1 could not be put back. Set it by "
                                "hand: CONFIG SET notify-keyspace-events %2")
                                 .arg(plain(server.name), quoted(server.misses.flagsBefore)));
        }
    }
}

QString MissPresenter::nameOf(const inspect::NamespaceTraffic& traffic) const {
    if (traffic.name.empty()) {
        return tr("(no namespace)");
    }
    const bool isRest = traffic.name == inspect::KeyCensus::kManyOthers;
    return keyText(isRest ? traffic.name : traffic.name + m_separator);
}

QList<MissPresenter::HitRatio> MissPresenter::hitRatios() const {
    QList<HitRatio> ratios;
    if (!m_knowsReads || !m_knowsMisses) {
        return ratios;
    }
    for (const auto& each : m_traffic) {
        if (each.reads > 0) {
            const auto missed = static_cast<double>(std::min(each.misses, each.reads));
            ratios.append({nameOf(each), 1 - missed / static_cast<double>(each.reads), each.reads});
        }
    }
    std::stable_sort(ratios.begin(), ratios.end(),
                     [](const auto& one, const auto& other) { return one.reads > other.reads; });
    return ratios;
}

QString MissPresenter::stateText() const {
    if (m_servers.empty()) {
        return {};
    }
    quint64 reads = 0;
    quint64 misses = 0;
    for (const auto& each : m_traffic) {
        reads += each.reads;
        misses += each.misses;
    }
    QString heard = tr("%1 misses").arg(formatCount(static_cast<double>(misses)));
    if (m_source == Source::commands) {
        heard = tr("%1 reads, %2").arg(formatCount(static_cast<double>(reads)), heard);
    }
    if (m_running) {
        const bool starts = std::any_of(m_servers.begin(), m_servers.end(), [](const auto& server) {
            return server.misses.state == State::starting;
        });
        return starts ? tr("Connecting…")
                      : tr("Listening, %1 left: %2.").arg(formatElapsed(secondsLeft()), heard);
    }
    QString text = tr("Heard: %1.").arg(heard);
    for (const auto& server : m_servers) {
        if (server.report && server.report->end == BurstEnd::latency) {
            text +=
                QLatin1Char(' ') + tr("Ended early: the server's latency rose from %1 to %2.")
                                       .arg(formatLatency(seconds(server.report->latencyBefore)),
                                            formatLatency(seconds(server.report->latencyAtEnd)));
        } else if (server.report && server.report->end == BurstEnd::bytes) {
            text += QLatin1Char(' ') + tr("Ended early, at the bound of bytes.");
        }
    }
    return text;
}

QString MissPresenter::settingText() const {
    QStringList lines;
    const bool several = m_servers.size() > 1;
    for (const auto& server : m_servers) {
        const auto& status = server.misses;
        QString line;
        if (status.state == State::starting ||
            (status.flagsDuring.empty() && status.flagsBefore.empty())) {
            continue;
        }
        if (status.flagsBefore == status.flagsDuring) {
            line = tr("notify-keyspace-events already sends misses, and is left as it is.");
        } else if (status.state == State::listening) {
            line = tr("notify-keyspace-events is %1 while this lasts; before, %2.")
                       .arg(flagsText(status.flagsDuring), flagsText(status.flagsBefore));
        } else if (status.state == State::restoring) {
            line = tr("notify-keyspace-events is being put back to %1…")
                       .arg(flagsText(status.flagsBefore));
        } else if (status.state == State::abandoned) {
            line = tr("notify-keyspace-events could not be put back. Set it to %1 by hand.")
                       .arg(quoted(status.flagsBefore));
        } else if (status.othersChanged) {
            line = tr("Somebody else set notify-keyspace-events meanwhile; theirs was left.");
        } else {
            line = tr("notify-keyspace-events is back to %1.").arg(flagsText(status.flagsBefore));
        }
        if (status.newUncertain) {
            line += QLatin1Char(' ') +
                    tr("Whether it sent events of new keys (n) before cannot be told.");
        }
        lines.append(startedBy(plain(server.name), line, several));
    }
    lines.removeDuplicates();
    return lines.join(QLatin1Char('\n'));
}

QString MissPresenter::problemText() const {
    QStringList lines;
    for (const auto& server : m_servers) {
        for (const auto& failure : {server.misses.failure, server.failure}) {
            if (failure) {
                lines.append(startedBy(plain(server.name), ErrorText(*failure).oneLine(),
                                       m_servers.size() > 1));
            }
        }
        if (server.report && server.report->failure) {
            lines.append(ErrorText(*server.report->failure).oneLine());
        }
    }
    lines.removeDuplicates();
    return lines.join(QLatin1Char('\n'));
}

}  // namespace cachescope::ui
