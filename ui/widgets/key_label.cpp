// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/key_label.h"

#include <QHelpEvent>
#include <QPainter>
#include <QTextLayout>
#include <QToolTip>
#include <algorithm>

#include "ui/theme/typography.h"

namespace cachescope::ui {

KeyLabel::KeyLabel(int mostLines, QWidget* parent) : QWidget(parent), m_mostLines(mostLines) {
    setFont(sized(monoFont(font()), TypeSize::body, QFont::DemiBold));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void KeyLabel::setText(const QString& text) {
    if (text != m_text) {
        m_text = text;
        setAccessibleName(text);
        updateGeometry();
        update();
    }
}

template <class Each>
int KeyLabel::layOut(int width, Each each) const {
    QTextLayout layout(m_text, font());
    QTextOption option;
    option.setWrapMode(m_atWords ? QTextOption::WrapAtWordBoundaryOrAnywhere
                                 : QTextOption::WrapAnywhere);
    option.setTextDirection(Qt::LeftToRight);
    layout.setTextOption(option);
    layout.beginLayout();
    int lines = 0;
    for (QTextLine line = layout.createLine(); line.isValid() && lines < m_mostLines;
         line = layout.createLine()) {
        line.setLineWidth(std::max(width, 1));
        const QString rest = m_text.mid(line.textStart());
        // The last one says whether there is more.
        each(lines,
             lines + 1 < m_mostLines ? rest.left(line.textLength())
                                     : fontMetrics().elidedText(rest, Qt::ElideRight, width),
             lines + 1 == m_mostLines && line.textLength() < rest.size());
        ++lines;
    }
    layout.endLayout();
    return std::max(lines, 1);
}

int KeyLabel::heightForWidth(int width) const {
    return layOut(width, [](int, const QString&, bool) {}) * fontMetrics().height();
}

QSize KeyLabel::sizeHint() const {
    const int width = fontMetrics().averageCharWidth() * 30;
    return {width, heightForWidth(width)};
}

QSize KeyLabel::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 12, fontMetrics().height()};
}

bool KeyLabel::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        bool isCut = false;
        layOut(width(), [&](int, const QString&, bool cut) { isCut = isCut || cut; });
        if (isCut) {
            QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(),
                               QStringLiteral("<span>%1</span>").arg(m_text.toHtmlEscaped()), this);
        }
        return true;
    }
    return QWidget::event(event);
}

void KeyLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    const int height = fontMetrics().height();
    const int top = std::max((this->height() - heightForWidth(width())) / 2, 0);
    layOut(width(), [&](int line, const QString& text, bool) {
        painter.drawText(QRect(0, top + line * height, width(), height),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text);
    });
}

}  // namespace cachescope::ui
