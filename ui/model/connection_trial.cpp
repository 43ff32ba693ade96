// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/connection_trial.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/model/error_text.h"
#include "ui/model/formats.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

namespace {

constexpr Duration kTimeout = std::chrono::seconds{6};

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::ConnectionTrial)
};

QString whatOf(const TrialStep& step) {
    const QString where = printableText(step.where);
    switch (step.kind) {
        case TrialStep::Kind::sentinel:
            return Words::tr("Ask the sentinel %1").arg(where);
        case TrialStep::Kind::lookUp:
            return Words::tr("Look up %1").arg(where);
        case TrialStep::Kind::connect:
            return Words::tr("Connect to %1").arg(where);
        case TrialStep::Kind::tls:
            return Words::tr("Encrypt");
        case TrialStep::Kind::logIn:
            return Words::tr("Log in");
        case TrialStep::Kind::ping:
            return Words::tr("Ping");
        case TrialStep::Kind::info:
            return Words::tr("Ask what it is");
        case TrialStep::Kind::cluster:
            return Words::tr("Ask for the cluster's map");
    }
    return {};
}

QString certificateText(const TrialCertificate& certificate) {
    const QString subject = printableText(certificate.subject);
    const QString until = printableText(certificate.notAfter);
    return certificate.verified ? Words::tr("certificate of %1 by %2, valid until %3")
                                      .arg(subject, printableText(certificate.issuer), until)
                                : Words::tr("certificate of %1, not checked").arg(subject);
}

QString serverText(const RedisServerInfo& server) {
    QString text = Words::tr("%1 %2").arg(
        server.product.empty() ? QStringLiteral("Redis") : printableText(server.product),
        printableText(server.version));
    if (server.role == "slave") {
        text += Words::tr(", a replica");
    } else if (server.mode == "cluster") {
        text += Words::tr(", part of a cluster");
    } else if (server.mode == "sentinel") {
        text += Words::tr(", a sentinel");
    }
    text += Words::tr(", %n keys", nullptr,
                      static_cast<int>(std::min<std::uint64_t>(server.keys, 2'000'000'000)));
    if (server.maxmemory > 0) {
        text += Words::tr(", at most %1, %2")
                    .arg(formatBytes(static_cast<double>(server.maxmemory)),
                         printableText(server.maxmemoryPolicy));
    }
    return text;
}

// "3/3/16384": primaries, replicas, slots that somebody serves.
QString clusterText(const std::string& answer) {
    const QStringList parts = QString::fromStdString(answer).split(QLatin1Char('/'));
    if (parts.size() != 3) {
        return printableText(answer);
    }
    const QString text = Words::tr("%1 primaries, %2 replicas").arg(parts[0], parts[1]);
    return parts[2] == QLatin1StringView("16384")
               ? text
               : Words::tr("%1; only %2 of 16384 slots are served").arg(text, parts[2]);
}

QString answerOf(const TrialStep& step, const RedisTrial& trial) {
    if (step.error) {
        return ErrorText(step.error->about({})).what();
    }
    if (step.outcome == TrialStep::Outcome::skipped) {
        return Words::tr("not permitted");
    }
    switch (step.kind) {
        case TrialStep::Kind::tls: {
            QString text = printableText(step.answer);
            if (trial.certificate) {
                text += QStringLiteral(", ") + certificateText(*trial.certificate);
            }
            return text;
        }
        case TrialStep::Kind::logIn:
            return step.answer.empty() ? Words::tr("as the default user")
                                       : Words::tr("as %1").arg(printableText(step.answer));
        case TrialStep::Kind::info:
            return trial.server ? serverText(*trial.server) : QString();
        case TrialStep::Kind::cluster:
            return clusterText(step.answer);
        case TrialStep::Kind::sentinel:
            return Words::tr("the primary is %1").arg(printableText(step.answer));
        case TrialStep::Kind::lookUp:
        case TrialStep::Kind::connect:
        case TrialStep::Kind::ping:
            break;
    }
    return printableText(step.answer);
}

QString conclusionOf(const RedisTrial& trial) {
    if (trial.failure) {
        return ErrorText(*trial.failure).oneLine();
    }
    if (trial.server && trial.server->role == "slave") {
        return Words::tr(
            "It works, but this is a replica and takes no writes. Connect to its "
            "primary to cache there.");
    }
    if (trial.server && trial.server->mode == "cluster" && trial.steps.size() > 0 &&
        std::none_of(trial.steps.begin(), trial.steps.end(),
                     [](const TrialStep& step) { return step.kind == TrialStep::Kind::cluster; })) {
        return Words::tr(
            "It works, but this is one node of a cluster, which serves its share of "
            "the keys alone. Choose the kind Cluster.");
    }
    return Words::tr("It works.");
}

}  // namespace

TrialText trialText(const RedisTrial& trial) {
    TrialText text;
    for (const TrialStep& step : trial.steps) {
        TrialLine line;
        line.outcome = step.outcome == TrialStep::Outcome::done     ? TrialLine::Outcome::done
                       : step.outcome == TrialStep::Outcome::failed ? TrialLine::Outcome::failed
                                                                    : TrialLine::Outcome::skipped;
        line.what = whatOf(step);
        line.answer = answerOf(step, trial);
        if (step.took > Duration::zero()) {
            line.took = formatLatency(static_cast<double>(step.took.count()) / 1e9);
        }
        text.lines.append(line);
    }
    text.works = trial.works();
    text.conclusion = conclusionOf(trial);
    return text;
}

ConnectionTrial::ConnectionTrial(QObject* parent)
    : QObject(parent),
      m_worker(std::make_unique<Worker>(
          "redis-trial", [this](Worker& self, const std::stop_token& stop) { work(self, stop); })) {
}

ConnectionTrial::~ConnectionTrial() {
    m_worker->stop();
}

void ConnectionTrial::begin(const QString& url) {
    {
        const std::lock_guard lock(m_mutex);
        m_question = url;
        ++m_number;
    }
    m_worker->wake();
}

void ConnectionTrial::cancel() {
    const std::lock_guard lock(m_mutex);
    m_question.reset();
    ++m_number;
}

void ConnectionTrial::work(Worker& self, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::optional<QString> question;
        quint64 number = 0;
        {
            const std::lock_guard lock(m_mutex);
            question.swap(m_question);
            number = m_number;
        }
        if (!question) {
            self.sleep();
            continue;
        }
        RedisTrial trial;
        if (const auto target = RedisTarget::parse(question->toStdString())) {
            trial = tryRedis(*target, kTimeout);
        } else {
            trial.failure = target.error();
        }
        QMetaObject::invokeMethod(
            this,
            [this, number, text = trialText(trial)] {
                const bool wanted = [&] {
                    const std::lock_guard lock(m_mutex);
                    return number == m_number;
                }();
                if (wanted) {
                    Q_EMIT finished(text);
                }
            },
            Qt::QueuedConnection);
    }
}

}  // namespace cachescope::ui
