// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/connection_book.h"

#include <algorithm>

#include "ui/model/secret_store.h"

namespace cachescope::ui {

namespace {

QString bare(const ConnectionDraft& draft) {
    return draft.url(ConnectionDraft::Secrets::left);
}

// A sentinel's password is another secret than that of the servers behind it.
QString sentinelName(const QString& name) {
    return QStringLiteral("sentinel ") + name;
}

}  // namespace

ConnectionBook::ConnectionBook(AppSettings& settings, SecretStore& secrets, QObject* parent)
    : QAbstractListModel(parent),
      m_settings(settings),
      m_secrets(secrets),
      m_saved(settings.connections()) {}

int ConnectionBook::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_saved.size());
}

QVariant ConnectionBook::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const SavedConnection& saved = m_saved.at(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return saved.name;
        case Qt::ToolTipRole:
        case urlRole:
            return saved.url;
        default:
            return {};
    }
}

int ConnectionBook::rowOf(const QString& url) const {
    const auto draft = ConnectionDraft::fromUrl(url);
    if (!draft) {
        return -1;
    }
    const QString wanted = bare(*draft);
    for (int row = 0; row < rowCount(); ++row) {
        if (m_saved.at(row).url == wanted) {
            return row;
        }
    }
    return -1;
}

int ConnectionBook::save(const QString& name, const ConnectionDraft& draft) {
    const SavedConnection saved{name, bare(draft)};
    const auto place = std::lower_bound(m_saved.begin(), m_saved.end(), name,
                                        [](const SavedConnection& one, const QString& other) {
                                            return one.name.localeAwareCompare(other) < 0;
                                        });
    const auto row = static_cast<int>(place - m_saved.begin());
    const auto same = std::find_if(m_saved.begin(), m_saved.end(),
                                   [&](const SavedConnection& one) { return one.name == name; });
    if (same != m_saved.end()) {
        *same = saved;
        const QModelIndex changed = index(static_cast<int>(same - m_saved.begin()));
        Q_EMIT dataChanged(changed, changed);
        m_settings.setConnections(m_saved);
        return changed.row();
    }
    beginInsertRows({}, row, row);
    m_saved.insert(row, saved);
    endInsertRows();
    m_settings.setConnections(m_saved);
    return row;
}

void ConnectionBook::remove(int row) {
    const QString url = m_saved.at(row).url;
    beginRemoveRows({}, row, row);
    m_saved.removeAt(row);
    endRemoveRows();
    m_settings.setConnections(m_saved);
    if (rowOf(url) < 0) {
        m_secrets.forget(url);
        m_secrets.forget(sentinelName(url));
    }
}

void ConnectionBook::remember(const ConnectionDraft& draft) {
    const QString name = bare(draft);
    if (!draft.password.isEmpty()) {
        m_secrets.remember(name, draft.password);
    }
    if (!draft.sentinelPassword.isEmpty()) {
        m_secrets.remember(sentinelName(name), draft.sentinelPassword);
    }
}

void ConnectionBook::keepSecrets(const ConnectionDraft& draft, QObject* context,
                                 const std::function<void(const QString& problem)>& kept) {
    const QString name = bare(draft);
    const auto keepLast = [this, name, context, kept, secret = draft.sentinelPassword] {
        if (secret.isEmpty()) {
            kept({});
        } else {
            m_secrets.keep(sentinelName(name), secret, context, kept);
        }
    };
    if (draft.password.isEmpty()) {
        keepLast();
        return;
    }
    m_secrets.keep(name, draft.password, context, [kept, keepLast](const QString& problem) {
        if (problem.isEmpty()) {
            keepLast();
        } else {
            kept(problem);
        }
    });
}

QString ConnectionBook::completed(const QString& url) const {
    auto draft = ConnectionDraft::fromUrl(url);
    if (!draft) {
        return url;
    }
    const QString name = bare(*draft);
    const auto fill = [this](QString& secret, const QString& as) {
        if (const auto known = m_secrets.remembered(as); known && secret.isEmpty()) {
            secret = *known;
            return true;
        }
        return false;
    };
    const bool filled = fill(draft->password, name);
    return fill(draft->sentinelPassword, sentinelName(name)) || filled ? draft->url() : url;
}

void ConnectionBook::complete(const QString& url, QObject* context,
                              const std::function<void(const QString& url)>& done) {
    const QString known = completed(url);
    const auto draft = ConnectionDraft::fromUrl(known);
    if (!draft || draft->hasSecrets() || rowOf(known) < 0) {
        done(known);
        return;
    }
    const QString name = bare(*draft);
    m_secrets.find(name, context, [=, this](const std::optional<QString>&) {
        if (draft->kind != ConnectionDraft::Kind::sentinel) {
            done(completed(url));
            return;
        }
        m_secrets.find(sentinelName(name), context,
                       [=, this](const std::optional<QString>&) { done(completed(url)); });
    });
}

}  // namespace cachescope::ui
