// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QPainter>
#include <QRectF>
#include <QString>

namespace cachescope::ui {

/// The one scale of type: 11, 13, 15, 20 and 28 logical pixels at the usual text size.
enum class TypeSize { small, body, large, title, display };

/// The faces of the program and numbers that do not dance.
///
/// All sizes are relative to the application's font, so that they follow the system's text size.
/// Figures: the interface's face has tabular figures only as a font feature. Where Qt can switch
/// it on (6.7) bodyFont() does; everywhere drawFigures() sets each digit on the same advance, so
/// that a number which changes in place stays where it is. GUI thread.
QFont bodyFont();
QFont sized(const QFont& base, TypeSize size, QFont::Weight weight = QFont::Normal);
/// For keys, values and patterns, whose bytes have to be told one by one: JetBrains Mono where its
/// ligatures can be switched off (Qt 6.7), else a fixed face that has none.
QFont monoFont(const QFont& base);
/// Whether it draws characters such as "!=" and "->" as one, as code editors like it.
bool joinsCharacters(const QFont& font);

/// The width that drawFigures() needs.
qreal figuresWidth(const QFont& font, const QString& text);

/// Draws one line of text with its painter's font and pen, every digit as wide as the widest.
void drawFigures(QPainter& painter, const QRectF& rect, Qt::Alignment alignment,
                 const QString& text);

}  // namespace cachescope::ui
