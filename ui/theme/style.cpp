// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QEvent>
#include <QHeaderView>
#include <QLineEdit>
#include <QPainter>
#include <QPainterPath>
#include <QStyleOption>
#include <QVariant>
#include <algorithm>

#include "ui/theme/style_paint.h"
#include "ui/theme/tokens.h"

namespace cachescope::ui {

namespace {

constexpr char kKindProperty[] = "cachescopeButtonKind";

/// Room above and below the text of a control, together.
constexpr int kControlPadding = 13;

int controlHeight(const QStyleOption* option) {
    return option->fontMetrics.height() + kControlPadding;
}

}  // namespace

void setButtonKind(QAbstractButton* button, ButtonKind kind) {
    button->setProperty(kKindProperty, static_cast<int>(kind));
    button->updateGeometry();
    button->update();
}

ButtonKind buttonKind(const QWidget* button) {
    return button == nullptr ? ButtonKind::normal
                             : static_cast<ButtonKind>(button->property(kKindProperty).toInt());
}

bool showsFocus(const QWidget* widget) {
    return widget->hasFocus() && widget->window()->testAttribute(Qt::WA_KeyboardFocusChange);
}

void drawFocusRing(QPainter& painter, const QRectF& rect, const QPalette& palette, qreal radius) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(tokensFor(palette).accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius);
    painter.restore();
}

Style::Style() : QProxyStyle(QStringLiteral("fusion")) {}

