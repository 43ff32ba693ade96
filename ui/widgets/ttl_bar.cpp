// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/ttl_bar.h"

#include <QPainter>
#include <algorithm>

#include "ui/theme/style_paint.h"
#include "ui/theme/tokens.h"

namespace cachescope::ui {

TtlBar::TtlBar(QWidget* parent) : QWidget(parent) {
    setFixedHeight(std::max(fontMetrics().height() / 4, 3));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void TtlBar::setShare(double share) {
    m_share = std::clamp(share, 0.0, 1.0);
    update();
}

void TtlBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& tokens = tokensFor(palette());
    const QRectF all(rect());
    const qreal radius = all.height() / 2;
    painter.setPen(Qt::NoPen);
    painter.setBrush(tokens.grid);
    painter.drawRoundedRect(all, radius, radius);
    QRectF left = all;
    left.setWidth(m_share > 0 ? std::max(all.width() * m_share, all.height()) : 0);
    if (layoutDirection() == Qt::RightToLeft) {
        left.moveRight(all.right());
    }
    painter.setBrush(tokens.outcome(Outcome::hit));
    painter.drawRoundedRect(left, radius, radius);
}

}  // namespace cachescope::ui
