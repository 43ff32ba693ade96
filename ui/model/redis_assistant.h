// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <mutex>
#include <optional>

#include "engine/core/worker.h"
#include "engine/redis/private_redis_server.h"
#include "engine/redis/redis_probe.h"

namespace cachescope::ui {

/// Looks whether Redis servers answer, and starts a private one, without the window waiting.
///
/// One question at a time is under way; of several that wait, the latest wins. The private server
/// lives as long as this object. Signals come on the GUI thread. GUI thread.
class RedisAssistant : public QObject {
    Q_OBJECT

public:
    explicit RedisAssistant(QObject* parent = nullptr);
    ~RedisAssistant() override;

    void probe(const QString& url);
    /// privateServerStarted() or privateServerFailed() follows; a server that runs already is used.
    void startPrivateServer();
    bool canStartPrivateServer() const;
    /// Empty while there is none.
    QString privateServerUrl() const { return m_privateUrl; }

Q_SIGNALS:
    /// "Redis 7.0.15 answers in 0.1 ms", or what is wrong and what to do.
    void probed(const QString& url, bool answers, const QString& sentence);
    void privateServerStarted(const QString& url);
    void privateServerFailed(const QString& sentence);

private:
    void work(Worker& self, const std::stop_token& stop);
    void report(const QString& url, const Result<RedisServerInfo>& info);

    std::mutex m_mutex;
    std::optional<QString> m_question;
    bool m_startWanted = false;
    std::unique_ptr<PrivateRedisServer> m_server;  // the worker's
    QString m_privateUrl;
    std::unique_ptr<Worker> m_worker;
};

}  // namespace cachescope::ui
