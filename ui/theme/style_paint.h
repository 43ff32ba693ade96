// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QBrush>
#include <QStyle>

#include "ui/theme/style.h"

class QPainter;
class QStyleOption;
class QStyleOptionButton;
class QStyleOptionComboBox;
class QStyleOptionProgressBar;
class QStyleOptionSlider;
class QStyleOptionSpinBox;

namespace cachescope::ui {

struct Tokens;

/// The strokes behind Style, also used by the painted widgets so that they match it.
///
/// Free functions without state: they draw inside the given rectangle, leave the painter as they
/// found it and take all colours from `tokens`. GUI thread.
enum class Direction { up, down, left, right };

/// A panel with hairline: the outline lies on whole pixels, inside `rect`.
void paintRounded(QPainter& painter, const QRectF& rect, const QBrush& fill, const QColor& line,
                  qreal radius, qreal lineWidth = 1);
void paintChevron(QPainter& painter, const QRectF& rect, const QColor& colour, Direction to);

void paintButton(QPainter& painter, const QStyleOption& option, const Tokens& tokens,
                 ButtonKind kind);
/// Icon, text and the arrow of a menu, as one group in the middle.
void paintButtonLabel(QPainter& painter, const QStyleOptionButton& option, const Tokens& tokens,
                      ButtonKind kind, const QStyle& style);
void paintField(QPainter& painter, const QStyleOption& option, const Tokens& tokens, bool invalid);
void paintCheckBox(QPainter& painter, const QStyleOption& option, const Tokens& tokens);
void paintRadioButton(QPainter& painter, const QStyleOption& option, const Tokens& tokens);
void paintComboBox(QPainter& painter, const QStyleOptionComboBox& option, const Tokens& tokens);
void paintSpinBox(QPainter& painter, const QStyleOptionSpinBox& option, const Tokens& tokens,
                  const QStyle& style);
void paintSlider(QPainter& painter, const QStyleOptionSlider& option, const Tokens& tokens,
                 const QStyle& style, const QWidget* widget);
void paintScrollBar(QPainter& painter, const QStyleOptionSlider& option, const Tokens& tokens,
                    const QStyle& style);
void paintProgress(QPainter& painter, const QStyleOptionProgressBar& option, const Tokens& tokens,
                   bool contents);
QRect scrollBarRect(const QStyleOptionSlider& option, QStyle::SubControl part, const QStyle& style);

/// A box whose text cannot be used has a red outline until it is mended.
void markInvalid(QWidget* field, bool invalid);
bool isMarkedInvalid(const QWidget* field);

}  // namespace cachescope::ui
