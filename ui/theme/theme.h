// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPalette>

class QApplication;

namespace cachescope::ui {

struct Tokens;

enum class ThemeChoice { system, light, dark };

/// The palette of a table of tokens. Beside the usual roles: PlaceholderText is the secondary
/// text, Mid the hairline, Midlight the grid, Dark the faint text, Link the accent that is read.
QPalette paletteOf(const Tokens& tokens);

/// Dresses the application: style, fonts, palette, light or dark.
///
/// Make one in the composition root after the QApplication; it installs the style and the fonts
/// once and the palette at every change. With ThemeChoice::system it follows the system while the
/// program runs. Widgets take their colours from their palette (see tokensFor()) and so change
/// with it at once. GUI thread. Destroying it leaves the application dressed.
class Theme : public QObject {
    Q_OBJECT

public:
    explicit Theme(QApplication& application, ThemeChoice choice = ThemeChoice::system);

    ThemeChoice choice() const { return m_choice; }
    void setChoice(ThemeChoice choice);
    /// What is shown now.
    bool isDark() const { return m_dark; }

Q_SIGNALS:
    /// After the palette has changed.
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    bool systemIsDark() const;
    void apply();

    QApplication& m_application;
    ThemeChoice m_choice;
    bool m_dark = false;
    bool m_applied = false;
    bool m_startedDark;
};

}  // namespace cachescope::ui
