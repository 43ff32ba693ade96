// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style_paint.h"

#include <QPainter>
#include <QStyleOption>
#include <QVariant>
#include <QWidget>
#include <algorithm>

#include "ui/theme/tokens.h"

namespace cachescope::ui {

namespace {

constexpr char kInvalidProperty[] = "cachescopeInvalid";

/// Restores the painter, so that a style never leaks a pen into the widget it serves.
class Saved {
public:
    explicit Saved(QPainter& painter) : m_painter(painter) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
    }
    ~Saved() { m_painter.restore(); }
    Saved(const Saved&) = delete;
    Saved& operator=(const Saved&) = delete;

private:
    QPainter& m_painter;
};

bool has(const QStyleOption& option, QStyle::StateFlag flag) {
    return option.state.testFlag(flag);
}

QColor shaded(const QColor& colour, const Tokens& tokens, int percent) {
    return tokens.dark ? colour.lighter(100 + percent) : colour.darker(100 + percent);
}

/// The outline of controls: a little stronger than the hairline, so that it reads as an edge.
QColor controlLine(const QStyleOption& option, const Tokens& tokens) {
    const bool hovered = has(option, QStyle::State_MouseOver) && has(option, QStyle::State_Enabled);
    return shaded(tokens.line, tokens, hovered ? (tokens.dark ? 60 : 14) : (tokens.dark ? 18 : 4));
}

}  // namespace

void paintRounded(QPainter& painter, const QRectF& rect, const QBrush& fill, const QColor& line,
                  qreal radius, qreal lineWidth) {
    const Saved saved(painter);
    painter.setBrush(fill);
    painter.setPen(line.isValid() ? QPen(line, lineWidth) : QPen(Qt::NoPen));
    const qreal inset = line.isValid() ? lineWidth / 2 : 0;
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius - inset,
                            radius - inset);
}

