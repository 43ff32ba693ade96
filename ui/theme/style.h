// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

class QAbstractButton;
class QStyleOptionHeader;

namespace cachescope::ui {

/// How much a button asks for attention: one filled button a view, outlines for the rest, quiet
/// grey ones (no outline until hovered) in bars and headers, links in the accent to add something.
enum class ButtonKind { normal, primary, quiet, link };

void setButtonKind(QAbstractButton* button, ButtonKind kind);
ButtonKind buttonKind(const QWidget* button);

/// Whether `widget` has the focus and got it from the keyboard, so that it must be seen.
bool showsFocus(const QWidget* widget);

/// A ring of two pixels just inside `rect`.
void drawFocusRing(QPainter& painter, const QRectF& rect, const QPalette& palette, qreal radius);

/// The look of every standard control, over Fusion and without a style sheet.
///
/// Reads its colours from the palette of what it draws, so it has no state of its own and one
/// instance serves both themes. Controls are as large as their text needs: nothing is a fixed
/// number of pixels high. GUI thread.
class Style : public QProxyStyle {
    Q_OBJECT

public:
    Style();

    void polish(QWidget* widget) override;
    using QProxyStyle::polish;
    int pixelMetric(PixelMetric metric, const QStyleOption* option,
                    const QWidget* widget) const override;
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* returned) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                           const QWidget* widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption* option,
                         const QWidget* widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                         const QWidget* widget) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                            QPainter* painter, const QWidget* widget) const override;

private:
    void drawSortedHeader(QPainter& painter, const QStyleOptionHeader& header,
                          const QWidget* widget) const;
};

}  // namespace cachescope::ui