void Style::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (qobject_cast<QLineEdit*>(widget) != nullptr) {
        widget->setAttribute(Qt::WA_Hover);
    }
    if (auto* header = qobject_cast<QHeaderView*>(widget)) {
        header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        header->setHighlightSections(false);
    }
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option,
                       const QWidget* widget) const {
    switch (metric) {
        case PM_DefaultFrameWidth:
        case PM_MenuPanelWidth:
        case PM_SpinBoxFrameWidth:
        case PM_ComboBoxFrameWidth:
        case PM_SplitterWidth:
            return 1;
        case PM_FocusFrameHMargin:
            return space::kSmall - 1;  // texts of items then start where those of headers do
        case PM_ButtonShiftHorizontal:
        case PM_ButtonShiftVertical:
        case PM_TabBarTabShiftVertical:
        case PM_TabBarTabOverlap:
        case PM_TabBarBaseOverlap:
            return 0;
        case PM_SliderLength:
        case PM_SliderThickness:
        case PM_SliderControlThickness:
        case PM_IndicatorWidth:
        case PM_IndicatorHeight:
        case PM_ExclusiveIndicatorWidth:
        case PM_ExclusiveIndicatorHeight:
        case PM_ButtonIconSize:
        case PM_SmallIconSize:
            return 16;
        case PM_ScrollBarExtent:
            return 10;
        case PM_ScrollBarSliderMin:
            return 28;
        case PM_MenuHMargin:
        case PM_MenuVMargin:
            return space::kTiny;
        case PM_ToolTipLabelFrameWidth:
        case PM_HeaderMargin:
        case PM_CheckBoxLabelSpacing:
        case PM_RadioButtonLabelSpacing:
        case PM_LayoutHorizontalSpacing:
        case PM_LayoutVerticalSpacing:
            return space::kSmall;
        case PM_LayoutLeftMargin:
        case PM_LayoutRightMargin:
        case PM_LayoutTopMargin:
        case PM_LayoutBottomMargin:
            return space::kMedium;
        case PM_TabBarTabHSpace:
            return space::kHuge;
        case PM_TabBarTabVSpace:
            return space::kLarge;
        default:
            return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                     QStyleHintReturn* returned) const {
    switch (hint) {
        case SH_Slider_AbsoluteSetButtons:
            return Qt::LeftButton;
        case SH_EtchDisabledText:
        case SH_DitherDisabledText:
        case SH_ComboBox_Popup:
        case SH_Widget_Animate:
        case SH_TabBar_PreferNoArrows:
        // Who scrolls past a choice must not change it.
        case SH_ComboBox_AllowWheelScrolling:
        case SH_DialogButtonBox_ButtonsHaveIcons:
        case SH_Table_GridLineColor:
            return hint == SH_Table_GridLineColor && option != nullptr
                       ? static_cast<int>(tokensFor(option->palette).grid.rgba())
                       : 0;
        case SH_ItemView_ShowDecorationSelected:
            return 1;
        default:
            return QProxyStyle::styleHint(hint, option, widget, returned);
    }
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                              const QWidget* widget) const {
    switch (type) {
        case CT_PushButton: {
            const int sides = buttonKind(widget) >= ButtonKind::quiet ? 20 : 26;
            return {size.width() + sides, controlHeight(option)};
        }
        case CT_ComboBox:
            return {size.width() + 40, controlHeight(option)};
        case CT_LineEdit:
        case CT_SpinBox:
            return {size.width() + (type == CT_SpinBox ? 26 : 2), controlHeight(option) - 3};
        case CT_ToolButton:
            return {size.width() + 12, std::max(size.height() + 10, controlHeight(option) - 3)};
        case CT_MenuItem: {
            const QSize base = QProxyStyle::sizeFromContents(type, option, size, widget);
            const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
            const bool separator =
                item != nullptr && item->menuItemType == QStyleOptionMenuItem::Separator;
            return separator ? base : QSize(base.width() + 16, base.height() + 6);
        }
        case CT_ItemViewItem: {
            const QSize base = QProxyStyle::sizeFromContents(type, option, size, widget);
            return {base.width(), std::max(base.height(), option->fontMetrics.height() + 10)};
        }
        default:
            return QProxyStyle::sizeFromContents(type, option, size, widget);
    }
}

QRect Style::subElementRect(SubElement element, const QStyleOption* option,
                            const QWidget* widget) const {
    switch (element) {
        case SE_PushButtonFocusRect:
            return option->rect;
        case SE_LineEditContents:
            return option->rect.adjusted(6, 1, -6, -1);
        case SE_CheckBoxFocusRect:
        case SE_RadioButtonFocusRect:
            return option->rect;
        default:
            return QProxyStyle::subElementRect(element, option, widget);
    }
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                            SubControl part, const QWidget* widget) const {
    if (control == CC_ScrollBar) {
        if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
            return scrollBarRect(*bar, part, *this);
        }
    }
    if (control == CC_ComboBox && part == SC_ComboBoxEditField) {
        return visualRect(option->direction, option->rect, option->rect.adjusted(10, 1, -28, -1));
    }
    if (control == CC_SpinBox) {
        const QRect all = option->rect;
        const int buttons = 20;
        switch (part) {
            case SC_SpinBoxEditField:
                return visualRect(option->direction, all, all.adjusted(2, 1, -buttons, -1));
            case SC_SpinBoxUp:
                return visualRect(
                    option->direction, all,
                    QRect(all.right() - buttons, all.top(), buttons, all.height() / 2));
            case SC_SpinBoxDown:
                return visualRect(option->direction, all,
                                  QRect(all.right() - buttons, all.top() + all.height() / 2,
                                        buttons, all.height() - all.height() / 2));
            default:
                return all;
        }
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
    const Tokens& tokens = tokensFor(option->palette);
    switch (element) {
        case PE_PanelButtonCommand:
            paintButton(*painter, *option, tokens, buttonKind(widget));
            return;
        case PE_PanelButtonTool:
            paintButton(*painter, *option, tokens, ButtonKind::quiet);
            return;
        case PE_FrameDefaultButton:
        case PE_FrameTabWidget:
        case PE_FrameStatusBarItem:
        case PE_IndicatorHeaderArrow:
            if (element == PE_IndicatorHeaderArrow) {
                const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
                const bool up =
                    header != nullptr && header->sortIndicator == QStyleOptionHeader::SortDown;
                paintChevron(*painter, option->rect, tokens.secondary,
                             up ? Direction::up : Direction::down);
            }
            return;
        case PE_FrameFocusRect:
            if (option->state & State_KeyboardFocusChange) {
                drawFocusRing(*painter, option->rect, option->palette, kControlRadius - 1);
            }
            return;
        case PE_PanelLineEdit:
        case PE_FrameLineEdit: {
            const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
            // A line edit without a frame belongs to something that drew its own.
            if (frame == nullptr || frame->lineWidth > 0) {
                paintField(*painter, *option, tokens, isMarkedInvalid(widget));
            }
            return;
        }
        case PE_Frame:
        case PE_FrameGroupBox:
            paintRounded(*painter, option->rect, Qt::NoBrush, tokens.line, kControlRadius);
            return;
        case PE_PanelMenu:
        case PE_FrameMenu:
        case PE_PanelTipLabel:
            painter->fillRect(option->rect, tokens.line);
            painter->fillRect(option->rect.adjusted(1, 1, -1, -1), tokens.panel);
            return;
        case PE_IndicatorCheckBox:
        case PE_IndicatorItemViewItemCheck:
            paintCheckBox(*painter, *option, tokens);
            return;
        case PE_IndicatorRadioButton:
            paintRadioButton(*painter, *option, tokens);
            return;
        case PE_FrameTabBarBase:
            painter->fillRect(
                QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
                tokens.line);
            return;
        case PE_IndicatorArrowDown:
        case PE_IndicatorArrowUp:
        case PE_IndicatorArrowLeft:
        case PE_IndicatorArrowRight:
            paintChevron(*painter, option->rect, tokens.secondary,
                         element == PE_IndicatorArrowDown   ? Direction::down
                         : element == PE_IndicatorArrowUp   ? Direction::up
                         : element == PE_IndicatorArrowLeft ? Direction::left
                                                            : Direction::right);
            return;
        case PE_IndicatorBranch:
            if (option->state & State_Children) {
                const bool rightToLeft = option->direction == Qt::RightToLeft;
                paintChevron(*painter, option->rect, tokens.secondary,
                             option->state & State_Open ? Direction::down
                             : rightToLeft              ? Direction::left
                                                        : Direction::right);
            }
            return;
        default:
            QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

// The arrow stands right behind the label, in the middle of its line.
void Style::drawSortedHeader(QPainter& painter, const QStyleOptionHeader& header,
                             const QWidget* widget) const {
    drawControl(CE_HeaderSection, &header, &painter, widget);
    const int margin = pixelMetric(PM_HeaderMargin, &header, widget);
    const int side = header.fontMetrics.height() * 2 / 3;
    const QRect rect = header.rect;
    const auto place = [&](const QRect& part) { return visualRect(header.direction, rect, part); };
    QStyleOptionHeader part(header);
    part.rect = place(rect.adjusted(margin, 0, -margin - side - 3, 0));
    drawControl(CE_HeaderLabel, &part, &painter, widget);
    part.rect = place(
        QRect(rect.right() - margin - side + 1, rect.center().y() - side / 2 + 1, side, side));
    drawPrimitive(PE_IndicatorHeaderArrow, &part, &painter, widget);
}

void Style::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                        const QWidget* widget) const {
    const Tokens& tokens = tokensFor(option->palette);
    switch (element) {
        case CE_PushButtonLabel:
            if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
                paintButtonLabel(*painter, *button, tokens, buttonKind(widget), *this);
                return;
            }
            break;
        case CE_TabBarTabShape:
            if (option->state & State_Selected) {
                painter->fillRect(
                    QRect(option->rect.left() + space::kSmall, option->rect.bottom() - 1,
                          option->rect.width() - 2 * space::kSmall, 2),
                    tokens.accent);
            }
            return;
        case CE_TabBarTabLabel:
            if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
                QStyleOptionTab copy(*tab);
                copy.palette.setColor(QPalette::WindowText, option->state & State_Selected
                                                                ? tokens.accentText
                                                                : tokens.secondary);
                QProxyStyle::drawControl(element, &copy, painter, widget);
                return;
            }
            break;
        case CE_Header:
            if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
                header != nullptr && header->sortIndicator != QStyleOptionHeader::None) {
                drawSortedHeader(*painter, *header, widget);
                return;
            }
            break;
        case CE_HeaderSection:
        case CE_HeaderEmptyArea:
            painter->fillRect(option->rect, tokens.panel);
            painter->fillRect(
                QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
                tokens.line);
            return;
        case CE_HeaderLabel:
            if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
                QStyleOptionHeader copy(*header);
                copy.palette.setColor(QPalette::ButtonText, tokens.secondary);
                QProxyStyle::drawControl(element, &copy, painter, widget);
                return;
            }
            break;
        case CE_ProgressBarGroove:
        case CE_ProgressBarContents:
            if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option)) {
                paintProgress(*painter, *bar, tokens, element == CE_ProgressBarContents);
                return;
            }
            break;
        case CE_Splitter:
            painter->fillRect(option->rect, tokens.line);
            return;
        default:
            break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                               QPainter* painter, const QWidget* widget) const {
    const Tokens& tokens = tokensFor(option->palette);
    switch (control) {
        case CC_ComboBox:
            if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
                paintComboBox(*painter, *combo, tokens);
                return;
            }
            break;
        case CC_SpinBox:
            if (const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option)) {
                paintSpinBox(*painter, *spin, tokens, *this);
                return;
            }
            break;
        case CC_Slider:
            if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
                paintSlider(*painter, *slider, tokens, *this, widget);
                return;
            }
            break;
        case CC_ScrollBar:
            if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
                paintScrollBar(*painter, *bar, tokens, *this);
                return;
            }
            break;
        default:
            break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

}  // namespace cachescope::ui
