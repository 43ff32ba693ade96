// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QApplication>
#include <QEvent>
#include <QStyleHints>

#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

bool isDarkPalette(const QPalette& palette) {
    return palette.color(QPalette::Window).lightness() <
           palette.color(QPalette::WindowText).lightness();
}

QColor mixed(const QColor& a, const QColor& b, float shareOfB) {
    return QColor::fromRgbF(a.redF() + (b.redF() - a.redF()) * shareOfB,
                            a.greenF() + (b.greenF() - a.greenF()) * shareOfB,
                            a.blueF() + (b.blueF() - a.blueF()) * shareOfB);
}

}  // namespace

QPalette paletteOf(const Tokens& tokens) {
    QPalette palette;
    const auto set = [&palette](QPalette::ColorRole role, const QColor& colour) {
        palette.setColor(QPalette::All, role, colour);
    };
    set(QPalette::Window, tokens.background);
    set(QPalette::WindowText, tokens.text);
    set(QPalette::Base, tokens.panel);
    set(QPalette::AlternateBase, tokens.background);
    set(QPalette::Text, tokens.text);
    set(QPalette::PlaceholderText, tokens.secondary);
    set(QPalette::Button, tokens.panel);
    set(QPalette::ButtonText, tokens.text);
    set(QPalette::BrightText, tokens.outcome(Outcome::error));
    set(QPalette::Highlight, tokens.selection);
    set(QPalette::HighlightedText, tokens.text);
    set(QPalette::Link, tokens.accentText);
    set(QPalette::LinkVisited, tokens.accentText);
    set(QPalette::ToolTipBase, tokens.panel);
    set(QPalette::ToolTipText, tokens.text);
    set(QPalette::Light, tokens.panel);
    set(QPalette::Midlight, tokens.grid);
    set(QPalette::Mid, tokens.line);
    set(QPalette::Dark, tokens.faint);
    set(QPalette::Shadow, tokens.line);
    const QColor disabled = mixed(tokens.panel, tokens.text, 0.42F);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText,
                            QPalette::HighlightedText, QPalette::PlaceholderText}) {
        palette.setColor(QPalette::Disabled, role, disabled);
    }
    return palette;
}

Theme::Theme(QApplication& application, ThemeChoice choice)
    : m_application(application),
      m_choice(choice),
      m_startedDark(isDarkPalette(QApplication::palette())) {
    QApplication::setStyle(new Style);
    QApplication::setFont(bodyFont());
    apply();
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, &Theme::apply);
#else
    // Without colorScheme() the only sign of a change is the event that every window gets.
    application.installEventFilter(this);
#endif
}

void Theme::setChoice(ThemeChoice choice) {
    m_choice = choice;
    apply();
}

bool Theme::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ThemeChange) {
        apply();
    }
    return QObject::eventFilter(watched, event);
}

bool Theme::systemIsDark() const {
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    const auto scheme = QGuiApplication::styleHints()->colorScheme();
    return scheme == Qt::ColorScheme::Unknown ? m_startedDark : scheme == Qt::ColorScheme::Dark;
#else
    // The base style's own palette follows the platform; ours hides the application's.
    return m_startedDark || isDarkPalette(QApplication::style()->standardPalette());
#endif
}

void Theme::apply() {
    const bool dark =
        m_choice == ThemeChoice::dark || (m_choice == ThemeChoice::system && systemIsDark());
    if (m_applied && dark == m_dark) {
        return;
    }
    m_applied = true;
    m_dark = dark;
    QApplication::setPalette(paletteOf(dark ? darkTokens() : lightTokens()));
    Q_EMIT changed();
}

}  // namespace cachescope::ui
