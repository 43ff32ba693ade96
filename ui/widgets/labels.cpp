// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/labels.h"

#include <QHelpEvent>
#include <QPainter>
#include <QStyle>
#include <QToolTip>

#include "ui/theme/tokens.h"

namespace cachescope::ui {

QLabel* makeLabel(const QString& text, TypeSize size, TextTone tone, QFont::Weight weight,
                  bool wrapped) {
    auto* label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setText(text);
    label->setFont(sized(label->font(), size, weight));
    label->setWordWrap(wrapped);
    if (tone == TextTone::secondary) {
        label->setForegroundRole(QPalette::PlaceholderText);
    }
    return label;
}

ElidedLabel::ElidedLabel(const QString& text, Qt::TextElideMode mode, QWidget* parent)
    : QLabel(parent), m_mode(mode) {
    setTextFormat(Qt::PlainText);
    setText(text);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

QSize ElidedLabel::sizeHint() const {
    return {fontMetrics().horizontalAdvance(text()) + 2, fontMetrics().height() + 2};
}

void ElidedLabel::setWordings(const QStringList& longestFirst) {
    m_shorter = longestFirst.mid(1);
    setText(longestFirst.value(0));
}

QString ElidedLabel::shownText() const {
    QString shown = text();
    for (const QString& shorter : m_shorter) {
        if (fits(shown)) {
            break;
        }
        shown = shorter;
    }
    return shown;
}

QSize ElidedLabel::minimumSizeHint() const {
    const QString some = !m_shorter.isEmpty() ? m_shorter.last()
                         : text().size() > 4  ? QStringLiteral("…")
                                              : text();
    return {fontMetrics().horizontalAdvance(some) + 2, fontMetrics().height() + 2};
}

bool ElidedLabel::fits(const QString& text) const {
    return fontMetrics().horizontalAdvance(text) <= contentsRect().width();
}

bool ElidedLabel::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && toolTip().isEmpty()) {
        if (!fits(text())) {
            // Tooltips guess at markup; escaped, a key with angle brackets stays what it is.
            QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(),
                               QStringLiteral("<span>%1</span>").arg(text().toHtmlEscaped()), this);
        }
        return true;
    }
    return QLabel::event(event);
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    const QRect area = contentsRect();
    painter.drawText(area,
                     static_cast<int>(QStyle::visualAlignment(layoutDirection(), alignment())) |
                         Qt::TextSingleLine,
                     fontMetrics().elidedText(shownText(), m_mode, area.width()));
}

ProblemLabel::ProblemLabel(QWidget* parent) : QLabel(parent) {
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
    setFont(sized(font(), TypeSize::small));
    applyColour();
}

void ProblemLabel::changeEvent(QEvent* event) {
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        applyColour();
    }
}

void ProblemLabel::applyColour() {
    const QColor colour = tokensFor(palette()).outcomeText(Outcome::error);
    // Setting a palette announces a change of palette; without this test it would not end.
    if (palette().color(QPalette::WindowText) != colour) {
        QPalette own;
        own.setColor(QPalette::WindowText, colour);
        own.setColor(QPalette::Window, palette().color(QPalette::Window));
        setPalette(own);
    }
}

SectionHeader::SectionHeader(const QString& text, QWidget* parent) : QLabel(parent) {
    setTextFormat(Qt::PlainText);
    QFont face = sized(font(), TypeSize::small, QFont::DemiBold);
    face.setCapitalization(QFont::AllUppercase);
    face.setLetterSpacing(QFont::PercentageSpacing, 105);
    setFont(face);
    setForegroundRole(QPalette::PlaceholderText);
    setText(text);
    setAccessibleName(text);
}

}  // namespace cachescope::ui
