// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/application.h"

#include "app/version.h"

namespace cachescope::app {

void nameApplication() {
    QCoreApplication::setOrganizationName(QStringLiteral("Cachescope"));
    QCoreApplication::setOrganizationDomain(QStringLiteral("cachescope.org"));
    QCoreApplication::setApplicationName(QStringLiteral("Cachescope"));
    QCoreApplication::setApplicationVersion(QStringLiteral(CACHESCOPE_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("org.cachescope.Cachescope"));
}

Application::Application(QApplication& application, ui::ThemeChoice theme)
    : m_theme(application, theme),
      m_secrets(QStringLiteral("Cachescope")),
      m_connections(m_settings, m_secrets),
      m_lab(m_folder.liveRunConfig()),
      m_tuneLive(m_tune, m_lab),
      m_window(m_lab, {m_tune, m_tuneLive}, {m_inspect, m_connections, m_settings},
               {m_assistant, m_connections}, m_theme, m_settings) {
    m_lab.setAddressCompleter(
        [this](const QString& address) { return m_connections.completed(address); });
}

}  // namespace cachescope::app