void paintChevron(QPainter& painter, const QRectF& rect, const QColor& colour, Direction to) {
    const Saved saved(painter);
    painter.translate(rect.center());
    painter.rotate(to == Direction::down    ? 0
                   : to == Direction::up    ? 180
                   : to == Direction::right ? -90
                                            : 90);
    painter.setPen(QPen(colour, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(QPolygonF({QPointF(-3.5, -1.75), QPointF(0, 1.75), QPointF(3.5, -1.75)}));
}

void paintButton(QPainter& painter, const QStyleOption& option, const Tokens& tokens,
                 ButtonKind kind) {
    const bool enabled = has(option, QStyle::State_Enabled);
    const bool pressed = enabled && has(option, QStyle::State_Sunken);
    const bool hovered = enabled && has(option, QStyle::State_MouseOver);
    const bool on = has(option, QStyle::State_On);
    QColor fill;
    QColor line;
    switch (kind) {
        case ButtonKind::primary:
            fill = !enabled  ? tokens.line
                   : pressed ? shaded(tokens.accent, tokens, 16)
                   : hovered ? shaded(tokens.accent, tokens, 8)
                             : tokens.accent;
            break;
        case ButtonKind::normal:
            fill = on        ? tokens.selection
                   : pressed ? shaded(tokens.hover, tokens, 6)
                   : hovered ? tokens.hover
                             : tokens.panel;
            line = on ? tokens.accent : controlLine(option, tokens);
            break;
        case ButtonKind::quiet:
        case ButtonKind::link:
            fill = on        ? tokens.selection
                   : pressed ? shaded(tokens.hover, tokens, 6)
                   : hovered ? tokens.hover
                             : QColor(Qt::transparent);
            break;
    }
    paintRounded(painter, option.rect, fill, line, kControlRadius);
}

void paintButtonLabel(QPainter& painter, const QStyleOptionButton& option, const Tokens& tokens,
                      ButtonKind kind, const QStyle& style) {
    const bool enabled = has(option, QStyle::State_Enabled);
    const bool hasIcon = !option.icon.isNull();
    const bool hasMenu = option.features.testFlag(QStyleOptionButton::HasMenu);
    const int gap = space::kTiny + 2;
    const int iconWidth = hasIcon ? option.iconSize.width() : 0;
    const int textWidth =
        option.fontMetrics.size(Qt::TextShowMnemonic | Qt::TextSingleLine, option.text).width();
    const int arrowWidth = hasMenu ? 12 : 0;
    int width = iconWidth + textWidth + arrowWidth;
    width += (hasIcon && textWidth > 0 ? gap : 0) + (hasMenu ? gap : 0);
    int x = option.rect.left() + std::max(0, (option.rect.width() - width) / 2);
    const auto next = [&](int size) {
        const QRect rect(x, option.rect.top(), size, option.rect.height());
        x += size + gap;
        return QStyle::visualRect(option.direction, option.rect, rect);
    };
    if (hasIcon) {
        const QIcon::Mode mode = enabled ? QIcon::Normal : QIcon::Disabled;
        const QIcon::State state = has(option, QStyle::State_On) ? QIcon::On : QIcon::Off;
        QRect place(QPoint(), option.iconSize);
        place.moveCenter(next(iconWidth).center());
        option.icon.paint(&painter, place, Qt::AlignCenter, mode, state);
    }
    if (textWidth > 0) {
        const Saved saved(painter);
        painter.setPen(!enabled ? option.palette.color(QPalette::Disabled, QPalette::ButtonText)
                       : kind == ButtonKind::primary ? tokens.onAccent
                       : kind == ButtonKind::quiet   ? tokens.secondary
                       : kind == ButtonKind::link    ? tokens.accentText
                                                     : tokens.text);
        const bool underline =
            style.styleHint(QStyle::SH_UnderlineShortcut, &option, nullptr, nullptr) != 0;
        const int flags = Qt::AlignLeft | Qt::AlignAbsolute | Qt::AlignVCenter |
                          Qt::TextSingleLine |
                          (underline ? Qt::TextShowMnemonic : Qt::TextHideMnemonic);
        painter.drawText(next(textWidth), flags, option.text);
    }
    if (hasMenu) {
        paintChevron(painter, next(arrowWidth), tokens.secondary, Direction::down);
    }
}

void paintField(QPainter& painter, const QStyleOption& option, const Tokens& tokens, bool invalid) {
    const bool focused = has(option, QStyle::State_HasFocus);
    const QColor line = invalid   ? tokens.outcome(Outcome::error)
                        : focused ? tokens.accent
                                  : controlLine(option, tokens);
    paintRounded(painter, option.rect, focused ? tokens.panel : tokens.field, line, kControlRadius,
                 focused || invalid ? 1.5 : 1);
}

void paintCheckBox(QPainter& painter, const QStyleOption& option, const Tokens& tokens) {
    const bool on = has(option, QStyle::State_On);
    const bool partly = has(option, QStyle::State_NoChange);
    const bool enabled = has(option, QStyle::State_Enabled);
    const qreal side = std::min({option.rect.width(), option.rect.height(), 16});
    QRectF box(0, 0, side, side);
    box.moveCenter(QRectF(option.rect).center());
    const QColor fill = (on || partly) ? (enabled ? tokens.accent : tokens.faint) : tokens.panel;
    paintRounded(painter, box, fill, on || partly ? QColor() : tokens.faint, 4, 1.25);
    if (!on && !partly) {
        return;
    }
    const Saved saved(painter);
    painter.setPen(QPen(tokens.onAccent, 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.translate(box.center());
    painter.scale(side / 16, side / 16);
    if (on) {
        painter.drawPolyline(
            QPolygonF({QPointF(-3.5, 0.25), QPointF(-1, 2.75), QPointF(3.75, -2.75)}));
    } else {
        painter.drawLine(QPointF(-3.5, 0), QPointF(3.5, 0));
    }
}

void paintRadioButton(QPainter& painter, const QStyleOption& option, const Tokens& tokens) {
    const bool on = has(option, QStyle::State_On);
    const bool enabled = has(option, QStyle::State_Enabled);
    const Saved saved(painter);
    const QPointF centre = QRectF(option.rect).center();
    painter.setPen(QPen(!on || !enabled ? tokens.faint : tokens.accent, on ? 4.5 : 1.25));
    painter.setBrush(tokens.panel);
    const qreal radius = on ? 5.5 : 7.25;
    painter.drawEllipse(centre, radius, radius);
}

void paintComboBox(QPainter& painter, const QStyleOptionComboBox& option, const Tokens& tokens) {
    if (option.editable) {
        paintField(painter, option, tokens, false);
    } else {
        paintButton(painter, option, tokens, ButtonKind::normal);
        if (has(option, QStyle::State_HasFocus) && has(option, QStyle::State_KeyboardFocusChange)) {
            drawFocusRing(painter, option.rect, option.palette, kControlRadius - 1);
        }
    }
    const QRect arrow = QStyle::visualRect(
        option.direction, option.rect,
        QRect(option.rect.right() - 24, option.rect.top(), 18, option.rect.height()));
    paintChevron(painter, arrow, tokens.secondary, Direction::down);
}

void paintSpinBox(QPainter& painter, const QStyleOptionSpinBox& option, const Tokens& tokens,
                  const QStyle& style) {
    paintField(painter, option, tokens, false);
    const auto arrow = [&](QStyle::SubControl part, QAbstractSpinBox::StepEnabledFlag flag,
                           Direction direction) {
        const QRectF rect = style.subControlRect(QStyle::CC_SpinBox, &option, part);
        const bool usable = option.stepEnabled.testFlag(flag);
        const bool active = usable && option.activeSubControls.testFlag(part);
        paintChevron(painter, rect.translated(0, direction == Direction::up ? 2 : -2),
                     active   ? tokens.accent
                     : usable ? tokens.secondary
                              : tokens.line,
                     direction);
    };
    arrow(QStyle::SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled, Direction::up);
    arrow(QStyle::SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled, Direction::down);
}

void paintSlider(QPainter& painter, const QStyleOptionSlider& option, const Tokens& tokens,
                 const QStyle& style, const QWidget* widget) {
    const QRectF handle =
        style.subControlRect(QStyle::CC_Slider, &option, QStyle::SC_SliderHandle, widget);
    const bool horizontal = option.orientation == Qt::Horizontal;
    const bool enabled = has(option, QStyle::State_Enabled);
    const QPointF knob = handle.center() + QPointF(0.5, 0.5);
    const QRectF all(option.rect);
    constexpr qreal kGroove = 4;
    const QRectF groove =
        horizontal ? QRectF(all.left() + 1, knob.y() - kGroove / 2, all.width() - 2, kGroove)
                   : QRectF(knob.x() - kGroove / 2, all.top() + 1, kGroove, all.height() - 2);
    paintRounded(painter, groove, shaded(tokens.line, tokens, tokens.dark ? 20 : 2), {}, 2);
    QRectF filled = groove;
    // Upside down means that the maximum lies at the left or at the top.
    if (horizontal) {
        option.upsideDown ? filled.setLeft(knob.x()) : filled.setRight(knob.x());
    } else {
        option.upsideDown ? filled.setTop(knob.y()) : filled.setBottom(knob.y());
    }
    const QColor colour = enabled ? tokens.accent : tokens.faint;
    paintRounded(painter, filled, colour, {}, 2);

    const Saved saved(painter);
    if (has(option, QStyle::State_HasFocus) && has(option, QStyle::State_KeyboardFocusChange)) {
        QColor halo = tokens.accent;
        halo.setAlphaF(0.28F);
        painter.setPen(Qt::NoPen);
        painter.setBrush(halo);
        painter.drawEllipse(knob, 8, 8);
    }
    const bool grabbed = has(option, QStyle::State_Sunken);
    painter.setPen(QPen(colour, 2));
    painter.setBrush(grabbed ? tokens.selection : tokens.panel);
    painter.drawEllipse(knob, 5.5, 5.5);
}

QRect scrollBarRect(const QStyleOptionSlider& option, QStyle::SubControl part,
                    const QStyle& style) {
    const QRect all = option.rect;
    const bool horizontal = option.orientation == Qt::Horizontal;
    const int length = horizontal ? all.width() : all.height();
    const int range = option.maximum - option.minimum;
    int knob = length;
    if (range > 0) {
        const qint64 share = static_cast<qint64>(option.pageStep) * length /
                             (static_cast<qint64>(range) + option.pageStep);
        knob = std::clamp(static_cast<int>(share), std::min(28, length), length);
    }
    const int start = QStyle::sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, length - knob, option.upsideDown);
    const auto piece = [&](int from, int size) {
        return horizontal ? QRect(all.left() + from, all.top(), size, all.height())
                          : QRect(all.left(), all.top() + from, all.width(), size);
    };
    Q_UNUSED(style);
    switch (part) {
        case QStyle::SC_ScrollBarSlider:
            return piece(start, knob);
        case QStyle::SC_ScrollBarSubPage:
            return option.upsideDown ? piece(start + knob, length - start - knob) : piece(0, start);
        case QStyle::SC_ScrollBarAddPage:
            return option.upsideDown ? piece(0, start) : piece(start + knob, length - start - knob);
        case QStyle::SC_ScrollBarGroove:
            return all;
        default:
            return {};
    }
}

void paintScrollBar(QPainter& painter, const QStyleOptionSlider& option, const Tokens& tokens,
                    const QStyle& style) {
    if (option.maximum <= option.minimum) {
        return;
    }
    QRectF knob = scrollBarRect(option, QStyle::SC_ScrollBarSlider, style);
    knob = option.orientation == Qt::Horizontal ? knob.adjusted(2, 3, -2, -2)
                                                : knob.adjusted(3, 2, -2, -2);
    const bool active = has(option, QStyle::State_MouseOver) || has(option, QStyle::State_Sunken);
    QColor colour = tokens.faint;
    colour.setAlphaF(active ? 0.9F : 0.5F);
    paintRounded(painter, knob, colour, {}, std::min(knob.width(), knob.height()) / 2);
}

void paintProgress(QPainter& painter, const QStyleOptionProgressBar& option, const Tokens& tokens,
                   bool contents) {
    QRectF bar(option.rect);
    constexpr qreal kThickness = 6;
    if (bar.height() > kThickness) {
        bar = QRectF(bar.left(), bar.center().y() - kThickness / 2, bar.width(), kThickness);
    }
    if (!contents) {
        paintRounded(painter, bar, tokens.line, {}, kThickness / 2);
        return;
    }
    const int range = option.maximum - option.minimum;
    if (range <= 0) {
        // The end is unknown: a bar of half strength says "working" without pretending a share.
        QColor colour = tokens.accent;
        colour.setAlphaF(0.5F);
        paintRounded(painter, bar, colour, {}, kThickness / 2);
        return;
    }
    const qreal share = static_cast<qreal>(option.progress - option.minimum) / range;
    const qreal width = bar.width() * std::clamp(share, 0.0, 1.0);
    if (width < 1) {
        return;
    }
    const bool fromRight = (option.direction == Qt::RightToLeft) != option.invertedAppearance;
    if (fromRight) {
        bar.setLeft(bar.right() - width);
    } else {
        bar.setWidth(width);
    }
    paintRounded(painter, bar, tokens.accent, {}, std::min(width, kThickness) / 2);
}

void markInvalid(QWidget* field, bool invalid) {
    field->setProperty(kInvalidProperty, invalid);
    field->update();
}

bool isMarkedInvalid(const QWidget* field) {
    return field != nullptr && field->property(kInvalidProperty).toBool();
}

}  // namespace cachescope::ui
