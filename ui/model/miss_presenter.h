// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QString>
#include <QTimer>
#include <memory>
#include <vector>

#include "engine/inspect/inspect_link.h"
#include "engine/inspect/namespace_tally.h"
#include "ui/model/late_end.h"
#include "ui/model/miss_listening.h"

namespace cachescope::ui {

/// Which reads find nothing, by namespace and reason, without the widgets.
///
/// Asks the servers nothing until start(). Listening changes a setting of theirs and slows them a
/// little, so it ends by itself, and the setting is put back then, at stop(), when the link changes
/// and at the program's end; flagsLeft() says where that failed. What was heard stays until the
/// next start(). GUI thread.
class MissPresenter : public QObject {
    Q_OBJECT

public:
    enum class Source {
        misses,   ///< the servers' events, for minutes
        commands  ///< MONITOR for seconds, with the events of the same time
    };
    struct Options {
        Duration listen = std::chrono::minutes{10};
        Duration watch = std::chrono::seconds{10};
        double worst = 2;  ///< how many times its latency of before a server may have
    };
    struct HitRatio {
        QString name;      ///< of the namespace, escaped, with the separator
        double ratio = 0;  ///< 0 to 1
        quint64 reads = 0;
    };

    explicit MissPresenter(QObject* parent = nullptr) : MissPresenter(Options{}, parent) {}
    explicit MissPresenter(Options options, QObject* parent = nullptr);
    ~MissPresenter() override;

    /// Null: disconnected. Ends what runs and clears what is shown.
    void setLink(std::shared_ptr<const inspect::InspectLink> link);
    bool hasLink() const { return m_link != nullptr; }
    /// What is known of keys, from the next start() on: it tells why a key was not there. Null:
    /// nothing. `serverAhead` is of the server's clock before ours.
    void setCensus(std::shared_ptr<const inspect::KeyCensus> census, Duration serverAhead);
    void setSeparator(const std::string& separator) { m_separator = separator; }
    const Options& options() const { return m_options; }

    void start(Source source);
    void stop();
    /// From start() until nothing comes in any more.
    bool running() const { return m_running; }
    /// After running(), while the settings are on their way back.
    bool restoring() const { return m_listening != nullptr && !m_running && !m_restored; }
    Source source() const { return m_source; }
    double secondsLeft() const;

    /// Of the last start(), most misses first.
    const std::vector<inspect::NamespaceTraffic>& traffic() const { return m_traffic; }
    QString nameOf(const inspect::NamespaceTraffic& traffic) const;
    /// Whether reads were heard, so that there are hit ratios.
    bool knowsReads() const { return m_knowsReads; }
    bool knowsMisses() const { return m_knowsMisses; }
    /// Whether there was a census, so that reasons are known.
    bool knowsKeys() const { return m_knowsKeys; }
    /// Of the namespaces that were read, most reads first. Empty while it is not known.
    QList<HitRatio> hitRatios() const;

    /// What goes on, or came of it, in a sentence or two; empty before the first start().
    QString stateText() const;
    /// The setting before and during, of each server, and whether it is back.
    QString settingText() const;
    /// What went wrong.
    QString problemText() const;

Q_SIGNALS:
    void changed();
    void runningChanged();
    /// A server's setting could not be put back; what to do by hand. Plain text.
    void flagsLeft(const QString& sentence);

private:
    void look();
    void end();
    void noteLeft(const std::vector<MissListening::Server>& servers);

    const Options m_options;
    std::shared_ptr<const inspect::InspectLink> m_link;
    std::shared_ptr<const inspect::KeyCensus> m_census;
    Duration m_serverAhead{};
    std::string m_separator = ":";
    Source m_source = Source::misses;
    TimePoint m_began{};
    bool m_running = false;
    bool m_restored = false;
    bool m_knowsReads = false;
    bool m_knowsMisses = false;
    bool m_knowsKeys = false;
    std::shared_ptr<inspect::NamespaceTally> m_tally;
    std::vector<inspect::NamespaceTraffic> m_traffic;
    std::vector<MissListening::Server> m_servers;
    std::shared_ptr<MissListening> m_listening;
    QList<std::shared_ptr<MissListening>> m_ending;  // of links that are gone
    QTimer m_look;
    LateEnd m_late;  // last: it ends what the others may hold
};

}  // namespace cachescope::ui
