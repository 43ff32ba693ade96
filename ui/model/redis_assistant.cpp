// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/redis_assistant.h"

#include "ui/model/error_text.h"
#include "ui/model/formats.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

namespace {

constexpr Duration kProbeTimeout = std::chrono::milliseconds{800};

}  // namespace

RedisAssistant::RedisAssistant(QObject* parent)
    : QObject(parent),
      m_worker(std::make_unique<Worker>(
          "redis-assist",
          [this](Worker& self, const std::stop_token& stop) { work(self, stop); })) {}

RedisAssistant::~RedisAssistant() {
    m_worker->stop();
}

bool RedisAssistant::canStartPrivateServer() const {
    return PrivateRedisServer::available();
}

void RedisAssistant::probe(const QString& url) {
    {
        const std::lock_guard lock(m_mutex);
        m_question = url;
    }
    m_worker->wake();
}

void RedisAssistant::startPrivateServer() {
    {
        const std::lock_guard lock(m_mutex);
        m_startWanted = true;
    }
    m_worker->wake();
}

void RedisAssistant::report(const QString& url, const Result<RedisServerInfo>& info) {
    bool answers = info.ok();
    QString sentence;
    if (info.ok()) {
        const QString version = printableText(info->version);
        sentence =
            tr("Redis %1 answers in %2")
                .arg(version, formatLatency(static_cast<double>(info->roundTrip.count()) / 1e9));
        if (info->role == "slave") {
            sentence = tr("Redis %1 answers, but it is a replica and takes no writes").arg(version);
        }
    } else {
        sentence = ErrorText(info.error()).oneLine();
    }
    QMetaObject::invokeMethod(
        this, [this, url, answers, sentence] { Q_EMIT probed(url, answers, sentence); },
        Qt::QueuedConnection);
}

void RedisAssistant::work(Worker& self, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::optional<QString> question;
        bool startWanted = false;
        {
            const std::lock_guard lock(m_mutex);
            question.swap(m_question);
            startWanted = std::exchange(m_startWanted, false);
        }
        if (startWanted) {
            QString url;
            QString failure;
            if (!m_server || !m_server->running()) {
                if (auto server = PrivateRedisServer::start()) {
                    m_server = std::move(*server);
                } else {
                    m_server.reset();
                    failure = ErrorText(server.error()).oneLine();
                }
            }
            if (m_server) {
                url = QString::fromStdString(m_server->url());
            }
            QMetaObject::invokeMethod(
                this,
                [this, url, failure] {
                    if (url.isEmpty()) {
                        Q_EMIT privateServerFailed(failure);
                    } else {
                        m_privateUrl = url;
                        Q_EMIT privateServerStarted(url);
                    }
                },
                Qt::QueuedConnection);
        }
        if (question) {
            report(*question, probeRedis(question->toStdString(), kProbeTimeout));
        }
        if (!question && !startWanted) {
            self.sleep();
        }
    }
    m_server.reset();
}

}  // namespace cachescope::ui
