// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QSettings>
#include <QString>
#include <QUrl>

#include "ui/model/environment.h"

namespace cachescope::ui {

/// A connection by the name that a person gave it; its address has no secret in it.
struct SavedConnection {
    QString name;
    QString url;

    bool operator==(const SavedConnection&) const = default;
};

/// What the program remembers between two starts. Holds no secret and no state of a run. GUI
/// thread.
class AppSettings {
public:
    AppSettings() = default;
    /// A file of one's own, for tests.
    explicit AppSettings(const QString& file) : m_settings(file, QSettings::IniFormat) {}

    /// "system", "light" or "dark".
    QString theme() const { return text("theme", QStringLiteral("system")); }
    void setTheme(const QString& theme) { set("theme", theme); }

    QByteArray windowGeometry() const { return value("windowGeometry").toByteArray(); }
    void setWindowGeometry(const QByteArray& geometry) { set("windowGeometry", geometry); }

    /// Where scenarios were opened or saved last.
    QString folder() const { return text("folder", QString()); }
    void setFolder(const QString& folder) { set("folder", folder); }

    QList<SavedConnection> connections() {
        QList<SavedConnection> saved;
        const int count = m_settings.beginReadArray(QStringLiteral("connections"));
        for (int i = 0; i < count; ++i) {
            m_settings.setArrayIndex(i);
            saved.append({text("name", {}), text("url", {})});
        }
        m_settings.endArray();
        return saved;
    }
    void setConnections(const QList<SavedConnection>& saved) {
        m_settings.remove(QStringLiteral("connections"));
        m_settings.beginWriteArray(QStringLiteral("connections"), static_cast<int>(saved.size()));
        for (int i = 0; i < saved.size(); ++i) {
            m_settings.setArrayIndex(i);
            set("name", saved.at(i).name);
            set("url", saved.at(i).url);
        }
        m_settings.endArray();
    }

    /// What runs at an address, secrets or not; usualEnvironment() until somebody has said.
    Environment environment(const QString& url) const {
        const QString name = m_settings.value(environmentKey(url)).toString();
        return environmentOf(name).value_or(usualEnvironment(url));
    }
    void setEnvironment(const QString& url, Environment environment) {
        m_settings.setValue(environmentKey(url), environmentId(environment));
    }

private:
    static QString environmentKey(const QString& url) {
        return QStringLiteral("environments/") +
               QString::fromLatin1(QUrl::toPercentEncoding(withoutSecrets(url)));
    }
    QVariant value(const char* name) const { return m_settings.value(QLatin1String(name)); }
    QString text(const char* name, const QString& fallback) const {
        return m_settings.value(QLatin1String(name), fallback).toString();
    }
    void set(const char* name, const QVariant& value) {
        m_settings.setValue(QLatin1String(name), value);
    }

    QSettings m_settings;
};

}  // namespace cachescope::ui
