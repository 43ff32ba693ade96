// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/typography.h"

#include <QFontDatabase>
#include <QFontMetricsF>
#include <QGlyphRun>
#include <QTextLayout>
#include <algorithm>

namespace cachescope::ui {

namespace {

constexpr qreal kBodyPixels = 13;
constexpr qreal kPointsPerPixel = 0.75;

qreal digitAdvance(const QFontMetricsF& metrics) {
    qreal widest = 0;
    for (char16_t digit = u'0'; digit <= u'9'; ++digit) {
        widest = std::max(widest, metrics.horizontalAdvance(QChar(digit)));
    }
    return widest;
}

/// Calls `each(piece, width, offset)` for single digits and for the runs between them.
template <class Function>
void forPieces(const QFontMetricsF& metrics, const QString& text, Function each) {
    const qreal cell = digitAdvance(metrics);
    const auto isFigure = [](QChar c) { return c >= u'0' && c <= u'9'; };
    for (qsizetype at = 0; at < text.size();) {
        qsizetype end = at + 1;
        if (isFigure(text[at])) {
            const QString digit(text[at]);
            each(digit, cell, (cell - metrics.horizontalAdvance(digit)) / 2);
        } else {
            while (end < text.size() && !isFigure(text[end])) {
                ++end;
            }
            const QString run = text.mid(at, end - at);
            each(run, metrics.horizontalAdvance(run), qreal{0});
        }
        at = end;
    }
}

QList<quint32> glyphs(const QFont& font, const QString& text) {
    QTextLayout layout(text, font);
    layout.beginLayout();
    layout.createLine();
    layout.endLayout();
    QList<quint32> all;
    for (const QGlyphRun& run : layout.glyphRuns()) {
        all += run.glyphIndexes();
    }
    return all;
}

QFont plainMono(QFont font, const QString& family) {
    font.setFamilies({family});
    font.setFixedPitch(true);
    font.setStyleHint(QFont::Monospace);
    font.setKerning(false);
#if QT_VERSION >= QT_VERSION_CHECK(6, 7, 0)
    font.setFeature("calt", 0);
    font.setFeature("liga", 0);
#endif
    return font;
}

// The first face that draws each character as itself. Looked for once: an older Qt cannot switch
// the ligatures of a face off.
QString monoFamily() {
    QString system = QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
    for (const QString& family :
         {QStringLiteral("JetBrains Mono"), QStringLiteral("JetBrains Mono NL"), system,
          QStringLiteral("DejaVu Sans Mono"), QStringLiteral("Liberation Mono")}) {
        if (QFontDatabase::hasFamily(family) && !joinsCharacters(plainMono(QFont(), family))) {
            return family;
        }
    }
    return system;
}

}  // namespace

bool joinsCharacters(const QFont& font) {
    for (const char16_t* text : {u"<=>", u"!=", u"->", u"==", u"///", u"fi", u"www"}) {
        const QString whole = QString::fromUtf16(text);
        QList<quint32> each;
        for (const QChar c : whole) {
            each += glyphs(font, QString(c));
        }
        if (glyphs(font, whole) != each) {
            return true;
        }
    }
    return false;
}

QFont bodyFont() {
    QFont font;
    if (QFontDatabase::hasFamily(QStringLiteral("Inter"))) {
        font.setFamilies({QStringLiteral("Inter")});
    }
    font.setPointSizeF(kBodyPixels * kPointsPerPixel);
    // Fractional positions keep small text evenly spaced at every scale.
    font.setHintingPreference(QFont::PreferNoHinting);
#if QT_VERSION >= QT_VERSION_CHECK(6, 7, 0)
    font.setFeature("tnum", 1);
#endif
    return font;
}

QFont sized(const QFont& base, TypeSize size, QFont::Weight weight) {
    constexpr qreal kPixels[] = {11, 13, 15, 20, 28};
    QFont font = base;
    // The base may itself be a sized font; the application's font anchors the scale.
    font.setPointSizeF(QFont().pointSizeF() * kPixels[static_cast<int>(size)] / kBodyPixels);
    font.setWeight(weight);
    return font;
}

QFont monoFont(const QFont& base) {
    static const QString family = monoFamily();
    return plainMono(base, family);
}

qreal figuresWidth(const QFont& font, const QString& text) {
    qreal width = 0;
    forPieces(QFontMetricsF(font), text,
              [&width](const QString&, qreal advance, qreal) { width += advance; });
    return width;
}

void drawFigures(QPainter& painter, const QRectF& rect, Qt::Alignment alignment,
                 const QString& text) {
    const QFontMetricsF metrics(painter.font());
    const qreal width = figuresWidth(painter.font(), text);
    qreal x = rect.left();
    if (alignment & Qt::AlignRight) {
        x = rect.right() - width;
    } else if (alignment & Qt::AlignHCenter) {
        x = rect.center().x() - width / 2;
    }
    qreal y = rect.top() + metrics.ascent();
    if (alignment & Qt::AlignVCenter) {
        y = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    } else if (alignment & Qt::AlignBottom) {
        y = rect.bottom() - metrics.descent();
    }
    // A number and its unit read from left to right in every script.
    const Qt::LayoutDirection direction = painter.layoutDirection();
    painter.setLayoutDirection(Qt::LeftToRight);
    forPieces(metrics, text, [&](const QString& piece, qreal advance, qreal offset) {
        painter.drawText(QPointF(x + offset, y), piece);
        x += advance;
    });
    painter.setLayoutDirection(direction);
}

}  // namespace cachescope::ui
