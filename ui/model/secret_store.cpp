// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/secret_store.h"

#include <QPointer>
#include <utility>

#if CACHESCOPE_HAS_KEYCHAIN
#include <qt6keychain/keychain.h>
#endif

namespace cachescope::ui {

SecretStore::SecretStore(QString service, QObject* parent)
    : QObject(parent), m_service(std::move(service)) {}

SecretStore::~SecretStore() = default;

bool SecretStore::knowsKeychains() {
    return CACHESCOPE_HAS_KEYCHAIN != 0;
}

void SecretStore::remember(const QString& name, const QString& secret) {
    m_session.insert(name, secret);
}

std::optional<QString> SecretStore::remembered(const QString& name) const {
    const auto found = m_session.find(name);
    return found == m_session.end() ? std::nullopt : std::optional{*found};
}

#if CACHESCOPE_HAS_KEYCHAIN

void SecretStore::find(const QString& name, QObject* context, Found found) {
    if (const auto known = remembered(name)) {
        found(known);
        return;
    }
    auto* job = new QKeychain::ReadPasswordJob(m_service, this);
    job->setKey(name);
    connect(job, &QKeychain::Job::finished, context, [this, name, job, found = std::move(found)] {
        if (job->error() != QKeychain::NoError) {
            found(std::nullopt);
            return;
        }
        remember(name, job->textData());
        found(job->textData());
    });
    job->start();
}

void SecretStore::keep(const QString& name, const QString& secret, QObject* context, Kept kept) {
    remember(name, secret);
    auto* job = new QKeychain::WritePasswordJob(m_service, this);
    job->setKey(name);
    job->setTextData(secret);
    connect(job, &QKeychain::Job::finished, context, [job, kept = std::move(kept)] {
        if (job->error() == QKeychain::NoError) {
            kept({});
        } else {
            kept(job->errorString().isEmpty() ? tr("the keychain refused") : job->errorString());
        }
    });
    job->start();
}

void SecretStore::forget(const QString& name) {
    m_session.remove(name);
    auto* job = new QKeychain::DeletePasswordJob(m_service, this);
    job->setKey(name);
    job->start();
}

#else

void SecretStore::find(const QString& name, QObject*, Found found) {
    found(remembered(name));
}

void SecretStore::keep(const QString& name, const QString& secret, QObject*, Kept kept) {
    remember(name, secret);
    kept(tr("this build knows no keychain"));
}

void SecretStore::forget(const QString& name) {
    m_session.remove(name);
}

#endif

}  // namespace cachescope::ui
